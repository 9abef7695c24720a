//! Checking a connection, and deleting users.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

use purser_connector_jupyterhub::JupyterHub;
use purser_sdk::prelude::*;
use purser_sdk::testing::{Reply, Trial};

const NAME: &str = "o'brien+seat@example.com";
const TARGET: &str = "/users/o%27brien%2Bseat%40example.com";
const USER: &str = include_str!("../fixtures/user.json");
const OWNER: &str = include_str!("../fixtures/owner.json");

fn hub(status: u16, message: &str) -> Reply {
    Reply::json(
        status,
        &format!(r#"{{"status":{status},"message":{message}}}"#),
    )
}

/// Deletes a user whom the hub shows, with this answer to the deletion.
fn delete(reply: Reply) -> Result<ReclaimOutcome, Failure> {
    let trial = Trial::<JupyterHub>::new()
        .expect(Method::Get, TARGET, USER)
        .expect(Method::Delete, TARGET, reply);
    trial.reclaim(ReclaimMode::Delete, NAME)
}

/// Tries to delete a user at whom the hub answers this: nothing must be deleted.
fn look(reply: impl Into<Reply>) -> Result<ReclaimOutcome, Failure> {
    Trial::<JupyterHub>::new()
        .expect(Method::Get, TARGET, reply)
        .reclaim(ReclaimMode::Delete, NAME)
}

#[test]
fn a_user_is_deleted_whatever_the_name() {
    assert_eq!(delete(Reply::status(204)), Ok(ReclaimOutcome::Done));
    let target = "/users/zo%C3%AB%20100%25%3F%23";
    let trial = Trial::<JupyterHub>::new()
        .expect(Method::Get, target, USER)
        .expect(Method::Delete, target, Reply::status(204));
    assert_eq!(
        trial.reclaim(ReclaimMode::Delete, "zoë 100%?#"),
        Ok(ReclaimOutcome::Done)
    );
    for name in ["..", "a/b", ""] {
        let outcome = Trial::<JupyterHub>::new().reclaim(ReclaimMode::Delete, name);
        assert!(
            matches!(outcome, Err(Failure::ContractViolation(_))),
            "{name:?}"
        );
    }
}

#[test]
fn an_administrator_is_never_deleted() {
    for admin in [
        r#"{"name":"a","admin":true}"#,
        r#"{"name":"a","admin":false,"roles":["user","admin"]}"#,
    ] {
        assert!(
            matches!(look(admin), Ok(ReclaimOutcome::Refused(text)) if text.contains("administrator")),
            "{admin}"
        );
    }
}

#[test]
fn who_may_be_an_administrator_is_not_deleted() {
    assert!(
        matches!(look(r#"{"name":"a"}"#), Err(Failure::PermissionMissing(text)) if text.contains("read:users"))
    );
}

#[test]
fn who_is_gone_is_gone() {
    assert_eq!(look(hub(404, "null")), Ok(ReclaimOutcome::AlreadyGone));
    assert_eq!(delete(hub(404, "null")), Ok(ReclaimOutcome::AlreadyGone));
}

#[test]
fn who_is_out_of_reach_is_not_gone() {
    let hidden = r#""No access to resources or resources not found""#;
    assert!(
        matches!(look(hub(404, hidden)), Err(Failure::PermissionMissing(text)) if text.contains("read:users"))
    );
    assert!(
        matches!(delete(hub(404, hidden)), Err(Failure::PermissionMissing(text)) if text.contains("delete:users"))
    );
    assert!(matches!(
        look(Reply::text(404, "text/html", "<html>")),
        Err(Failure::ConfigInvalid(_))
    ));
}

#[test]
fn a_denial_names_the_scope_and_a_bad_token_is_called_so() {
    let scopes =
        r#""Action is not authorized with current scopes; requires any of [delete:users]""#;
    assert!(
        matches!(delete(hub(403, scopes)), Err(Failure::PermissionMissing(text)) if text.contains("delete:users"))
    );
    let token = r#""Missing or invalid credentials.""#;
    assert!(matches!(
        look(hub(403, token)),
        Err(Failure::AuthRejected(_))
    ));
}

#[test]
fn what_the_hub_declines_is_told_to_the_person() {
    let busy = r#""ada's server is in the process of stopping, please wait.""#;
    assert!(
        matches!(delete(hub(400, busy)), Ok(ReclaimOutcome::Refused(text)) if text.contains("please wait"))
    );
    assert!(matches!(
        delete(Reply::status(500)),
        Err(Failure::Transient(_))
    ));
}

fn check(owner: &str) -> Trial<JupyterHub> {
    Trial::new().expect(Method::Get, "/user", owner)
}

#[test]
fn a_check_tells_whose_token_it_is() {
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
fn a_check_warns_that_activity_will_be_unknown() {
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
fn a_check_of_deleting_looks_at_scopes_and_deletes_nothing() {
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
fn a_check_of_what_is_not_offered_fails() {
    let suspend = check(OWNER).check(Capability::Reclaim(ReclaimMode::Suspend));
    assert!(matches!(suspend, Err(Failure::ConfigInvalid(_))));
}

#[test]
fn a_check_tells_a_bad_token_though_the_hub_gives_no_message_for_it() {
    let bad = Trial::<JupyterHub>::new().expect(Method::Get, "/user", hub(403, "null"));
    assert!(matches!(
        bad.check(Capability::Read("users".into())),
        Err(Failure::AuthRejected(_))
    ));
}
