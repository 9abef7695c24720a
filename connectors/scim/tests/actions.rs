//! Checks of a connection, and reclaims.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

use purser_connector_scim::Scim;
use purser_sdk::prelude::*;
use purser_sdk::testing::{MockResponse, TestHost};

const NOT_FOUND: &str = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404","detail":"not found"}"#;
const LIST: &str = "/Users?startIndex=1&count=1";
const CONFIG: &str = "/ServiceProviderConfig";

fn suspend(
    id: &str,
    target: &str,
    reply: impl Into<MockResponse>,
) -> Result<ReclaimOutcome, Failure> {
    TestHost::<Scim>::new()
        .expect(Method::Patch, target, reply)
        .reclaim(ReclaimMode::Suspend, id)
}

fn delete(
    id: &str,
    target: &str,
    reply: impl Into<MockResponse>,
) -> Result<ReclaimOutcome, Failure> {
    TestHost::<Scim>::new()
        .expect(Method::Delete, target, reply)
        .reclaim(ReclaimMode::Delete, id)
}

#[test]
fn suspend_sets_active_to_false() {
    let trial =
        TestHost::<Scim>::new().expect(Method::Patch, "/Users/1f", MockResponse::status(204));
    assert_eq!(
        trial.reclaim(ReclaimMode::Suspend, "1f"),
        Ok(ReclaimOutcome::Done)
    );
    let request = &trial.requests()[0];
    assert_eq!(
        String::from_utf8_lossy(request.body.as_deref().unwrap()),
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false}]}"#
    );
    assert!(request.idempotent, "setting it twice is setting it once");
    let types: Vec<_> = request
        .headers
        .iter()
        .filter(|header| header.name == "content-type")
        .collect();
    assert_eq!(types.len(), 1);
    assert_eq!(types[0].value, "application/scim+json");
}

#[test]
fn suspend_accepts_a_response_with_or_without_the_user() {
    assert_eq!(
        suspend("1f", "/Users/1f", r#"{"id":"1f","active":false}"#),
        Ok(ReclaimOutcome::Done)
    );
}

#[test]
fn reclaim_of_a_missing_user_is_already_gone() {
    assert_eq!(
        suspend("1f", "/Users/1f", MockResponse::json(404, NOT_FOUND)),
        Ok(ReclaimOutcome::AlreadyGone)
    );
    assert_eq!(
        delete("1f", "/Users/1f", MockResponse::json(404, NOT_FOUND)),
        Ok(ReclaimOutcome::AlreadyGone)
    );
    assert_eq!(
        delete("1f", "/Users/1f", MockResponse::status(204)),
        Ok(ReclaimOutcome::Done)
    );
}

#[test]
fn reclaim_with_an_html_404_fails() {
    let page = MockResponse::text(404, "text/html", "<html>no such page</html>");
    assert!(matches!(
        delete("1f", "/Users/1f", page),
        Err(Failure::ConfigInvalid(_))
    ));
}

#[test]
fn id_with_special_characters_stays_one_segment() {
    assert_eq!(
        delete(
            "a+b@ø'?",
            "/Users/a%2Bb%40%C3%B8%27%3F",
            MockResponse::status(204)
        ),
        Ok(ReclaimOutcome::Done)
    );
    for id in ["", ".", "..", "1f/../2e"] {
        let outcome = TestHost::<Scim>::new().reclaim(ReclaimMode::Delete, id);
        assert!(
            matches!(outcome, Err(Failure::ContractViolation(_))),
            "{id:?}"
        );
    }
}

#[test]
fn failed_reclaim_gives_the_reason() {
    let denied = MockResponse::json(403, r#"{"detail":"needs scope scim:write"}"#);
    assert!(matches!(suspend("1f", "/Users/1f", denied),
        Err(Failure::PermissionMissing(text)) if text.contains("scim:write")));
    assert!(matches!(
        delete("1f", "/Users/1f", MockResponse::status(503)),
        Err(Failure::Transient(_))
    ));
    assert!(matches!(
        delete("1f", "/Users/1f", MockResponse::status(401)),
        Err(Failure::AuthRejected(_))
    ));
}

#[test]
fn check_warns_that_activity_is_unknown() {
    let list = r#"{"totalResults":250,"startIndex":1,"Resources":[{"id":"1f"}]}"#;
    let report = TestHost::<Scim>::new()
        .expect(Method::Get, LIST, list)
        .check(Capability::Read("users".into()))
        .unwrap();
    assert_eq!(report.warnings.len(), 1);
    assert!(report.warnings[0].contains("activity is unknown"));
    let empty =
        TestHost::<Scim>::new().expect(Method::Get, LIST, include_str!("../fixtures/empty.json"));
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
fn check_of_suspend_reads_the_patch_support() {
    let warning = |config: MockResponse| {
        let list = include_str!("../fixtures/empty.json");
        let trial = TestHost::<Scim>::new()
            .expect(Method::Get, LIST, list)
            .expect(Method::Get, CONFIG, config);
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
    assert!(warning(MockResponse::json(404, NOT_FOUND)).contains("does not tell"));
}

#[test]
fn check_with_an_invalid_credential_fails_although_the_configuration_is_public() {
    let trial = TestHost::<Scim>::new().expect(Method::Get, LIST, MockResponse::status(401));
    assert!(matches!(
        trial.check(Capability::Reclaim(ReclaimMode::Suspend)),
        Err(Failure::AuthRejected(_))
    ));
}
