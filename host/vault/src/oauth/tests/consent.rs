//! The authorization code grant.

use super::support::*;
use crate::oauth::{CallbackQuery, GrantType, OAuthError, OAuthSettings, TokenAuth};
use purser_model::{Blame, Blamed as _};
use std::collections::BTreeMap;
use url::Url;

const RESPONSE: &str = r#"{"access_token":"access-1","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-1"}"#;

/// Finishes an authorization with this query and returns the error. Nothing may be sent.
fn refused(settings: &OAuthSettings, params: &[(&str, &str)]) -> OAuthError {
    let script = Script::with(200, RESPONSE);
    let pending = begin(settings);
    let answer = callback(&pending, params);
    let error = run(provider(settings, &script)
        .ok()
        .unwrap()
        .finish(pending, &answer, now()))
    .err()
    .unwrap();

    assert!(script.all_sent().is_empty());

    error
}

#[test]
fn authorization_url_has_state_and_challenge() {
    let mut settings = consent();
    settings.authorization_params = params(&[("prompt", "consent")]);
    let pending = begin(&settings);
    let query: BTreeMap<String, String> = pending.url.query_pairs().into_owned().collect();

    assert_eq!(
        query.len(),
        pending.url.query_pairs().count(),
        "nothing comes twice"
    );
    assert!(
        pending
            .url
            .as_str()
            .starts_with("https://acme.example/authorize?tenant=7&")
    );

    for (name, value) in [
        ("tenant", "7"),
        ("response_type", "code"),
        ("client_id", "client-1"),
        ("redirect_uri", REDIRECT),
        ("scope", "users:read audit"),
        ("code_challenge_method", "S256"),
        ("prompt", "consent"),
        ("state", pending.state().expose()),
    ] {
        assert_eq!(query.get(name).map(String::as_str), Some(value), "{name}");
    }

    assert_eq!(query["code_challenge"].len(), 43);
    assert!(pending.state().expose().len() >= 22);

    let another = begin(&settings);

    assert_ne!(another.state().expose(), pending.state().expose());
    assert!(
        !another.url.as_str().contains(&query["code_challenge"]),
        "a verifier for each attempt"
    );
}

#[test]
fn scopes_are_joined_by_the_separator_of_the_template() {
    let mut settings = consent();
    settings.scope_separator = ",".into();

    assert!(
        begin(&settings)
            .url
            .query_pairs()
            .any(|pair| pair == ("scope".into(), "users:read,audit".into()))
    );

    settings.scopes.clear();

    assert!(
        !begin(&settings)
            .url
            .query_pairs()
            .any(|(name, _)| name == "scope")
    );
}

