//! Refresh of tokens.

use super::support::*;
use crate::Secret;
use crate::oauth::{OAuthError, Tokens};
use purser_model::Timestamp;

fn refreshed(members: &str) -> Tokens {
    let answer = format!(r#"{{"access_token":"access-2","token_type":"bearer"{members}}}"#);
    refresh(&consent(), &former(), &Script::with(200, &answer)).unwrap()
}

fn text(secret: Option<&Secret>) -> Option<&str> {
    secret.map(Secret::expose)
}

#[test]
fn refresh_request_carries_the_token_and_no_scope() {
    let mut settings = consent();
    settings.token_params = params(&[("resource", "api")]);
    let script = Script::with(200, r#"{"access_token":"access-2","token_type":"bearer"}"#);
    refresh(&settings, &former(), &script).unwrap();
    let sent = script.sent();

    assert_eq!(sent.names(), ["grant_type", "refresh_token", "resource"]);
    assert_eq!(sent.field("grant_type"), Some("refresh_token"));
    assert_eq!(sent.field("refresh_token"), Some("refresh/+1"));
}

#[test]
fn refresh_response_without_refresh_token_keeps_the_old_one() {
    for members in ["", r#","refresh_token":null"#, r#","refresh_token":"""#] {
        let tokens = refreshed(members);
        assert_eq!(tokens.access.expose(), "access-2");
        assert_eq!(
            text(tokens.refresh.as_ref()),
            Some("refresh/+1"),
            "{members}"
        );
        assert_eq!(
            (tokens.rotates, tokens.refresh_expires_at),
            (Some(false), Some(second(1_900_000_000)))
        );
    }
}

#[test]
fn refresh_observes_rotation() {
    assert_eq!(
        refreshed(r#","refresh_token":"refresh-2""#).rotates,
        Some(true)
    );
    assert_eq!(
        text(
            refreshed(r#","refresh_token":"refresh-2""#)
                .refresh
                .as_ref()
        ),
        Some("refresh-2")
    );
    assert_eq!(
        refreshed(r#","refresh_token":"refresh/+1""#).rotates,
        Some(false),
        "the same is none"
    );
}

#[test]
fn can_retry_is_true_only_for_an_unrotated_token() {
    let settings = consent();
    let script = Script::default();
    let provider = provider(&settings, &script).ok().unwrap();
    let can_retry = |rotates| {
        provider.can_retry(&Tokens {
            rotates,
            ..former()
        })
    };

    assert_eq!(
        [None, Some(true), Some(false)].map(can_retry),
        [false, false, true]
    );
}

#[test]
fn refresh_response_without_members_keeps_the_old_values() {
    let mut settings = consent();
    settings.metadata = vec![
        ("instance".parse().unwrap(), "/instance".into()),
        ("org".parse().unwrap(), "/org".into()),
    ];

    let script = Script::with(200, r#"{"access_token":"access-2","org":"acme"}"#);
    let tokens = refresh(&settings, &former(), &script).unwrap();

    assert_eq!(
        tokens.scopes,
        ["users:read"],
        "those granted, not those wanted"
    );

    let metadata: Vec<_> = tokens
        .metadata
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();

    assert_eq!(metadata, [("instance", "eu"), ("org", "acme")]);

    let told = refreshed(r#","scope":"audit""#);

    assert_eq!(told.scopes, ["audit"]);
}

#[test]
fn refresh_expiry_follows_the_refresh_token() {
    let expiry = |members: &str| {
        refreshed(members)
            .refresh_expires_at
            .map(Timestamp::as_second)
    };

    assert_eq!(
        expiry(r#","refresh_token":"refresh-2""#),
        None,
        "unknown for another token"
    );
    assert_eq!(
        expiry(r#","refresh_token":"refresh-2","refresh_token_expires_in":500"#),
        Some(1_800_000_500)
    );
    assert_eq!(
        expiry(r#","refresh_token_expires_in":"500""#),
        Some(1_800_000_500)
    );
    assert_eq!(expiry(r#","refresh_expires_in":700"#), Some(1_800_000_700));
    assert_eq!(
        expiry(r#","refresh_expires_in":0"#),
        None,
        "0 is said of those that do not expire"
    );

    let mut settings = consent();
    settings.refresh_token_lifetime = Some(1_000);
    let refresh_expiry = |answer: &str| {
        refresh(&settings, &former(), &Script::with(200, answer))
            .unwrap()
            .refresh_expires_at
    };

    assert_eq!(
        refresh_expiry(r#"{"access_token":"a","refresh_token":"refresh-2"}"#),
        Some(second(1_800_001_000))
    );
    assert_eq!(
        refresh_expiry(r#"{"access_token":"a"}"#),
        Some(second(1_900_000_000)),
        "the same token, the same end"
    );
}

#[test]
fn refresh_without_refresh_token_sends_nothing() {
    let script = Script::default();
    let tokens = Tokens {
        refresh: None,
        ..former()
    };

    assert_eq!(
        refresh(&consent(), &tokens, &script).err(),
        Some(OAuthError::NoRefreshToken)
    );
    assert!(script.all_sent().is_empty());
}

#[test]
fn refresh_without_response_has_an_unknown_outcome() {
    let unknown = |script: Script| {
        let error = refresh(&consent(), &former(), &script).err().unwrap();
        assert_eq!(script.all_sent().len(), 1, "never repeated by itself");
        error.outcome_unknown()
    };

    assert!(unknown(Script::silent("no answer within 20 s", false)));
    assert!(!unknown(Script::silent("no connection", true)));

    for status in [502, 504] {
        assert!(unknown(Script::with(status, "")));
        assert!(unknown(Script::with(status, r#"{"error":"server_error"}"#)));
    }

    for status in [400, 401, 404, 429, 503] {
        assert!(!unknown(Script::with(status, "")), "{status}");
        assert!(
            !unknown(Script::with(status, r#"{"error":"invalid_grant"}"#)),
            "{status}"
        );
    }

    for unreadable in [
        "",
        "<html>",
        "[]",
        "{}",
        r#"{"access_token":7}"#,
        r#"{"access_token":""}"#,
        r#"{"access_token":"a"#,
    ] {
        assert!(unknown(Script::with(200, unreadable)), "{unreadable}");
    }

    assert!(unknown(Script::with(
        200,
        r#"{"access_token":"a","token_type":"mac"}"#
    )));
    assert!(!unknown(Script::with(200, r#"{"error":"invalid_grant"}"#)));
}
