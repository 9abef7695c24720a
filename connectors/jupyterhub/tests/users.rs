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
    let [name, empty] = page.rejected.as_slice() else {
        panic!("{page:?}")
    };
    assert!(
        name.reason.starts_with("missing field `name`"),
        "{}",
        name.reason
    );
    assert_eq!(empty.reason, "name: is empty");
    let accounts = accounts(page);
    assert_eq!(
        (accounts[0].id.as_str(), accounts[1].id.as_str()),
        ("ada", "bob")
    );
    assert_eq!(accounts[0].last_activity, LastActivity::Unknown);
    let warning = &accounts[0].warnings[0];
    assert!(
        warning.starts_with("last_activity: \"soon\" is not a date and time"),
        "{warning}"
    );
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
    assert!(message("[]").contains("invalid type"));
}

#[test]
fn times_of_any_form_are_read_and_placeholders_are_unknown() {
    let user = |created: &str, last: &str| {
        let list = format!(
            r#"{{"items":[{{"name":"ada","created":{created},"last_activity":{last}}}],"_pagination":{{"total":1,"next":null}}}}"#
        );
        accounts(page(list.as_str()).unwrap()).remove(0)
    };

    let read = user(
        "\"9999-12-31T23:59:59Z\"",
        "\"2026-11-20T10:00:00.1234567890Z\"",
    );
    assert_eq!((read.created_at, read.warnings), (None, vec![]));
    assert_eq!(read.last_activity, LastActivity::At(1_795_168_800_123));
    let read = user("1709280000", "null");
    assert_eq!(read.last_activity, LastActivity::Never);
    assert_eq!(read.created_at, Some(1_709_280_000_000));
    for placeholder in [
        "\"0001-01-01T00:00:00Z\"",
        "\"1601-01-01T00:00:00Z\"",
        "\"1970-01-01T00:00:00+00:00\"",
        "0",
    ] {
        let read = user("null", placeholder);
        assert_eq!(read.last_activity, LastActivity::Unknown, "{placeholder}");
    }
    for unknown in ["\"2026-11-20T10:00:00\"", "\"20.11.2026\"", "-5", "{}"] {
        let read = user("null", unknown);
        assert_eq!(
            (read.last_activity, read.warnings.len()),
            (LastActivity::Unknown, 1),
            "{unknown}"
        );
    }
}

#[test]
fn user_whose_groups_are_unreadable_is_rejected_with_its_name() {
    let list = r#"{"items":[{"name":"ada","groups":{"a":1}},{"name":"bob","groups":["paid"]}],
        "_pagination":{"total":2,"next":null}}"#;
    let host = trial()
        .setting("paid-group", "paid")
        .expect(Method::Get, FIRST, list);
    let page = host.read("users").unwrap();
    assert_eq!(page.rejected[0].id.as_deref(), Some("ada"));
    assert!(
        page.rejected[0].reason.starts_with("groups"),
        "{:?}",
        page.rejected
    );
    assert_eq!(accounts(page)[0].id, "bob");
}

#[test]
fn statement_about_the_next_page_outweighs_the_total() {
    let list = |names: [&str; 3], next: &str| {
        let [a, b, c] = names;
        format!(
            r#"{{"items":[{{"name":"{a}"}},{{"name":"{b}"}},{{"name":"{c}"}}],"_pagination":{{"total":3{next}}}}}"#
        )
    };
    let more = list(["a", "b", "c"], r#","next":{"offset":3}"#);
    let last = list(["d", "e", "f"], r#","next":null"#);
    let host = trial().expect(Method::Get, FIRST, more.as_str()).expect(
        Method::Get,
        SECOND,
        last.as_str(),
    );
    assert_eq!(host.read_all("users").unwrap().len(), 2);

    // A hub that does not mention the next page has not shown the end.
    let silent = page(list(["a", "b", "c"], "").as_str()).unwrap();
    assert!(silent.next.is_some());
    let short = r#"{"items":[{"name":"a"}],"_pagination":{"total":9,"next":null}}"#;
    assert!(matches!(page(short), Err(Failure::ContractViolation(text)) if text.contains('9')));
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
