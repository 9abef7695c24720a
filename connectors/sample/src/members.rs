//! The stream of accounts: `GET /members`.

use crate::paging;
use purser_sdk::prelude::*;
use purser_sdk::{RejectedRow, Timestamp, pagination, time};
use serde::Deserialize;

#[derive(Deserialize)]
struct MemberList {
    members: Rows<Member>,
    next_cursor: Option<String>,
    total: Option<u64>,
}

#[derive(Deserialize)]
struct Member {
    id: String,
    login: Option<String>,
    email: Option<String>,
    #[serde(default)]
    other_emails: Vec<String>,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    /// Absent unless the customer maintains it.
    employee_ref: Option<String>,
    kind: Option<Kind>,
    state: Option<State>,
    role: Option<String>,
    #[serde(default, deserialize_with = "time::optional")]
    created_at: Option<Timestamp>,
    seats: Vec<PlanSeat>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Person,
    Guest,
    Bot,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Active,
    Suspended,
    Invited,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct PlanSeat {
    plan: String,
    #[serde(default, deserialize_with = "time::optional")]
    since: Option<Timestamp>,
    via_group: Option<String>,
}

pub(crate) async fn page(app: &Client, request: &ReadRequest) -> Result<Page, Failure> {
    let response = paging::page(app, "/members", request).await?;
    let list: MemberList = response.json()?;

    let accounts = list.members.identified_by("id").try_map(Member::account);
    Ok(Page::accounts(accounts)
        .next(pagination::token(list.next_cursor))
        .total(list.total))
}

impl Member {
    fn account(self) -> Result<Account, RejectedRow> {
        if self.id.is_empty() {
            return Err(rejected(self.login.unwrap_or_default(), "id: it is empty"));
        }

        let other_emails = self.other_emails.into_iter().map(Email::other);
        Ok(Account {
            principal_name: self.login,
            emails: self
                .email
                .into_iter()
                .map(Email::primary)
                .chain(other_emails)
                .collect(),
            display_name: self.name,
            given_name: self.given_name,
            family_name: self.family_name,
            employee_number: self.employee_ref,
            kind: match self.kind {
                Some(Kind::Person) => AccountKind::Human,
                Some(Kind::Guest) => AccountKind::Guest,
                Some(Kind::Bot) => AccountKind::Service,
                Some(Kind::Other) | None => AccountKind::Unspecified,
            },
            status: match self.state {
                Some(State::Active) => AccountStatus::Active,
                Some(State::Suspended) => AccountStatus::Suspended,
                Some(State::Invited) => AccountStatus::Invited,
                Some(State::Other) | None => AccountStatus::Unspecified,
            },
            created_at: self.created_at,
            seats: self.seats.into_iter().map(PlanSeat::seat).collect(),
            attributes: self
                .role
                .map(|role| ("role".to_owned(), role))
                .into_iter()
                .collect(),
            ..Account::new(self.id)
        })
    }
}

impl PlanSeat {
    fn seat(self) -> Seat {
        Seat {
            assigned_at: self.since,
            inherited_from: self.via_group,
            ..Seat::of(self.plan)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Quayboard;
    use purser_sdk::Records;
    use purser_sdk::prelude::*;
    use purser_sdk::testing::{MockResponse, TestHost};

    const FIRST: &str = include_str!("../fixtures/members-1.json");
    const SECOND: &str = include_str!("../fixtures/members-2.json");

    fn accounts(page: &Page) -> &[Account] {
        let Records::Accounts(accounts) = &page.records else {
            panic!("no accounts: {page:?}")
        };
        accounts
    }

    #[test]
    fn read_all_follows_page_tokens() {
        let trial = TestHost::<Quayboard>::new()
            .page_size(3)
            .expect(Method::Get, "/members?limit=3", FIRST)
            .expect(Method::Get, "/members?limit=3&cursor=c_00000003", SECOND);
        let pages = trial.read_all("members").unwrap();
        assert_eq!(
            pages
                .iter()
                .map(|page| accounts(page).len())
                .collect::<Vec<_>>(),
            [3, 1]
        );
        assert_eq!((pages[0].total, pages[1].next.clone()), (Some(5), None));
    }

    #[test]
    fn every_field_of_a_member_is_kept() {
        let trial = TestHost::<Quayboard>::new().page_size(3).expect(
            Method::Get,
            "/members?limit=3",
            FIRST,
        );
        let page = trial.read("members").unwrap();
        let [zoe, bot, number] = accounts(&page) else {
            panic!("{page:?}")
        };
        assert_eq!(zoe.id, "m_01");
        assert_eq!(zoe.display_name.as_deref(), Some("Zoë O'Connor"));
        assert_eq!(
            zoe.emails
                .iter()
                .map(|email| email.primary)
                .collect::<Vec<_>>(),
            [true, false]
        );
        assert_eq!(zoe.emails[1].address, "zoe@private.example");
        assert!(matches!(
            (zoe.kind, zoe.status),
            (AccountKind::Human, AccountStatus::Active)
        ));
        assert_eq!(zoe.created_at, Some(1_767_225_600_000));
        assert_eq!(zoe.seats.len(), 2);
        assert_eq!(zoe.seats[1].inherited_from.as_deref(), Some("Design guild"));
        assert_eq!(zoe.attributes, [("role".to_owned(), "owner".to_owned())]);
        assert!(
            matches!(zoe.last_activity, LastActivity::Unknown),
            "it is in another stream"
        );
        assert!(matches!(bot.kind, AccountKind::Service));
        assert!(bot.emails.is_empty() && bot.employee_number.is_none() && bot.given_name.is_none());
        assert_eq!(number.employee_number.as_deref(), Some("N000042"));
        assert!(matches!(number.status, AccountStatus::Suspended));
    }

    #[test]
    fn faulty_row_is_rejected_and_the_others_kept() {
        let trial = TestHost::<Quayboard>::new()
            .cursor("c_00000003")
            .page_size(3)
            .expect(Method::Get, "/members?limit=3&cursor=c_00000003", SECOND);
        let page = trial.read("members").unwrap();
        assert_eq!(accounts(&page)[0].id, "m_04");
        assert!(
            matches!(accounts(&page)[0].kind, AccountKind::Unspecified),
            "a kind that is new here"
        );
        assert_eq!(page.rejected.len(), 1);
        assert!(
            page.rejected[0].reason.contains("seats"),
            "{:?}",
            page.rejected
        );
        assert_eq!(page.rejected[0].id.as_deref(), Some("m_05"));
    }

    #[test]
    fn odd_field_costs_itself_and_a_state_that_is_unknown_is_not_active() {
        let body = r#"{"members":[{"id":7,"login":{"a":1},"other_emails":"b@example.com","kind":5,"state":{},
            "created_at":"2026-01-01","seats":[{"plan":"p","since":1767225600}]}],"next_cursor":null}"#;
        let trial = TestHost::<Quayboard>::new().expect(Method::Get, "/members?limit=100", body);
        let page = trial.read("members").unwrap();
        assert_eq!(page.rejected, []);
        let account = &accounts(&page)[0];
        assert_eq!((account.id.as_str(), &account.principal_name), ("7", &None));
        assert_eq!(account.emails, [Email::other("b@example.com")]);
        assert_eq!(account.status, AccountStatus::Unspecified);
        assert_eq!(account.seats[0].assigned_at, Some(1_767_225_600_000));
        let fields = ["login: ", "state: ", "created_at: "];
        assert_eq!(
            account.warnings.len(),
            fields.len(),
            "{:?}",
            account.warnings
        );
        for (warning, field) in account.warnings.iter().zip(fields) {
            assert!(warning.starts_with(field), "{warning}");
        }
    }

