//! Tokens that need no person.

use crate::support::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purser_vault::oauth::{GrantKind, OAuthError, Provider, TokenAuth};
use purser_vault::{FilledTemplate, built_in};

const ANSWER: &str = r#"{"access_token":"access-1","token_type":"bearer","expires_in":3600,"refresh_token":"refresh-1"}"#;

#[test]
fn client_credentials_are_sent_once_with_scopes_and_what_the_template_adds() {
    let mut settings = settings(GrantKind::ClientCredentials);
    settings.scope_separator = ",".into();
    settings.token_params = params(&[("audience", "api")]);
    let script = Script::with(200, ANSWER);
    let provider = Provider::of(&settings, &script).ok().unwrap();
    let tokens = run(provider.obtain(now())).unwrap();
    assert_eq!(tokens.access.expose(), "access-1");
    assert!(
        tokens.refresh.is_none(),
        "what would renew it is not kept: it is got anew"
    );
    assert!(provider.can_repeat(&tokens) && provider.wanted_scopes() == ["users:read", "audit"]);
    let sent = script.sent();
    assert_eq!(sent.names(), ["audience", "grant_type", "scope"]);
    assert_eq!(sent.field("grant_type"), Some("client_credentials"));
    assert_eq!(sent.field("scope"), Some("users:read,audit"));
    assert_eq!(sent.field("audience"), Some("api"));
}

#[test]
fn they_are_renewed_by_getting_them_anew() {
    let settings = settings(GrantKind::ClientCredentials);
    let script = Script::with(200, ANSWER);
    let tokens = renew(&settings, &former(), &script).unwrap();
    assert_eq!((tokens.access.expose(), tokens.rotates), ("access-1", None));
    assert!(tokens.refresh.is_none() && tokens.refresh_expires_at.is_none());
    let sent = script.sent();
    assert_eq!(sent.field("grant_type"), Some("client_credentials"));
    assert_eq!(sent.field("refresh_token"), None);
}

/// RFC 6749, section 2.3.1: both are form-encoded before they are joined.
#[test]
fn client_and_secret_are_encoded_before_they_are_joined() {
    let mut settings = settings(GrantKind::ClientCredentials);
    settings.client_id = Some("cli:ent é".into());
    settings.client_secret = Some(secret("p%ss:w+rd &/=~"));
    settings.revocation_url = Some("https://acme.example/revoke".parse().unwrap());
    let script = Script::with(200, ANSWER).then(200, "");
    let provider = Provider::of(&settings, &script).ok().unwrap();
    let tokens = run(provider.obtain(now())).unwrap();
    run(provider.revoke(&tokens)).unwrap();
    // The library's request and the one made here.
    for sent in script.all_sent() {
        let encoded = sent.headers["authorization"]
            .strip_prefix("Basic ")
            .unwrap();
        let pair = String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap();
        assert_eq!(pair, "cli%3Aent+%C3%A9:p%25ss%3Aw%2Brd+%26%2F%3D%7E");
        assert!(sent.field("client_id").is_none() && sent.field("client_secret").is_none());
    }
}

#[test]
fn a_secret_in_the_form_is_encoded_once() {
    let mut settings = settings(GrantKind::ClientCredentials);
    settings.token_auth = TokenAuth::Post;
    settings.client_secret = Some(secret("p%ss:w+rd &/=~"));
    let script = Script::with(200, ANSWER);
    run(Provider::of(&settings, &script).ok().unwrap().obtain(now())).unwrap();
    assert_eq!(script.sent().field("client_secret"), Some("p%ss:w+rd &/=~"));
    assert!(!script.sent().headers.contains_key("authorization"));
}

#[test]
fn a_filled_template_is_a_provider_if_it_is_for_oauth() {
    let filled = |name: &str, plain: &[(&str, &str)], secrets: &[(&str, &str)]| {
        let template = built_in()
            .iter()
            .find(|template| template.name().as_str() == name)
            .unwrap();
        let plain = plain
            .iter()
            .map(|(name, text)| (name.parse().unwrap(), (*text).to_owned()))
            .collect();
        let secrets = secrets
            .iter()
            .map(|(name, text)| (name.parse().unwrap(), secret(text)))
            .collect();
        FilledTemplate::new(template, plain, secrets, false)
            .ok()
            .unwrap()
    };
    let plain = [
        ("token-url", "https://acme.example/token"),
        ("client-id", "client-1"),
        ("scopes", "a b"),
    ];
    let filled_in = filled(
        "oauth-client-credentials",
        &plain,
        &[("client-secret", SECRET)],
    );
    let script = Script::with(200, ANSWER);
    let provider = Provider::new(&filled_in, &script).ok().unwrap();
    assert_eq!(
        run(provider.obtain(now())).unwrap().access.expose(),
        "access-1"
    );
    assert_eq!(
        (script.sent().url.as_str(), script.sent().field("scope")),
        ("https://acme.example/token", Some("a b"))
    );
    assert!(script.sent().headers.contains_key("authorization"));

    let bearer = filled("bearer", &[], &[("token", "some-token")]);
    assert!(matches!(
        Provider::new(&bearer, &script).err(),
        Some(OAuthError::Unsupported(_))
    ));
}
