//! Responses, by the standard and otherwise.

use super::support::*;
use crate::oauth::{OAuthError, OAuthSettings};
use purser_model::{Blamed as _, Timestamp};

fn expiry(settings: &OAuthSettings, members: &str) -> (Option<i64>, u64) {
    let tokens = exchanged(settings, &format!(r#"{{"access_token":"a"{members}}}"#));
    (tokens.expires_at.map(Timestamp::as_second), tokens.margin)
}

#[test]
fn expiry_counts_from_the_instant_of_the_request() {
    let settings = consent();
    let hour = (Some(1_800_003_600), 60);

    for told in [
        r#""expires_in":3600"#,
        r#""expires_in":"3600""#,
        r#""expires_in":3600.9"#,
        r#""expires_in":" 3600.0 ""#,
        r#""expires_in":1800003600"#,
        r#""expires_at":1800003600"#,
        r#""expires_at":"2027-01-15T09:00:00Z""#,
        r#""expires_on":"1800003600""#,
        r#""expires":1800003600000"#,
        r#""expires":3600"#,
        r#""expires_in":"never","expires_at":1800003600"#,
        r#""expires_in":3600,"expires_at":"2020-01-01T00:00:00Z""#,
    ] {
        assert_eq!(expiry(&settings, &format!(",{told}")), hour, "{told}");
    }

    let tokens = exchanged(&settings, r#"{"access_token":"a","expires_in":3600}"#);

    assert_eq!(tokens.obtained_at, now());
    assert!(
        !tokens.needs_refresh(second(1_800_003_539)) && tokens.needs_refresh(second(1_800_003_540))
    );
}

#[test]
fn response_without_expiry_has_that_of_the_template() {
    let mut settings = consent();
    let silent = [
        "",
        r#","expires_in":null"#,
        r#","expires_in":0"#,
        r#","expires_in":-1"#,
        r#","expires_in":"never""#,
    ];

    for members in silent {
        assert_eq!(expiry(&settings, members).0, None, "{members}");
    }

    settings.lifetime = Some(1_000);
    for members in silent {
        assert_eq!(
            expiry(&settings, members),
            (Some(1_800_001_000), 60),
            "{members}"
        );
    }

    assert_eq!(
        expiry(&settings, r#","expires_in":50"#).0,
        Some(1_800_000_050),
        "the answer goes before"
    );
}

#[test]
fn margin_is_at_most_a_quarter_of_the_lifetime() {
    let mut settings = consent();
    assert_eq!(expiry(&settings, r#","expires_in":240"#).1, 60);
    assert_eq!(expiry(&settings, r#","expires_in":100"#).1, 25);
    settings.margin = 5;
    assert_eq!(expiry(&settings, r#","expires_in":100"#).1, 5);
}

#[test]
fn lifetime_beyond_the_last_date_does_not_expire() {
    assert_eq!(
        expiry(&consent(), &format!(r#","expires_in":{}"#, u64::MAX)).0,
        None
    );
}

#[test]
fn refresh_lifetime_is_that_of_the_response_or_template() {
    let mut settings = consent();
    let mut expiry = |known, members: &str| {
        settings.refresh_token_lifetime = known;
        let tokens = exchanged(&settings, &format!(r#"{{"access_token":"a"{members}}}"#));
        tokens.refresh_expires_at.map(Timestamp::as_second)
    };

    let given = r#","refresh_token":"refresh-1""#;

    assert_eq!(expiry(None, given), None);
    assert_eq!(expiry(Some(100), given), Some(1_800_000_100));
    assert_eq!(expiry(Some(100), ""), None, "there is none");
    assert_eq!(
        expiry(
            Some(100),
            &format!(r#"{given},"refresh_token_expires_in":200"#)
        ),
        Some(1_800_000_200)
    );
    assert_eq!(
        expiry(Some(100), &format!(r#"{given},"refresh_expires_in":"300""#)),
        Some(1_800_000_300)
    );
    assert_eq!(
        expiry(Some(100), &format!(r#"{given},"refresh_expires_in":0"#)),
        None
    );
}

#[test]
fn scopes_in_any_known_form_are_parsed() {
    let mut settings = consent();
    let mut granted = |separator: &str, scope: &str| {
        settings.scope_separator = separator.to_owned();
        exchanged(
            &settings,
            &format!(r#"{{"access_token":"a","scope":{scope}}}"#),
        )
        .scopes
    };

    for scope in [
        r#""users:read audit""#,
        r#""users:read,audit""#,
        r#""users:read, audit""#,
        r#"["users:read","audit"]"#,
    ] {
        assert_eq!(granted(" ", scope), ["users:read", "audit"], "{scope}");
        assert_eq!(granted(",", scope), ["users:read", "audit"], "{scope}");
    }

    assert_eq!(
        granted("|", r#""users:read|audit""#),
        ["users:read", "audit"]
    );
    assert_eq!(granted(" ", r#""audit""#), ["audit"], "fewer than wanted");
    assert_eq!(granted(" ", "\"\""), [""; 0], "none");
    assert_eq!(
        granted(" ", "null"),
        ["users:read", "audit"],
        "silence grants what was asked for"
    );

    settings.scopes = vec!["read,write".into()];
    settings.scope_separator = " ".into();
    let tokens = exchanged(
        &settings,
        r#"{"access_token":"a","scope":"read,write other"}"#,
    );

    assert_eq!(
        tokens.scopes,
        ["read,write", "other"],
        "a scope may hold a comma"
    );
}

#[test]
fn token_at_another_path_is_found() {
    let mut settings = consent();
    settings.token_path = "/authed_user/access_token".into();
    let answer = r#"{"ok":true,"access_token":"bot","refresh_token":"bot-refresh","expires_in":9,"token_type":"bot","scope":"b",
        "authed_user":{"access_token":"user","refresh_token":"user-refresh","expires_in":"3600","scope":"audit"}}"#;
    let tokens = exchanged(&settings, answer);

    assert_eq!(
        (tokens.access.expose(), tokens.refresh.unwrap().expose()),
        ("user", "user-refresh")
    );
    assert_eq!(
        (tokens.expires_at, tokens.scopes),
        (Some(second(1_800_003_600)), vec!["audit".to_owned()])
    );

    let bare = r#"{"access_token":"bot","refresh_token":"bot-refresh","authed_user":{"access_token":"user"}}"#;

    assert!(
        exchanged(&settings, bare).refresh.is_none(),
        "another token's"
    );

    let lone =
        r#"{"refresh_token":"refresh-1","expires_in":60,"authed_user":{"access_token":"user"}}"#;
    let tokens = exchanged(&settings, lone);

    assert_eq!(
        (tokens.refresh.unwrap().expose(), tokens.expires_at),
        ("refresh-1", Some(second(1_800_000_060)))
    );

    let top = r#"{"access_token":"bot"}"#;
    let error = exchange(&settings, &Script::with(200, top)).err().unwrap();

    assert!(
        matches!(&error, OAuthError::Malformed(text) if text.contains("/authed_user/access_token")),
        "{error}"
    );
    assert_eq!(
        refresh(&settings, &former(), &Script::with(200, top))
            .unwrap()
            .access
            .expose(),
        "bot",
        "when it is renewed"
    );
}

#[test]
fn token_of_another_type_is_refused_by_a_bearer_template() {
    let mut settings = consent();
    for bearer in [
        r#""Bearer""#,
        r#""BEARER""#,
        "null",
        r#""""#,
        r#""bot""#,
        r#""user""#,
        r#""JWT""#,
    ] {
        exchanged(
            &settings,
            &format!(r#"{{"access_token":"a","token_type":{bearer}}}"#),
        );
    }

    let own = r#"{"access_token":"a-secret","token_type":"Acme-Session"}"#;
    let error = exchange(&settings, &Script::with(200, own)).err().unwrap();
    let next = format!("{:?}", error.next_step());
    assert!(next.contains("token-types in [oauth]"), "{next}");

    settings.token_types = vec!["acme-session".into()];
    assert_eq!(exchanged(&settings, own).access.expose(), "a-secret");

    let mac = r#"{"access_token":"a-secret","token_type":"MAC"}"#;
    let error = exchange(&settings, &Script::with(200, mac)).err().unwrap();

    assert_eq!(error, OAuthError::TokenType("mac".into()));
    let next = format!("{:?}", error.next_step());
    assert!(next.contains("needs a proof"), "{next}");

    settings.signs_bearer = false;

    assert_eq!(exchanged(&settings, mac).access.expose(), "a-secret");
}

#[test]
fn metadata_named_by_the_template_is_kept() {
    let mut settings = consent();
    let wanted = [
        ("instance", "/instance_url"),
        ("org", "/account/id"),
        ("admin", "/admin"),
        ("none", "/none"),
        ("list", "/list"),
    ];

    settings.metadata = wanted
        .map(|(name, path)| (name.parse().unwrap(), path.to_owned()))
        .to_vec();

    let answer = r#"{"access_token":"a","instance_url":"https://eu.acme.example","account":{"id":7},"admin":true,"list":[]}"#;
    let metadata = exchanged(&settings, answer).metadata;
    let kept: Vec<_> = metadata
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();

    assert_eq!(
        kept,
        [
            ("admin", "true"),
            ("instance", "https://eu.acme.example"),
            ("org", "7")
        ]
    );
}

#[test]
fn response_of_any_success_status_is_accepted() {
    let created = exchange(
        &consent(),
        &Script::with(201, r#"{"access_token":"a","error":null}"#),
    )
    .unwrap();

    assert_eq!(created.access.expose(), "a");
    assert_eq!(
        exchanged(&consent(), r#"{"access_token":"a","error":""}"#)
            .access
            .expose(),
        "a"
    );
}

#[test]
fn malformed_response_is_not_quoted() {
    for answer in [
        r#"{"access_token":["tok-in-answer"]}"#,
        r#"{"token":"tok-in-answer"}"#,
        r#"{"access_token":"tok-in-answer","token_type":{"tok-in-answer":1}}"#,
        "tok-in-answer",
        r#"["tok-in-answer"]"#,
    ] {
        let error = exchange(&consent(), &Script::with(200, answer))
            .err()
            .unwrap();
        assert!(
            matches!(error, OAuthError::Malformed(_)) && !shown(&error).contains("tok-in-answer"),
            "{error}"
        );
    }
}

#[test]
fn response_as_a_form_or_with_a_byte_order_mark_is_read() {
    let mut settings = consent();
    settings.scopes = vec!["users:read".into()];

    for answer in [
        "access_token=tok-1&scope=users%3Aread%2Caudit&token_type=bearer&expires_in=3600",
        "access_token=tok-1&token_type=Bearer&scope=users:read+audit&expires_in=3600\n",
        "\u{feff}{\"access_token\":\"tok-1\",\"scope\":\"users:read audit\",\"expires_in\":3600}",
    ] {
        let tokens = exchanged(&settings, answer);

        assert_eq!(tokens.access.expose(), "tok-1", "{answer}");
        assert_eq!(tokens.scopes, ["users:read", "audit"], "{answer}");
        assert_eq!(tokens.expires_at, Some(second(1_800_003_600)), "{answer}");
    }
}

#[test]
fn error_of_any_form_with_status_200_is_a_refusal_in_the_applications_words() {
    for (answer, code, description) in [
        (
            r#"{"ok":false,"error":"invalid_code"}"#,
            "invalid_code",
            None,
        ),
        (
            r#"{"ok":false,"message":"the app is disabled"}"#,
            "unknown error",
            Some("the app is disabled"),
        ),
        (
            r#"{"success":false,"access_token":"a","msg":"no"}"#,
            "unknown error",
            Some("no"),
        ),
        (
            r#"{"errcode":40013,"errmsg":"invalid appid"}"#,
            "40013",
            Some("invalid appid"),
        ),
        (
            r#"{"errors":[{"code":"E7","message":"client unknown"}]}"#,
            "E7",
            Some("client unknown"),
        ),
        (
            "error=bad_verification_code&error_description=The+code+is+expired.",
            "bad_verification_code",
            Some("The code is expired."),
        ),
    ] {
        let error = exchange(&consent(), &Script::with(200, answer))
            .err()
            .unwrap();

        let OAuthError::Rejected {
            code: found,
            description: text,
            ..
        } = &error
        else {
            panic!("{answer}: {error}");
        };
        assert_eq!(
            (found.as_str(), text.as_deref()),
            (code, description),
            "{answer}"
        );
    }
}

#[test]
fn response_without_a_token_is_not_a_refusal_if_it_states_success() {
    for answer in [
        r#"{"code":0,"msg":"fine","data":{"access_token":"tok"}}"#,
        r#"{"status":"success","message":"fine","data":{"access_token":"tok"}}"#,
    ] {
        let error = exchange(&consent(), &Script::with(200, answer))
            .err()
            .unwrap();

        assert!(
            matches!(&error, OAuthError::Malformed(text)
                if text == "there is no token at /access_token; it says: fine"),
            "{error}"
        );
    }
}

#[test]
fn body_that_is_no_token_response_is_named() {
    let mut utf_16 = vec![0xff, 0xfe];
    utf_16.extend(
        "{\"access_token\":\"a\"}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes),
    );

    for (answer, named) in [
        (utf_16, "UTF-16"),
        (b"<html><body>Sign in</body></html>".to_vec(), "web page"),
        (Vec::new(), "empty"),
    ] {
        let script = Script::default().then_bytes(200, answer);
        let error = exchange(&consent(), &script).err().unwrap();

        assert!(
            matches!(&error, OAuthError::Malformed(text) if text.contains(named)),
            "{error}"
        );
    }
}
