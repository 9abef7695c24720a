//! Reading users: paging, mapping and errors.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

use purser_connector_jupyterhub::JupyterHub;
use purser_sdk::prelude::*;
use purser_sdk::testing::{MockResponse, TestHost};
use purser_sdk::{HttpError, Records};

const FIRST: &str = "/users?offset=0&limit=3";
const SECOND: &str = "/users?offset=3&limit=3";

fn trial() -> TestHost<JupyterHub> {
    TestHost::new().page_size(3)
}

fn accounts(page: Page) -> Vec<Account> {
    let Records::Accounts(accounts) = page.records else {
        panic!("{page:?}")
    };
    accounts
}

fn all(trial: TestHost<JupyterHub>) -> Vec<Account> {
    let trial = trial
        .expect(Method::Get, FIRST, include_str!("../fixtures/page1.json"))
        .expect(Method::Get, SECOND, include_str!("../fixtures/page2.json"));
    trial
        .read_all("users")
        .unwrap()
        .into_iter()
        .flat_map(accounts)
        .collect()
}

fn page(reply: impl Into<MockResponse>) -> Result<Page, Failure> {
    trial().expect(Method::Get, FIRST, reply).read("users")
}

fn attribute(name: &str, value: &str) -> (String, String) {
    (name.into(), value.into())
}

#[test]
fn read_all_returns_every_user_once() {
    let ids: Vec<_> = all(trial()).into_iter().map(|account| account.id).collect();
    assert_eq!(
        ids,
        [
            "hubadmin",
            "o'brien+seat@example.com",
            "Łukasz.Müller",
            "zoë"
        ]
    );
}

#[test]
fn page_uses_offsets_and_ignores_the_next_url() {
    let trial = trial().expect(Method::Get, FIRST, include_str!("../fixtures/page1.json"));
    let page = trial.read("users").unwrap();
    assert_eq!((page.total, page.next), (Some(4), None));
    assert!(
        page.partitions[0].starts_with("3@"),
        "{:?}",
        page.partitions
    );
    assert!(page.offset_paged);
    let accept = &trial.requests()[0].headers[0];
    assert_eq!(
        (accept.name.as_str(), accept.value.as_str()),
        ("accept", "application/jupyterhub-pagination+json")
    );
}

#[test]
fn every_field_of_a_user_is_kept() {
    let accounts = all(trial());
    assert_eq!(
        accounts[1],
        Account {
            principal_name: Some("o'brien+seat@example.com".into()),
            emails: vec![Email::other("o'brien+seat@example.com")],
            kind: AccountKind::Human,
            created_at: Some(1_767_312_000_000),
            last_activity: LastActivity::At(1_792_922_052_148),
            seats: vec![Seat::of("hub-seat")],
            attributes: vec![
                attribute("admin", "false"),
                attribute("role", "user"),
                attribute("group", "paid"),
                attribute("group", "staff"),
            ],
            ..Account::new("o'brien+seat@example.com")
        }
    );
    assert!(accounts[0].attributes.contains(&attribute("admin", "true")));
    assert_eq!(accounts[3].emails, []);
}

#[test]
fn activity_null_is_never_and_absent_is_unknown() {
    assert_eq!(all(trial())[0].last_activity, LastActivity::Never);
    let blind = accounts(page(include_str!("../fixtures/names-only.json")).unwrap());
    assert!(
        blind
            .iter()
            .all(|account| account.last_activity == LastActivity::Unknown)
    );
    assert_eq!(blind[1].created_at, None);
}

#[test]
fn seat_of_a_paid_group_is_inherited() {
    let accounts = all(trial()
        .setting("paid-group", "paid")
        .setting("product", "gpu"));
    let inherited = Seat {
        inherited_from: Some("paid".into()),
        ..Seat::of("gpu")
    };
    let seats: Vec<_> = accounts.into_iter().map(|account| account.seats).collect();
    assert_eq!(
        seats,
        [vec![], vec![inherited.clone()], vec![], vec![inherited]]
    );
}

