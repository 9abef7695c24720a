//! Signed assertions.

use super::keys::{self, Pair};
use super::support::*;
use crate::oauth::{GrantType, OAuthError, OAuthSettings, TokenAuth, check_private_key};
use jsonwebtoken::{Algorithm, Header, Validation};
use purser_model::{Blame, Blamed as _};
use serde_json::{Value, json};

const RESPONSE: &str = r#"{"access_token":"access-1","token_type":"bearer"}"#;
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const CLIENT: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Verifies an assertion and returns its header and claims.
fn verified(assertion: &str, pair: &Pair, algorithm: Algorithm) -> (Header, Value) {
    let mut validation = Validation::new(algorithm);
    (validation.validate_exp, validation.validate_aud) = (false, false);
    let token = jsonwebtoken::decode(assertion, &pair.public, &validation).unwrap();
    (token.header, token.claims)
}

fn bearer(pair: &Pair, algorithm: &str) -> OAuthSettings {
    let mut settings = settings(GrantType::JwtBearer);
    settings.private_key = Some(secret(pair.private.expose()));
    settings.algorithm = algorithm.parse().unwrap();
    settings.issuer = Some("service@acme.example".into());
    (settings.client_id, settings.client_secret) = (None, None);

    settings
}

fn private_key_jwt(grant: GrantType, pair: &Pair) -> OAuthSettings {
    let mut settings = settings(grant);
    settings.private_key = Some(secret(pair.private.expose()));
    settings.algorithm = "ES256".parse().unwrap();
    settings.token_auth = TokenAuth::PrivateKeyJwt;
    settings
}

fn obtain(settings: &OAuthSettings, script: &Script) -> Sent {
    run(provider(settings, script)
        .unwrap_or_else(|error| panic!("{error}"))
        .obtain(now()))
    .unwrap();
    script.all_sent().pop().unwrap()
}

#[test]
fn sign_with_any_algorithm_verifies_with_the_public_key() {
    let pairs = [
        (
            keys::rsa(),
            &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"][..],
        ),
        (keys::ec(), &["ES256"]),
        (keys::p384(), &["ES384"]),
        (keys::ed(), &["EdDSA"]),
    ];

    for (pair, algorithms) in pairs {
        for algorithm in algorithms {
            check_private_key(&pair.private, algorithm.parse().unwrap()).unwrap();
            let sent = obtain(&bearer(&pair, algorithm), &Script::with(200, RESPONSE));
            let (header, _) = verified(
                sent.field("assertion").unwrap(),
                &pair,
                algorithm.parse().unwrap(),
            );
            assert_eq!(format!("{:?}", header.alg), *algorithm);
        }
    }
}

#[test]
fn jwt_bearer_assertion_has_the_claims_of_the_template() {
    let pair = keys::ec();
    let mut settings = bearer(&pair, "ES256");
    settings.subject = Some("admin@acme.example".into());
    settings.key_id = Some("key-7".into());
    settings.claims = params(&[("scope", "users:read"), ("box_sub_type", "enterprise")]);
    settings.token_params = params(&[("resource", "api")]);
    let sent = obtain(&settings, &Script::with(200, RESPONSE));

    assert_eq!(
        sent.names(),
        ["assertion", "grant_type", "resource", "scope"]
    );
    assert_eq!(
        (sent.field("grant_type"), sent.field("scope")),
        (Some(GRANT), Some("users:read audit"))
    );
    assert_eq!(
        sent.headers["content-type"],
        "application/x-www-form-urlencoded"
    );

    let (header, mut claims) = verified(sent.field("assertion").unwrap(), &pair, Algorithm::ES256);

    assert_eq!(
        (header.typ.as_deref(), header.kid.as_deref()),
        (Some("JWT"), Some("key-7"))
    );
    assert!(claims["jti"].as_str().unwrap().len() >= 22);

    claims.as_object_mut().unwrap().remove("jti");
    let expected = json!({
        "iss": "service@acme.example", "sub": "admin@acme.example", "aud": "https://acme.example/token?tenant=7",
        "iat": 1_800_000_000, "exp": 1_800_000_300, "scope": "users:read", "box_sub_type": "enterprise",
    });

    assert_eq!(claims, expected);
}

#[test]
fn jwt_bearer_absent_claims_have_defaults() {
    let pair = keys::ec();
    let mut settings = bearer(&pair, "ES256");
    (settings.issuer, settings.client_id) = (None, Some("client-1".into()));
    (settings.audience, settings.assertion_lifetime) =
        (Some("https://login.acme.example".into()), 60);
    let sent = obtain(&settings, &Script::with(200, RESPONSE));
    let (header, claims) = verified(sent.field("assertion").unwrap(), &pair, Algorithm::ES256);

    assert_eq!((header.kid, claims.get("sub")), (None, None));
    assert_eq!(
        (&claims["iss"], &claims["aud"]),
        (&json!("client-1"), &json!("https://login.acme.example"))
    );
    assert_eq!(claims["exp"], json!(1_800_000_060));
    assert_eq!(sent.field("client_id"), Some("client-1"));
}

