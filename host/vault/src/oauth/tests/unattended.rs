//! Grants without a person.

use super::support::*;
use crate::oauth::{GrantType, OAuthError, Provider, TokenAuth};
use crate::{TemplateInstance, built_in};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const RESPONSE: &str = r#"{"access_token":"access-1","token_type":"bearer","expires_in":3600,"refresh_token":"refresh-1"}"#;

#[test]
fn client_credentials_request_has_scopes_and_extra_params() {
    let mut settings = settings(GrantType::ClientCredentials);
    settings.scope_separator = ",".into();
    settings.token_params = params(&[("audience", "api")]);
    let script = Script::with(200, RESPONSE);
    let provider = provider(&settings, &script).ok().unwrap();
    let tokens = run(provider.obtain(now())).unwrap();

    assert_eq!(tokens.access.expose(), "access-1");
    assert!(
        tokens.refresh.is_none(),
        "what would renew it is not kept: it is got anew"
    );
    assert!(provider.can_retry(&tokens) && provider.requested_scopes() == ["users:read", "audit"]);

    let sent = script.sent();

    assert_eq!(sent.names(), ["audience", "grant_type", "scope"]);
    assert_eq!(sent.field("grant_type"), Some("client_credentials"));
    assert_eq!(sent.field("scope"), Some("users:read,audit"));
    assert_eq!(sent.field("audience"), Some("api"));
}

#[test]
fn refresh_of_an_unattended_grant_obtains_new_tokens() {
    let settings = settings(GrantType::ClientCredentials);
    let script = Script::with(200, RESPONSE);
    let tokens = refresh(&settings, &former(), &script).unwrap();

    assert_eq!((tokens.access.expose(), tokens.rotates), ("access-1", None));
    assert!(tokens.refresh.is_none() && tokens.refresh_expires_at.is_none());

    let sent = script.sent();

    assert_eq!(sent.field("grant_type"), Some("client_credentials"));
    assert_eq!(sent.field("refresh_token"), None);
}

/// Both are form-encoded before they are joined (RFC 6749, section 2.3.1).
#[test]
fn basic_auth_client_and_secret_are_form_encoded() {
    let mut settings = settings(GrantType::ClientCredentials);
    settings.client_id = Some("cli:ent é".into());
    settings.client_secret = Some(secret("p%ss:w+rd &/=~"));
    settings.revocation_url = Some("https://acme.example/revoke".parse().unwrap());
    let script = Script::with(200, RESPONSE).then(200, "");
    let provider = provider(&settings, &script).ok().unwrap();
    let tokens = run(provider.obtain(now())).unwrap();
    run(provider.revoke(&tokens)).unwrap();

    // The request of the `oauth2` crate, and the one of this crate.
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
fn post_auth_secret_is_encoded_once() {
    let mut settings = settings(GrantType::ClientCredentials);
    settings.token_auth = TokenAuth::Post;
    settings.client_secret = Some(secret("p%ss:w+rd &/=~"));
    let script = Script::with(200, RESPONSE);
    run(provider(&settings, &script).ok().unwrap().obtain(now())).unwrap();

    assert_eq!(script.sent().field("client_secret"), Some("p%ss:w+rd &/=~"));
    assert!(!script.sent().headers.contains_key("authorization"));
}

#[test]
fn provider_of_a_template_without_oauth_is_refused() {
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
        TemplateInstance::new(template, plain, secrets, false)
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

    let script = Script::with(200, RESPONSE);
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
