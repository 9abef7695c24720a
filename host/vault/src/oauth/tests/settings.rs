//! Settings that do not suffice.

use super::{keys, support::*};
use crate::oauth::{GrantType, OAuthError, OAuthSettings, SigningAlgorithm, TokenAuth};

fn refused(settings: &OAuthSettings, word: &str) {
    let error = provider(settings, &Script::default()).err().unwrap();

    assert!(
        matches!(&error, OAuthError::Unsupported(text) if text.contains(word)),
        "{error}"
    );
}

#[test]
fn settings_without_a_required_key_are_refused() {
    let mut settings = consent();
    settings.authorization_url = None;
    refused(&settings, "authorization-url");

    for grant in [GrantType::AuthorizationCode, GrantType::ClientCredentials] {
        let mut settings = support(grant);
        settings.client_id = None;
        refused(&settings, "client-id");
    }

    for auth in [TokenAuth::Basic, TokenAuth::Post] {
        let mut settings = support(GrantType::ClientCredentials);
        (settings.token_auth, settings.client_secret) = (auth, None);
        refused(&settings, "client-secret");
    }

    let mut settings = support(GrantType::JwtBearer);
    refused(&settings, "private-key");
    settings.private_key = Some(keys::ec().private);
    settings.client_id = None;
    refused(&settings, "issuer");
    (settings.issuer, settings.token_auth) = (Some("i".into()), TokenAuth::PrivateKeyJwt);
    refused(&settings, "client-id");
    settings.token_auth = TokenAuth::None;

    assert!(settings.check().is_ok());

    settings.assertion_lifetime = 0;
    refused(&settings, "assertion-lifetime");
    let mut settings = consent();
    settings.token_auth = TokenAuth::PrivateKeyJwt;

    refused(&settings, "private-key");
}

fn support(grant: GrantType) -> OAuthSettings {
    settings(grant)
}

#[test]
fn settings_with_a_reserved_name_are_refused() {
    for name in [
        "state",
        "code_challenge",
        "code_challenge_method",
        "redirect_uri",
        "response_type",
        "client_id",
        "scope",
    ] {
        let mut settings = consent();
        settings.authorization_params = params(&[(name, "x")]);
        refused(&settings, name);
        let mut settings = consent();
        settings.authorization_url =
            Some(format!("https://acme.example/?{name}=x").parse().unwrap());
        refused(&settings, name);
    }

    for name in [
        "grant_type",
        "code",
        "code_verifier",
        "refresh_token",
        "client_secret",
        "client_assertion",
        "assertion",
    ] {
        let mut settings = consent();
        settings.token_params = params(&[(name, "x")]);
        refused(&settings, name);
    }

    for name in ["iss", "sub", "aud", "iat", "nbf", "exp", "jti"] {
        let mut settings = consent();
        settings.claims = params(&[(name, "x")]);
        refused(&settings, name);
    }
}

#[test]
fn parse_symmetric_algorithm_is_refused() {
    for name in [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA",
    ] {
        assert_eq!(name.parse::<SigningAlgorithm>().unwrap().to_string(), name);
    }

    for name in ["HS256", "HS384", "HS512", "none", "rs256", ""] {
        assert!(name.parse::<SigningAlgorithm>().is_err(), "{name}");
    }

    for name in ["basic", "post", "private-key-jwt", "none"] {
        assert!(name.parse::<TokenAuth>().is_ok());
    }

    assert!("digest".parse::<TokenAuth>().is_err());
}