#[test]
fn assertion_of_every_request_is_unique() {
    let pair = keys::ec();
    let settings = bearer(&pair, "ES256");
    let script = Script::with(200, RESPONSE).then(200, RESPONSE);
    let [first, second] = [(); 2].map(|()| {
        let sent = obtain(&settings, &script);
        verified(sent.field("assertion").unwrap(), &pair, Algorithm::ES256).1["jti"].clone()
    });

    assert_ne!(first, second);
}

#[test]
fn private_key_jwt_every_request_carries_an_assertion() {
    let pair = keys::ec();
    let check = |sent: &Sent, grant: &str| {
        assert_eq!(
            sent.field("grant_type"),
            Some(grant).filter(|grant| !grant.is_empty())
        );
        assert_eq!(
            (sent.field("client_id"), sent.field("client_assertion_type")),
            (Some("client-1"), Some(CLIENT))
        );
        assert!(
            sent.field("client_secret").is_none() && !sent.headers.contains_key("authorization")
        );
        let (_, claims) = verified(
            sent.field("client_assertion").unwrap(),
            &pair,
            Algorithm::ES256,
        );
        assert_eq!(
            (&claims["iss"], &claims["sub"]),
            (&json!("client-1"), &json!("client-1"))
        );
        assert_eq!(claims["aud"], json!("https://acme.example/token?tenant=7"));
        assert!(
            claims.get("own").is_none(),
            "the template's claims are the grant's"
        );
    };

    let mut machine = private_key_jwt(GrantType::ClientCredentials, &pair);
    machine.claims = params(&[("own", "1")]);
    check(
        &obtain(&machine, &Script::with(200, RESPONSE)),
        "client_credentials",
    );

    let mut settings = private_key_jwt(GrantType::AuthorizationCode, &pair);
    settings.revocation_url = Some("https://acme.example/revoke".parse().unwrap());
    settings.client_secret = None;
    let script = Script::with(200, RESPONSE);
    exchange(&settings, &script).unwrap();
    check(&script.sent(), "authorization_code");
    let script = Script::with(200, RESPONSE);
    refresh(&settings, &former(), &script).unwrap();
    check(&script.sent(), "refresh_token");
    let script = Script::with(200, "").then(200, "");
    run(provider(&settings, &script).ok().unwrap().revoke(&former())).unwrap();

    script.all_sent().iter().for_each(|sent| check(sent, ""));

    let mut both = private_key_jwt(GrantType::JwtBearer, &pair);
    both.issuer = Some("service@acme.example".into());
    let sent = obtain(&both, &Script::with(200, RESPONSE));
    check(&sent, GRANT);
    let (_, claims) = verified(sent.field("assertion").unwrap(), &pair, Algorithm::ES256);

    assert_eq!(claims["iss"], json!("service@acme.example"));
}

#[test]
fn jwt_bearer_client_secret_is_sent_too() {
    let pair = keys::ec();
    let mut settings = bearer(&pair, "ES256");
    (settings.client_id, settings.client_secret) = (Some("client-1".into()), Some(secret(SECRET)));

    assert!(
        obtain(&settings, &Script::with(200, RESPONSE)).headers["authorization"]
            .starts_with("Basic ")
    );

    settings.token_auth = TokenAuth::Post;
    let sent = obtain(&settings, &Script::with(200, RESPONSE));

    assert_eq!(
        (sent.field("client_id"), sent.field("client_secret")),
        (Some("client-1"), Some(SECRET))
    );
}

#[test]
fn jwt_bearer_response_is_normalized() {
    let settings = bearer(&keys::ec(), "ES256");
    let answer =
        r#"{"access_token":"a","expires_in":"100","scope":"x,y","refresh_token":"refresh-1"}"#;
    let script = Script::with(200, answer);
    let tokens = run(provider(&settings, &script).ok().unwrap().obtain(now())).unwrap();

    assert_eq!(
        (tokens.expires_at, tokens.margin),
        (Some(second(1_800_000_100)), 25)
    );
    assert!(tokens.scopes == ["x", "y"] && tokens.refresh.is_none());

    let script = Script::with(200, RESPONSE);
    let renewed = refresh(&settings, &former(), &script).unwrap();

    assert_eq!(
        (script.sent().field("grant_type"), renewed.rotates),
        (Some(GRANT), None)
    );

    for bad in [
        r#"{"access_token":"tok-1","token_type":["tok-1"]}"#,
        "tok-1",
    ] {
        let script = Script::with(200, bad);
        let error = run(provider(&settings, &script).ok().unwrap().obtain(now()))
            .err()
            .unwrap();
        assert!(
            matches!(error, OAuthError::Malformed(_)) && !shown(&error).contains("tok-1"),
            "{error}"
        );
    }
}