#[test]
fn paid_group_without_groups_scope_fails() {
    let blind = trial().setting("paid-group", "paid");
    let blind = blind.expect(
        Method::Get,
        FIRST,
        include_str!("../fixtures/names-only.json"),
    );
    assert!(
        matches!(blind.read("users"), Err(Failure::PermissionMissing(text)) if text.contains("read:users:groups"))
    );
}

#[test]
fn empty_page_past_the_end_is_the_last() {
    let past = r#"{"items":[],"_pagination":{"offset":0,"limit":3,"total":0,"next":null}}"#;
    assert_eq!(
        page(past),
        Ok(Page {
            offset_paged: true,
            ..Page::accounts(vec![]).total(0)
        })
    );
}

#[test]
fn next_offset_that_does_not_advance_fails() {
    let stuck = r#"{"items":[],"_pagination":{"total":9,"next":{"offset":0}}}"#;
    assert!(
        matches!(page(stuck), Err(Failure::ContractViolation(text)) if text.contains("_pagination.next.offset"))
    );
}

#[test]
fn faulty_row_is_rejected_and_the_others_kept() {
    let bad = r#"{"items":[{"name":"ada","last_activity":"soon"},{"name":"bob"},{"admin":false},{"name":""}],
        "_pagination":{"total":4,"next":null}}"#;
    let page = page(bad).unwrap();
    let [activity, name, empty] = page.rejected.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!(activity.row, "ada (row 1 of its page)");
    assert!(
        activity
            .reason
            .starts_with("last_activity: \"soon\" is not a date and time"),
        "{}",
        activity.reason
    );
    assert!(
        name.reason.starts_with("missing field `name`"),
        "{}",
        name.reason
    );
    assert_eq!(empty.reason, "name: is empty");
    assert_eq!(accounts(page)[0].id, "bob");
}

#[test]
fn malformed_response_names_the_field() {
    let message = |body: &str| match page(body) {
        Err(Failure::ContractViolation(text)) => text,
        other => panic!("{other:?}"),
    };
    assert!(message(r#"{"items":[]}"#).contains("missing field `_pagination`"));
    let text = message(r#"{"items":[],"_pagination":{"total":1,"next":{"offset":"x"}}}"#);
    assert!(
        text.contains("_pagination.next.offset: invalid type"),
        "{text}"
    );
    assert!(message(r#"{"items":[{"name":"#).contains("EOF while parsing"));
    // The response of an old hub without paging must not pass for a complete list.
    assert!(message(r#"[{"name":"ada"},{"name":"bob"}]"#).contains("invalid type"));
    assert!(message("[]").contains("invalid length"));
}

#[test]
fn error_status_becomes_its_failure() {
    let failure = |reply: MockResponse| page(reply).unwrap_err();
    let hub = |status: u16, message: &str| {
        MockResponse::json(
            status,
            &format!(r#"{{"status":{status},"message":"{message}"}}"#),
        )
    };
    assert_eq!(
        failure(hub(403, "Missing or invalid credentials.")),
        Failure::AuthRejected("Missing or invalid credentials.".into())
    );
    let scope = failure(hub(
        403,
        "Action is not authorized with current scopes; requires any of [list:users]",
    ));
    assert!(matches!(scope, Failure::PermissionMissing(text) if text.contains("list:users")));
    assert!(
        matches!(failure(MockResponse::status(403)), Failure::PermissionMissing(text) if text.contains("list:users"))
    );
    assert!(matches!(
        failure(MockResponse::status(401)),
        Failure::AuthRejected(_)
    ));
    assert!(matches!(
        failure(MockResponse::text(404, "text/html", "<html>")),
        Failure::ConfigInvalid(_)
    ));
    assert_eq!(failure(hub(429, "slow down")), Failure::RateLimited(None));
    assert!(
        matches!(failure(hub(500, "oh no")), Failure::Transient(text) if text.contains("oh no"))
    );
    assert!(matches!(
        page(HttpError::ConnectionTimeout),
        Err(Failure::Transient(_))
    ));
}