#[test]
fn code_is_exchanged_with_the_verifier() {
    let mut settings = consent();
    settings.token_params = params(&[("resource", "https://acme.example/api")]);
    let script = Script::with(200, RESPONSE);
    let pending = begin(&settings);
    let challenge = pending
        .url
        .query_pairs()
        .find(|(name, _)| name == "code_challenge")
        .unwrap()
        .1
        .into_owned();

    let answer = callback(&pending, &[("code", CODE)]);
    let tokens = run(provider(&settings, &script)
        .ok()
        .unwrap()
        .finish(pending, &answer, now()))
    .unwrap();

    assert_eq!(tokens.access.expose(), "access-1");
    assert_eq!(tokens.refresh.unwrap().expose(), "refresh-1");
    assert_eq!(
        (tokens.scopes, tokens.rotates),
        (settings.scopes.clone(), None)
    );

    let sent = script.sent();

    assert_eq!(sent.url, "https://acme.example/token?tenant=7");
    assert_eq!(
        sent.headers["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(sent.headers["accept"], "application/json");
    assert_eq!(
        sent.names(),
        [
            "code",
            "code_verifier",
            "grant_type",
            "redirect_uri",
            "resource"
        ]
    );
    assert_eq!(sent.field("grant_type"), Some("authorization_code"));
    assert_eq!(sent.field("code"), Some(CODE));
    assert_eq!(sent.field("redirect_uri"), Some(REDIRECT));
    assert_eq!(sent.field("resource"), Some("https://acme.example/api"));

    let verifier = oauth2::PkceCodeVerifier::new(sent.field("code_verifier").unwrap().to_owned());

    assert_eq!(
        oauth2::PkceCodeChallenge::from_code_verifier_sha256(&verifier).as_str(),
        challenge
    );
}

#[test]
fn callback_with_another_state_is_refused_first() {
    let mut settings = consent();
    settings.issuer = Some("https://acme.example".into());

    for query in [
        "code=c&state=another".to_owned(),
        "code=c".to_owned(),
        "code=c&state=".to_owned(),
        "error=access_denied&error_description=forged&state=another".to_owned(),
        "iss=https://evil.example&code=c&state=another".to_owned(),
        "code=c&code=d&state=another".to_owned(),
        String::new(),
    ] {
        let script = Script::with(200, RESPONSE);
        let pending = begin(&settings);
        let answer = CallbackQuery::parse(&query);
        assert!(!pending.matches(&answer), "{query}");
        let result =
            run(provider(&settings, &script)
                .ok()
                .unwrap()
                .finish(pending, &answer, now()));
        assert_eq!(result.err(), Some(OAuthError::StateMismatch), "{query}");
        assert!(script.all_sent().is_empty());
    }

    assert_eq!(
        refused(&settings, &[("state", "another"), ("code", "c")]),
        OAuthError::StateMismatch,
        "twice"
    );
}

#[test]
fn callback_with_part_of_the_state_does_not_match() {
    let pending = begin(&consent());
    let state = pending.state().expose().to_owned();
    let answered =
        |state: &str| pending.matches(&CallbackQuery::parse(&format!("?state={state}&code=c")));

    assert!(answered(&state));
    assert!(!answered(&state[..state.len() - 1]) && !answered(&format!("{state}a")));
    assert!(!answered(&state.to_uppercase()));
}

#[test]
fn callback_of_another_issuer_is_refused() {
    let mut settings = consent();
    settings.issuer = Some("https://acme.example".into());

    for other in ["https://evil.example", "https://acme.example/", ""] {
        let error = refused(&settings, &[("code", CODE), ("iss", other)]);
        assert!(
            matches!(&error, OAuthError::IssuerMismatch { found: Some(found), .. } if found == other),
            "{error}"
        );
    }

    assert!(matches!(
        refused(&settings, &[("code", CODE)]),
        OAuthError::IssuerMismatch { found: None, .. }
    ));

    let denied = refused(
        &settings,
        &[("error", "access_denied"), ("iss", "https://evil.example")],
    );

    assert!(
        matches!(denied, OAuthError::IssuerMismatch { .. }),
        "an error is an answer too"
    );

    let finish = |params: &[(&str, &str)]| {
        let script = Script::with(200, RESPONSE);
        let pending = begin(&settings);
        let answer = callback(&pending, params);
        run(provider(&settings, &script)
            .ok()
            .unwrap()
            .finish(pending, &answer, now()))
        .is_ok()
    };

    assert!(finish(&[("code", CODE), ("iss", "https://acme.example")]));
}

#[test]
fn callback_with_access_denied_is_denied() {
    let error = refused(
        &consent(),
        &[
            ("error", "access_denied"),
            ("error_description", "The user\r\ndeclined"),
        ],
    );

    assert_eq!(
        error.to_string(),
        "access was denied in the browser: The user  declined"
    );
    assert_eq!(error.blame(), Blame::Operator);
    assert!(
        error.next_step().unwrap().text().unwrap().contains("allow") && !error.outcome_unknown()
    );
}

#[test]
fn callback_with_another_error_is_rejected() {
    let error = refused(
        &consent(),
        &[
            ("error", "invalid_scope"),
            ("error_description", "no audit"),
        ],
    );

    assert!(
        error.to_string().contains("scope is unknown") && error.to_string().ends_with(": no audit"),
        "{error}"
    );
    assert_eq!(error.blame(), Blame::Operator);
    assert_eq!(
        refused(&consent(), &[("error", "temporarily_unavailable")]).blame(),
        Blame::Upstream
    );

    let long = refused(
        &consent(),
        &[
            ("error", &"x".repeat(5_000)),
            ("error_description", &"y".repeat(5_000)),
        ],
    );

    assert!(long.to_string().len() < 600);
}

#[test]
fn callback_without_code_or_error_is_malformed() {
    for params in [
        &[("code", "")][..],
        &[],
        &[("code", "a"), ("code", "b")],
        &[("error", "a"), ("error", "b")],
    ] {
        assert!(
            matches!(
                refused(&consent(), params),
                OAuthError::CallbackMalformed(_)
            ),
            "{params:?}"
        );
    }
}

#[test]
fn code_of_a_failed_exchange_is_not_sent_again() {
    let scripts = [
        Script::with(500, "").then(200, RESPONSE),
        Script::with(502, "").then(200, RESPONSE),
        Script::with(200, "not json").then(200, RESPONSE),
        Script::with(400, r#"{"error":"invalid_grant"}"#).then(200, RESPONSE),
        Script::silent("timed out", false).then(200, RESPONSE),
        Script::silent("refused", true).then(200, RESPONSE),
    ];

    for script in scripts {
        assert!(exchange(&consent(), &script).is_err());
        assert_eq!(script.all_sent().len(), 1);
    }
}

#[test]
fn code_exchange_uses_the_client_authentication() {
    let sent = |auth, secret: bool| {
        let mut settings = consent();
        settings.token_auth = auth;
        if !secret {
            settings.client_secret = None;
        }
        let script = Script::with(200, RESPONSE);
        exchange(&settings, &script).unwrap();
        let sent = script.sent();
        let [id, secret] =
            ["client_id", "client_secret"].map(|name| sent.field(name).map(str::to_owned));
        (sent.headers.contains_key("authorization"), id, secret)
    };

    let id = Some("client-1".to_owned());

    assert_eq!(sent(TokenAuth::Basic, true), (true, None, None));
    assert_eq!(
        sent(TokenAuth::Post, true),
        (false, id.clone(), Some(SECRET.to_owned()))
    );
    assert_eq!(
        sent(TokenAuth::None, true),
        (false, id.clone(), None),
        "the secret stays here"
    );

    for auth in [TokenAuth::Basic, TokenAuth::Post, TokenAuth::None] {
        assert_eq!(
            sent(auth, false),
            (false, id.clone(), None),
            "a public client"
        );
    }
}

#[test]
fn begin_and_obtain_refuse_the_other_grants() {
    let machine = settings(GrantType::ClientCredentials);
    let begun = provider(&machine, &Script::default())
        .ok()
        .unwrap()
        .begin(&Url::parse(REDIRECT).unwrap());

    assert!(matches!(begun.err(), Some(OAuthError::Unsupported(_))));

    let settings = consent();
    let obtained = run(provider(&settings, &Script::default())
        .ok()
        .unwrap()
        .obtain(now()));

    assert!(matches!(obtained.err(), Some(OAuthError::Unsupported(_))));
}
