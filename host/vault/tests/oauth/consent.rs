//! A person consents in a browser.

use crate::support::*;
use purser_model::{Blame, Blamed as _};
use purser_vault::oauth::{
    CallbackQuery, GrantKind, OAuthError, OAuthSettings, Provider, TokenAuth,
};
use std::collections::BTreeMap;
use url::Url;

const ANSWER: &str = r#"{"access_token":"access-1","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-1"}"#;

/// What comes of this query, which nothing may be sent for.
fn refused(settings: &OAuthSettings, params: &[(&str, &str)]) -> OAuthError {
    let script = Script::with(200, ANSWER);
    let asking = begin(settings);
    let answer = callback(&asking, params);
    let error = run(Provider::of(settings, &script)
        .ok()
        .unwrap()
        .finish(asking, &answer, now()))
    .err()
    .unwrap();
    assert!(script.all_sent().is_empty());
    error
}

#[test]
fn the_browser_is_sent_with_a_state_and_a_challenge() {
    let mut settings = consent();
    settings.authorization_params = params(&[("prompt", "consent")]);
    let asking = begin(&settings);
    let query: BTreeMap<String, String> = asking.url.query_pairs().into_owned().collect();
    assert_eq!(
        query.len(),
        asking.url.query_pairs().count(),
        "nothing comes twice"
    );
    assert!(
        asking
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
        ("state", asking.state().expose()),
    ] {
        assert_eq!(query.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert_eq!(query["code_challenge"].len(), 43);
    assert!(asking.state().expose().len() >= 22);
    let another = begin(&settings);
    assert_ne!(another.state().expose(), asking.state().expose());
    assert!(
        !another.url.as_str().contains(&query["code_challenge"]),
        "a verifier for each attempt"
    );
}

#[test]
fn scopes_are_joined_by_the_template_s_separator() {
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
fn the_code_is_exchanged_with_the_verifier_of_the_challenge() {
    let mut settings = consent();
    settings.token_params = params(&[("resource", "https://acme.example/api")]);
    let script = Script::with(200, ANSWER);
    let asking = begin(&settings);
    let challenge = asking
        .url
        .query_pairs()
        .find(|(name, _)| name == "code_challenge")
        .unwrap()
        .1
        .into_owned();
    let answer = callback(&asking, &[("code", CODE)]);
    let tokens = run(Provider::of(&settings, &script)
        .ok()
        .unwrap()
        .finish(asking, &answer, now()))
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
fn another_state_is_refused_before_anything_else_is_looked_at() {
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
        let script = Script::with(200, ANSWER);
        let asking = begin(&settings);
        let answer = CallbackQuery::parse(&query);
        assert!(!asking.is_answered_by(&answer), "{query}");
        let result =
            run(Provider::of(&settings, &script)
                .ok()
                .unwrap()
                .finish(asking, &answer, now()));
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
fn a_part_of_the_state_or_more_than_it_is_another() {
    let asking = begin(&consent());
    let state = asking.state().expose().to_owned();
    let answered = |state: &str| {
        asking.is_answered_by(&CallbackQuery::parse(&format!("?state={state}&code=c")))
    };
    assert!(answered(&state));
    assert!(!answered(&state[..state.len() - 1]) && !answered(&format!("{state}a")));
    assert!(!answered(&state.to_uppercase()));
}

#[test]
fn another_server_s_answer_is_refused() {
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
        let script = Script::with(200, ANSWER);
        let asking = begin(&settings);
        let answer = callback(&asking, params);
        run(Provider::of(&settings, &script)
            .ok()
            .unwrap()
            .finish(asking, &answer, now()))
        .is_ok()
    };
    assert!(finish(&[("code", CODE), ("iss", "https://acme.example")]));
}

#[test]
fn who_says_no_is_told_so() {
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
    assert!(error.next_step().unwrap().contains("allow") && !error.outcome_unknown());
}

#[test]
fn other_refusals_in_the_browser_have_their_meaning() {
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
fn what_is_no_answer_is_refused() {
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
fn a_code_is_never_exchanged_twice() {
    let scripts = [
        Script::with(500, "").then(200, ANSWER),
        Script::with(502, "").then(200, ANSWER),
        Script::with(200, "not json").then(200, ANSWER),
        Script::with(400, r#"{"error":"invalid_grant"}"#).then(200, ANSWER),
        Script::silent("timed out", false).then(200, ANSWER),
        Script::silent("refused", true).then(200, ANSWER),
    ];
    for script in scripts {
        assert!(exchange(&consent(), &script).is_err());
        assert_eq!(script.all_sent().len(), 1);
    }
}

#[test]
fn the_client_authenticates_as_the_template_says() {
    let sent = |auth, secret: bool| {
        let mut settings = consent();
        settings.token_auth = auth;
        if !secret {
            settings.client_secret = None;
        }
        let script = Script::with(200, ANSWER);
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
fn only_the_grant_with_a_person_begins_and_only_it_cannot_do_without() {
    let machine = settings(GrantKind::ClientCredentials);
    let begun = Provider::of(&machine, &Script::default())
        .ok()
        .unwrap()
        .begin(&Url::parse(REDIRECT).unwrap());
    assert!(matches!(begun.err(), Some(OAuthError::Unsupported(_))));
    let settings = consent();
    let obtained = run(Provider::of(&settings, &Script::default())
        .ok()
        .unwrap()
        .obtain(now()));
    assert!(matches!(obtained.err(), Some(OAuthError::Unsupported(_))));
}
