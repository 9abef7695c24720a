//! Errors and failures of the provider, and the messages about them.

use super::support::*;
use crate::oauth::{OAuthError, TokenAuth};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purser_model::{Blame, Blamed as _, NextStep};

fn refusal(status: u16, body: &str) -> OAuthError {
    exchange(&consent(), &Script::with(status, body))
        .err()
        .unwrap()
}

#[test]
fn standard_error_code_has_meaning_and_next_step() {
    for (code, meaning, step) in [
        (
            "invalid_client",
            "authentication method is wrong",
            "client secret",
        ),
        ("invalid_grant", "expired, revoked", "authorize again"),
        ("invalid_scope", "scope is unknown", "scopes"),
        (
            "unauthorized_client",
            "may not use this grant",
            "allow this grant",
        ),
        (
            "unsupported_grant_type",
            "does not support",
            "another grant",
        ),
        ("invalid_request", "malformed", "documentation"),
    ] {
        let error = refusal(
            400,
            &format!(r#"{{"error":"{code}","error_description":"Because."}}"#),
        );
        let text = error.to_string();
        assert!(
            text.contains(meaning)
                && text.contains(code)
                && text.ends_with(": Because. (status 400)"),
            "{text}"
        );
        assert_eq!(error.blame(), Blame::Operator);
        let next = error.next_step().unwrap();
        let next = next.text().unwrap();
        assert!(
            next.contains(step) || step == "another grant" && next.contains("a grant that"),
            "{next}"
        );
        assert_eq!(error.is_invalid_grant(), code == "invalid_grant");
        assert!(!error.outcome_unknown());
    }
}

#[test]
fn error_with_status_200_is_rejected() {
    for (body, code) in [
        (r#"{"ok":false,"error":"invalid_code"}"#, "invalid_code"),
        (
            r#"{"error":"bad_refresh_token","error_description":"The refresh token is incorrect."}"#,
            "bad_refresh_token",
        ),
        (
            r#"{"access_token":"a","error":"invalid_grant"}"#,
            "invalid_grant",
        ),
        (
            r#"{"error":{"type":"OAuthException","code":190,"message":"Expired."}}"#,
            "OAuthException",
        ),
    ] {
        let error = refusal(200, body);
        assert!(
            matches!(&error, OAuthError::Rejected { code: found, status: Some(200), .. } if found == code),
            "{error}"
        );
    }

    assert!(refusal(200, r#"{"error":"bad_refresh_token"}"#).is_invalid_grant());
    assert!(
        refusal(200, r#"{"error":{"message":"Expired."}}"#)
            .to_string()
            .contains("Expired.")
    );
}

#[test]
fn transient_failure_blames_the_application() {
    for (status, body) in [
        (503, ""),
        (500, "oops"),
        (429, ""),
        (429, r#"{"error":"slow_down"}"#),
        (503, r#"{"error":"x"}"#),
    ] {
        let error = refusal(status, body);
        assert_eq!(
            (error.blame(), error.next_step()),
            (Blame::Upstream, Some(NextStep::advice("try again later"))),
            "{error}"
        );
    }

    let wrong_url = refusal(404, "<html>not here</html>");

    assert_eq!(
        wrong_url.to_string(),
        "the provider responded with status 404"
    );
    assert!(
        wrong_url.blame() == Blame::Operator
            && wrong_url
                .next_step()
                .unwrap()
                .text()
                .unwrap()
                .contains("token URL")
    );
    assert_eq!(
        refusal(403, "blocked\r\n").to_string(),
        "the provider responded with status 403: blocked"
    );
    assert_eq!(
        refusal(403, r#"{"message":"no"}"#).to_string(),
        "the provider responded with status 403: no"
    );
}

#[test]
fn missing_response_has_the_endpoint_s_message() {
    let error = exchange(
        &consent(),
        &Script::silent("no route; sent the-code/1", true),
    )
    .err()
    .unwrap();

    assert_eq!(
        error.to_string(),
        "the provider did not respond: no route; sent [secret]"
    );
    assert_eq!(error.blame(), Blame::Upstream);
}

#[test]
fn echoed_request_is_redacted() {
    for auth in [TokenAuth::Basic, TokenAuth::Post] {
        let mut settings = consent();
        settings.token_auth = auth;
        settings.token_params = params(&[("key", "extra-s3cret")]);
        // The endpoint repeats everything; the first round shows the request.
        let first = Script::with(200, r#"{"access_token":"a"}"#);
        refresh(&settings, &former(), &first).unwrap();
        let basic = STANDARD.encode("client-1:client-s3cret%2F%2B%26");
        let sent = [
            "refresh/+1",
            SECRET,
            "extra-s3cret",
            basic.as_str(),
            "client-s3cret%2F%2B%26",
            "refresh%2F%2B1",
        ];
        for secret in sent {
            for body in [
                format!(r#"{{"error":"invalid_grant","error_description":"bad {secret}"}}"#),
                format!(r#"{{"error":"{secret}"}}"#),
                format!(r#"{{"message":"bad {secret}"}}"#),
                format!("bad {secret}"),
            ] {
                let error = refresh(&settings, &former(), &Script::with(400, &body))
                    .err()
                    .unwrap();
                let is_sent = auth == TokenAuth::Basic || secret != basic;
                assert!(!is_sent || !shown(&error).contains(secret), "{error}");
            }
        }
    }
}

#[test]
fn echoed_code_and_verifier_are_redacted() {
    struct Echo;
    impl crate::oauth::TokenEndpoint for Echo {
        fn post(
            &self,
            request: crate::oauth::TokenRequest,
        ) -> futures::future::BoxFuture<
            '_,
            Result<crate::oauth::TokenResponse, crate::oauth::TokenRequestError>,
        > {
            let form: std::collections::BTreeMap<String, String> =
                url::form_urlencoded::parse(request.body.expose().as_bytes())
                    .into_owned()
                    .collect();

            let text = format!("{} and {}", form["code"], form["code_verifier"]);
            let body = serde_json::json!({"error": "invalid_grant", "error_description": text})
                .to_string();

            Box::pin(async {
                Ok(crate::oauth::TokenResponse {
                    status: 400,
                    date: None,
                    body: body.into(),
                })
            })
        }
    }

    let settings = consent();
    let pending = begin(&settings);
    let answer = callback(&pending, &[("code", CODE)]);
    let provider = provider(&settings, &Echo).ok().unwrap();

    let error = run(provider.finish(pending, &answer, now())).err().unwrap();
    let expected = OAuthError::Rejected {
        code: "invalid_grant".into(),
        description: Some("[secret] and [secret]".into()),
        status: Some(400),
        clock: None,
    };

    assert_eq!(error, expected);
}

#[test]
fn provider_text_is_cut_and_has_no_control_characters() {
    let long = "z".repeat(100_000);
    for body in [
        format!(r#"{{"error":"{long}","error_description":"{long}"}}"#),
        long.clone(),
        format!(r#"{{"message":"{long}"}}"#),
    ] {
        assert!(refusal(400, &body).to_string().len() < 600);
    }

    let text = refusal(
        400,
        r#"{"error":"a\nb","error_description":"c\u001b[31m\u202ed"}"#,
    )
    .to_string();

    assert!(
        !text.chars().any(|c| c.is_control() || c == '\u{202e}'),
        "{text:?}"
    );
}
