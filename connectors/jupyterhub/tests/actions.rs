//! Checks of a connection, and deletion of users.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

use purser_connector_jupyterhub::JupyterHub;
use purser_sdk::prelude::*;
use purser_sdk::testing::{MockResponse, TestHost};

const NAME: &str = "o'brien+seat@example.com";
const TARGET: &str = "/users/o%27brien%2Bseat%40example.com";
const USER: &str = include_str!("../fixtures/user.json");
const OWNER: &str = include_str!("../fixtures/owner.json");

fn hub(status: u16, message: &str) -> MockResponse {
    MockResponse::json(
        status,
        &format!(r#"{{"status":{status},"message":{message}}}"#),
    )
}

/// Deletes a user that exists, with this response to the deletion.
fn delete(reply: MockResponse) -> Result<ReclaimOutcome, Failure> {
    let trial = TestHost::<JupyterHub>::new()
        .expect(Method::Get, TARGET, USER)
        .expect(Method::Delete, TARGET, reply);
    trial.reclaim(ReclaimMode::Delete, NAME)
}

/// Deletes a user with this response to the read before it. No DELETE must follow.
fn delete_after_read(reply: impl Into<MockResponse>) -> Result<ReclaimOutcome, Failure> {
    TestHost::<JupyterHub>::new()
        .expect(Method::Get, TARGET, reply)
        .reclaim(ReclaimMode::Delete, NAME)
}

#[test]
fn delete_of_a_name_with_special_characters_succeeds() {
    assert_eq!(delete(MockResponse::status(204)), Ok(ReclaimOutcome::Done));
    let target = "/users/zo%C3%AB%20100%25%3F%23";
    let trial = TestHost::<JupyterHub>::new()
        .expect(Method::Get, target, USER)
        .expect(Method::Delete, target, MockResponse::status(204));
    assert_eq!(
        trial.reclaim(ReclaimMode::Delete, "zoë 100%?#"),
        Ok(ReclaimOutcome::Done)
    );
    for name in ["..", "a/b", ""] {
        let outcome = TestHost::<JupyterHub>::new().reclaim(ReclaimMode::Delete, name);
        assert!(
            matches!(outcome, Err(Failure::ContractViolation(_))),
            "{name:?}"
        );
    }
}

#[test]
fn delete_of_an_administrator_is_refused() {
    for admin in [
        r#"{"name":"a","admin":true}"#,
        r#"{"name":"a","admin":false,"roles":["user","admin"]}"#,
    ] {
        assert!(
            matches!(delete_after_read(admin), Ok(ReclaimOutcome::Refused(text)) if text.contains("administrator")),
            "{admin}"
        );
    }
}

#[test]
fn delete_without_knowing_the_role_fails() {
    assert!(
        matches!(delete_after_read(r#"{"name":"a"}"#), Err(Failure::PermissionMissing(text)) if text.contains("read:users"))
    );
}

#[test]
fn delete_of_a_missing_user_is_already_gone() {
    assert_eq!(
        delete_after_read(hub(404, "null")),
        Ok(ReclaimOutcome::AlreadyGone)
    );
    assert_eq!(delete(hub(404, "null")), Ok(ReclaimOutcome::AlreadyGone));
}

#[test]
fn delete_of_a_user_out_of_scope_fails() {
    let hidden = r#""No access to resources or resources not found""#;
    assert!(
        matches!(delete_after_read(hub(404, hidden)), Err(Failure::PermissionMissing(text)) if text.contains("read:users"))
    );
    assert!(
        matches!(delete(hub(404, hidden)), Err(Failure::PermissionMissing(text)) if text.contains("delete:users"))
    );
    assert!(matches!(
        delete_after_read(MockResponse::text(404, "text/html", "<html>")),
        Err(Failure::ConfigInvalid(_))
    ));
}

#[test]
fn delete_without_scope_or_token_names_the_cause() {
    let scopes =
        r#""Action is not authorized with current scopes; requires any of [delete:users]""#;
    assert!(
        matches!(delete(hub(403, scopes)), Err(Failure::PermissionMissing(text)) if text.contains("delete:users"))
    );
    let token = r#""Missing or invalid credentials.""#;
    assert!(matches!(
        delete_after_read(hub(403, token)),
        Err(Failure::AuthRejected(_))
    ));
}

#[test]
fn delete_that_the_hub_declines_is_refused_with_its_reason() {
    let busy = r#""ada's server is in the process of stopping, please wait.""#;
    assert!(
        matches!(delete(hub(400, busy)), Ok(ReclaimOutcome::Refused(text)) if text.contains("please wait"))
    );
    assert!(matches!(
        delete(MockResponse::status(500)),
        Err(Failure::Transient(_))
    ));
}

fn check(owner: &str) -> TestHost<JupyterHub> {
    TestHost::new().expect(Method::Get, "/user", owner)
}

#[test]
fn check_reports_the_owner_of_the_token() {
    let one =
        r#"{"items":[{"name":"ada","last_activity":null}],"_pagination":{"total":1,"next":null}}"#;
    let trial = check(OWNER).expect(Method::Get, "/users?offset=0&limit=1", one);
    let report = trial.check(Capability::Read("users".into())).unwrap();
    assert_eq!(
        (report.identity.as_deref(), report.warnings),
        (Some("purser"), vec![])
    );
}

#[test]
fn check_without_activity_scope_warns() {
    let blind = include_str!("../fixtures/names-only.json");
    let trial = check(OWNER).expect(Method::Get, "/users?offset=0&limit=1", blind);
    let report = trial.check(Capability::Read("users".into())).unwrap();
    assert!(
        report.warnings[0].contains("read:users:activity"),
        "{:?}",
        report.warnings
    );
}

#[test]
fn check_of_delete_compares_scopes_only() {
    let deleting = |owner: &str| check(owner).check(Capability::Reclaim(ReclaimMode::Delete));
    assert_eq!(deleting(OWNER).unwrap().warnings, Vec::<String>::new());
    let without = deleting(r#"{"name":"a","scopes":["list:users"]}"#);
    assert_eq!(
        without,
        Err(Failure::PermissionMissing("scope delete:users".into()))
    );
    let narrow = deleting(r#"{"name":"a","scopes":["delete:users!group=students"]}"#).unwrap();
    assert!(narrow.warnings[0].contains("group=students"));
    assert!(deleting(r#"{"name":"a"}"#).unwrap().warnings[0].contains("does not tell"));
}

#[test]
fn check_of_a_mode_that_is_not_offered_fails() {
    let suspend = check(OWNER).check(Capability::Reclaim(ReclaimMode::Suspend));
    assert!(matches!(suspend, Err(Failure::ConfigInvalid(_))));
}

#[test]
fn check_with_an_invalid_token_without_message_is_auth_rejected() {
    let bad = TestHost::<JupyterHub>::new().expect(Method::Get, "/user", hub(403, "null"));
    assert!(matches!(
        bad.check(Capability::Read("users".into())),
        Err(Failure::AuthRejected(_))
    ));
}
