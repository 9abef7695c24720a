//! Checking a connection, and taking seats back.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

use purser_connector_scim::Scim;
use purser_sdk::prelude::*;
use purser_sdk::testing::{Reply, Trial};

const NOT_FOUND: &str = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404","detail":"not found"}"#;
const LIST: &str = "/Users?startIndex=1&count=1";
const CONFIG: &str = "/ServiceProviderConfig";

fn suspend(id: &str, target: &str, reply: impl Into<Reply>) -> Result<ReclaimOutcome, Failure> {
    Trial::<Scim>::new()
        .expect(Method::Patch, target, reply)
        .reclaim(ReclaimMode::Suspend, id)
}

fn delete(id: &str, target: &str, reply: impl Into<Reply>) -> Result<ReclaimOutcome, Failure> {
    Trial::<Scim>::new()
        .expect(Method::Delete, target, reply)
        .reclaim(ReclaimMode::Delete, id)
}

#[test]
fn suspending_sets_active_to_false() {
    let trial = Trial::<Scim>::new().expect(Method::Patch, "/Users/1f", Reply::status(204));
    assert_eq!(
        trial.reclaim(ReclaimMode::Suspend, "1f"),
        Ok(ReclaimOutcome::Done)
    );
    let request = &trial.requests()[0];
    assert_eq!(
        String::from_utf8_lossy(request.body.as_deref().unwrap()),
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false}]}"#
    );
    assert!(request.repeatable, "setting it twice is setting it once");
    let types: Vec<_> = request
        .headers
        .iter()
        .filter(|header| header.name == "content-type")
        .collect();
    assert_eq!(types.len(), 1);
    assert_eq!(types[0].value, "application/scim+json");
}

#[test]
fn an_answer_with_the_user_is_as_good_as_one_without() {
    assert_eq!(
        suspend("1f", "/Users/1f", r#"{"id":"1f","active":false}"#),
        Ok(ReclaimOutcome::Done)
    );
}

#[test]
fn who_is_gone_is_gone() {
    assert_eq!(
        suspend("1f", "/Users/1f", Reply::json(404, NOT_FOUND)),
        Ok(ReclaimOutcome::AlreadyGone)
    );
    assert_eq!(
        delete("1f", "/Users/1f", Reply::json(404, NOT_FOUND)),
        Ok(ReclaimOutcome::AlreadyGone)
    );
    assert_eq!(
        delete("1f", "/Users/1f", Reply::status(204)),
        Ok(ReclaimOutcome::Done)
    );
}

#[test]
fn a_web_page_says_nothing_about_a_user() {
    let page = Reply::text(404, "text/html", "<html>no such page</html>");
    assert!(matches!(
        delete("1f", "/Users/1f", page),
        Err(Failure::ConfigInvalid(_))
    ));
}

#[test]
fn identifiers_keep_every_character_and_cannot_leave_the_path() {
    assert_eq!(
        delete("a+b@ø'?", "/Users/a%2Bb%40%C3%B8%27%3F", Reply::status(204)),
        Ok(ReclaimOutcome::Done)
    );
    for id in ["", ".", "..", "1f/../2e"] {
        let outcome = Trial::<Scim>::new().reclaim(ReclaimMode::Delete, id);
        assert!(
            matches!(outcome, Err(Failure::ContractViolation(_))),
            "{id:?}"
        );
    }
}

#[test]
fn a_reclaim_that_is_not_allowed_or_did_not_work_says_why() {
    let denied = Reply::json(403, r#"{"detail":"needs scope scim:write"}"#);
    assert!(matches!(suspend("1f", "/Users/1f", denied),
        Err(Failure::PermissionMissing(text)) if text.contains("scim:write")));
    assert!(matches!(
        delete("1f", "/Users/1f", Reply::status(503)),
        Err(Failure::Transient(_))
    ));
    assert!(matches!(
        delete("1f", "/Users/1f", Reply::status(401)),
        Err(Failure::AuthRejected(_))
    ));
}

#[test]
fn a_check_says_what_will_stay_unknown() {
    let list = r#"{"totalResults":250,"startIndex":1,"Resources":[{"id":"1f"}]}"#;
    let report = Trial::<Scim>::new()
        .expect(Method::Get, LIST, list)
        .check(Capability::Read("users".into()))
        .unwrap();
    assert_eq!(report.warnings.len(), 1);
    assert!(report.warnings[0].contains("activity is unknown"));
    let empty =
        Trial::<Scim>::new().expect(Method::Get, LIST, include_str!("../fixtures/empty.json"));
    assert_eq!(
        empty
            .check(Capability::Read("users".into()))
            .unwrap()
            .warnings
            .len(),
        2
    );
}

#[test]
fn a_check_of_suspending_asks_whether_patch_is_supported() {
    let warning = |config: Reply| {
        let list = include_str!("../fixtures/empty.json");
        let trial = Trial::<Scim>::new().expect(Method::Get, LIST, list).expect(
            Method::Get,
            CONFIG,
            config,
        );
        trial
            .check(Capability::Reclaim(ReclaimMode::Suspend))
            .unwrap()
            .warnings
            .remove(0)
    };
    let supported = include_str!("../fixtures/service-provider-config.json");
    assert!(warning(supported.into()).contains("only seen"));
    assert!(warning(r#"{"patch":{"supported":false}}"#.into()).contains("does not support PATCH"));
    assert!(warning("{}".into()).contains("does not support PATCH"));
    assert!(warning(Reply::json(404, NOT_FOUND)).contains("does not tell"));
}

#[test]
fn a_check_fails_with_a_bad_credential_though_the_configuration_is_open() {
    let trial = Trial::<Scim>::new().expect(Method::Get, LIST, Reply::status(401));
    assert!(matches!(
        trial.check(Capability::Reclaim(ReclaimMode::Suspend)),
        Err(Failure::AuthRejected(_))
    ));
}
