//! Tokens go back.

use crate::support::*;
use purser_vault::oauth::{OAuthError, OAuthSettings, Provider, Tokens};

fn offering(url: &str) -> OAuthSettings {
    let mut settings = consent();
    settings.revocation_url = Some(url.parse().unwrap());
    settings
}

fn revoke(tokens: &Tokens, script: &Script) -> Result<bool, OAuthError> {
    let settings = offering("https://acme.example/revoke");
    run(Provider::of(&settings, script).ok().unwrap().revoke(tokens))
}

#[test]
fn what_renews_goes_first() {
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
fn a_provider_that_offers_nothing_is_not_asked() {
    let (settings, script) = (consent(), Script::default());
    assert_eq!(
        run(Provider::of(&settings, &script)
            .ok()
            .unwrap()
            .revoke(&former())),
        Ok(false)
    );
    assert!(script.all_sent().is_empty());
}

#[test]
fn an_application_on_a_private_network_may_do_without_tls() {
    let (settings, script) = (
        offering("http://acme.internal/revoke"),
        Script::with(200, "").then(200, ""),
    );
    assert_eq!(
        run(Provider::of(&settings, &script)
            .ok()
            .unwrap()
            .revoke(&former())),
        Ok(true)
    );
}

#[test]
fn a_token_that_is_not_known_any_more_is_taken_back() {
    let script =
        Script::with(400, r#"{"error":"invalid_token"}"#).then(400, r#"{"error":"invalid_token"}"#);
    assert_eq!(revoke(&former(), &script), Ok(true));
}

#[test]
fn one_kind_may_be_all_that_is_taken_back() {
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
fn a_refusal_is_told_without_the_token() {
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
