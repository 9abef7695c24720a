//! Revocation of tokens.

use super::support::*;
use crate::oauth::{OAuthError, OAuthSettings, Tokens};

fn with_revocation_url(url: &str) -> OAuthSettings {
    let mut settings = consent();
    settings.revocation_url = Some(url.parse().unwrap());
    settings
}

fn revoke(tokens: &Tokens, script: &Script) -> Result<bool, OAuthError> {
    let settings = with_revocation_url("https://acme.example/revoke");
    run(provider(&settings, script).ok().unwrap().revoke(tokens))
}

#[test]
fn revoke_sends_the_refresh_token_first() {
    let script = Script::with(200, "").then(200, "{}");

    assert_eq!(revoke(&former(), &script), Ok(true));

    let sent = script.all_sent();

    assert!(
        sent.iter()
            .all(|sent| sent.url == "https://acme.example/revoke"
                && sent.headers.contains_key("authorization"))
    );

    let fields = [
        ("refresh/+1", "refresh_token"),
        ("former-access", "access_token"),
    ];

    for (sent, (token, hint)) in sent.iter().zip(fields) {
        assert_eq!(
            (sent.field("token"), sent.field("token_type_hint")),
            (Some(token), Some(hint))
        );
    }

    let script = Script::with(200, "");

    assert_eq!(
        revoke(
            &Tokens {
                refresh: None,
                ..former()
            },
            &script
        ),
        Ok(true)
    );
    assert_eq!(script.sent().field("token"), Some("former-access"));
}

#[test]
fn revoke_without_endpoint_sends_nothing() {
    let (settings, script) = (consent(), Script::default());
    assert_eq!(
        run(provider(&settings, &script).ok().unwrap().revoke(&former())),
        Ok(false)
    );
    assert!(script.all_sent().is_empty());
}

#[test]
fn revoke_plain_http_url_is_sent() {
    let (settings, script) = (
        with_revocation_url("http://acme.internal/revoke"),
        Script::with(200, "").then(200, ""),
    );

    assert_eq!(
        run(provider(&settings, &script).ok().unwrap().revoke(&former())),
        Ok(true)
    );
}

#[test]
fn revoke_unknown_token_counts_as_revoked() {
    let script =
        Script::with(400, r#"{"error":"invalid_token"}"#).then(400, r#"{"error":"invalid_token"}"#);
    assert_eq!(revoke(&former(), &script), Ok(true));
}

#[test]
fn revoke_of_one_kind_suffices() {
    let unsupported = r#"{"error":"unsupported_token_type"}"#;

    assert_eq!(
        revoke(&former(), &Script::with(200, "").then(400, unsupported)),
        Ok(true)
    );
    assert_eq!(
        revoke(&former(), &Script::with(400, unsupported).then(200, "")),
        Ok(true)
    );

    let neither = revoke(
        &former(),
        &Script::with(400, unsupported).then(400, unsupported),
    );

    assert!(matches!(neither, Err(OAuthError::Rejected { .. })));
}

#[test]
fn refused_revocation_does_not_show_the_token() {
    let answer = r#"{"error":"invalid_client","error_description":"for refresh/+1"}"#;
    for status in [200, 401] {
        let error = revoke(&former(), &Script::with(status, answer)).unwrap_err();
        assert!(matches!(&error, OAuthError::Rejected { code, .. } if code == "invalid_client"));
        assert!(!shown(&error).contains("refresh/+1"), "{error}");
    }

    assert!(matches!(
        revoke(&former(), &Script::with(503, "")),
        Err(OAuthError::Status { status: 503, .. })
    ));
}