    #[test]
    fn an_old_cursor_starts_the_read_anew() {
        let gone = MockResponse::json(400, r#"{"error":{"code":"bad_cursor","message":"no"}}"#);
        let trial = TestHost::<Quayboard>::new()
            .cursor("c_x")
            .page_size(3)
            .expect(Method::Get, "/members?limit=3&cursor=c_x", gone);
        assert!(matches!(
            trial.read("members"),
            Err(Failure::CheckpointInvalid(_))
        ));
    }

    #[test]
    fn a_missing_scope_is_named() {
        let body = r#"{"error":{"code":"missing_scope","scope":"members:read","message":"the token lacks the scope members:read"}}"#;
        let trial = TestHost::<Quayboard>::new().expect(
            Method::Get,
            "/members?limit=100",
            MockResponse::json(403, body),
        );
        let failure = trial.read("members").unwrap_err();
        assert!(
            matches!(&failure, Failure::PermissionMissing(text) if text.contains("members:read")),
            "{failure:?}"
        );
    }

    #[test]
    fn truncated_json_is_a_contract_violation() {
        let trial = TestHost::<Quayboard>::new().expect(
            Method::Get,
            "/members?limit=100",
            r#"{"members":[{"id":"m_"#,
        );
        assert!(matches!(
            trial.read("members"),
            Err(Failure::ContractViolation(_))
        ));
    }
}