#[test]
fn refused_assertion_names_the_clock_skew() {
    // The response's date is ten minutes before now.
    let date = "Fri, 15 Jan 2027 07:50:00 GMT";
    let refused = r#"{"error":"invalid_grant","error_description":"Token used too early"}"#;
    let error = |settings: &OAuthSettings, status, body: &str, date: &str| {
        let script = Script::dated(status, body, date);
        run(provider(settings, &script).ok().unwrap().obtain(now()))
            .err()
            .unwrap()
    };

    let pair = keys::ec();
    for settings in [
        bearer(&pair, "ES256"),
        private_key_jwt(GrantType::ClientCredentials, &pair),
    ] {
        for (status, body) in [(400, refused), (401, "no")] {
            let error = error(&settings, status, body, date);
            assert!(
                error
                    .to_string()
                    .contains("clock is about 10 minutes ahead"),
                "{error}"
            );
            assert!(
                error.blame() == Blame::Host
                    && error.next_step().unwrap().text().unwrap().contains("clock")
            );
        }
        let near = error(&settings, 400, refused, "Fri, 15 Jan 2027 07:59:00 GMT");
        assert!(
            !near.to_string().contains("clock") && near.blame() == Blame::Operator,
            "{near}"
        );
    }

    let plain = error(&settings(GrantType::ClientCredentials), 400, refused, date);

    assert!(
        !plain.to_string().contains("clock"),
        "without an assertion it does not matter: {plain}"
    );
}

#[test]
fn echoed_assertion_is_redacted() {
    struct Echo;
    impl crate::oauth::TokenEndpoint for Echo {
        fn post(
            &self,
            request: crate::oauth::TokenRequest,
        ) -> futures::future::BoxFuture<
            '_,
            Result<crate::oauth::TokenResponse, crate::oauth::TokenRequestError>,
        > {
            let pairs = url::form_urlencoded::parse(request.body.expose().as_bytes());
            let text: String = pairs
                .filter(|(name, _)| name.ends_with("assertion"))
                .map(|(_, value)| value.into_owned())
                .collect();

            Box::pin(async {
                Ok(crate::oauth::TokenResponse {
                    status: 400,
                    date: None,
                    body: text.into(),
                })
            })
        }
    }

    let pair = keys::ec();
    let mut settings = private_key_jwt(GrantType::JwtBearer, &pair);
    settings.issuer = Some("service@acme.example".into());
    let error = run(provider(&settings, &Echo).ok().unwrap().obtain(now()))
        .err()
        .unwrap();

    assert_eq!(
        error,
        OAuthError::Status {
            status: 400,
            text: Some("[secret][secret]".into()),
            clock: None
        }
    );
}

#[test]
fn unusable_key_is_refused_without_quoting_it() {
    let (rsa, ec) = (keys::rsa(), keys::ec());
    let header = ["EC", "PRIVATE", "KEY"].join(" ");
    let sec1 = ec.private.expose().replace("PRIVATE KEY", &header);
    let encrypted = ec
        .private
        .expose()
        .replace("PRIVATE KEY", &["ENCRYPTED", "PRIVATE", "KEY"].join(" "));

    let public = ec.private.expose().replace("PRIVATE", "PUBLIC");
    for (key, algorithm, why) in [
        (rsa.private.expose(), "ES256", "of the kind"),
        (ec.private.expose(), "RS256", ""),
        (ec.private.expose(), "ES384", ""),
        (ec.private.expose(), "EdDSA", "of the kind"),
        (&sec1, "ES256", "SEC1"),
        (&encrypted, "ES256", "encrypted"),
        (&public, "ES256", "of the kind"),
        ("no-key-at-all", "RS256", "of the kind"),
        ("", "EdDSA", "of the kind"),
    ] {
        let error = check_private_key(&secret(key), algorithm.parse().unwrap()).unwrap_err();
        assert!(
            matches!(error, OAuthError::Key(_)) && error.to_string().contains(why),
            "{algorithm}: {error}"
        );
        assert!(
            error
                .next_step()
                .unwrap()
                .text()
                .unwrap()
                .contains("openssl pkcs8")
                && error.blame() == Blame::Operator
        );
        let line = key
            .lines()
            .nth(1)
            .filter(|line| !line.is_empty())
            .unwrap_or("no-key-at-all");
        assert!(!shown(&error).contains(line));
    }
}

#[test]
fn key_with_escaped_line_breaks_signs() {
    let pair = keys::ec();
    let escaped = secret(&pair.private.expose().replace('\n', "\\n"));
    assert_eq!(
        check_private_key(&escaped, "ES256".parse().unwrap()),
        Ok(())
    );
}
