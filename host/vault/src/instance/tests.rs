//! Template instances: checks of the values, credentials of requests, and OAuth settings.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

#[path = "../../tests/support/mod.rs"]
mod support;

use crate::oauth::{GrantType, OAuthSettings, TokenAuth, Tokens};
use crate::{Credential, CredentialError, Secret, Template, TemplateInstance, VaultError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purser_model::{Blame, Blamed as _, Timestamp};
use rcgen::KeyPair;
use std::collections::BTreeMap;
use support::{Given, built_in, fill, fill_in, filled};

const CODE: Given<'_> = &[
    ("authorization-url", "https://acme.example/authorize"),
    ("token-url", "https://acme.example/token"),
    ("client-id", "purser"),
];

fn also<'a>(one: Given<'a>, more: Given<'a>) -> Vec<(&'a str, &'a str)> {
    [one, more].concat()
}

fn settings(template: &Template, given: Given<'_>) -> Result<OAuthSettings, CredentialError> {
    Ok(fill(template, given)?.oauth().ok().unwrap().unwrap())
}

fn code(more: Given<'_>) -> Result<OAuthSettings, CredentialError> {
    settings(built_in("oauth-authorization-code"), &also(CODE, more))
}

fn tokens(access: &str, metadata: Given<'_>) -> Tokens {
    Tokens {
        access: Secret::new(access.to_owned()),
        refresh: Some(Secret::new("refresh-token-1".to_owned())),
        obtained_at: Timestamp::UNIX_EPOCH,
        expires_at: None,
        refresh_expires_at: None,
        margin: 60,
        scopes: Vec::new(),
        rotates: None,
        metadata: metadata
            .iter()
            .map(|(name, text)| (name.parse().unwrap(), (*text).to_owned()))
            .collect(),
    }
}

fn headers(credential: &Credential) -> Vec<(String, String)> {
    credential
        .headers()
        .map(|(name, value)| (name.to_owned(), value.expose().to_owned()))
        .collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn redaction_patterns(credential: &Credential) -> Vec<String> {
    credential
        .redaction_patterns()
        .into_iter()
        .map(|mark| mark.expose().to_owned())
        .collect()
}

fn p256() -> String {
    let body = STANDARD.encode(KeyPair::generate().unwrap().serialize_der());
    let lines: Vec<_> = body
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();

    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        lines.join("\n")
    )
}

#[test]
fn values_of_unknown_missing_or_misplaced_fields_are_refused() {
    let basic = built_in("basic");
    let error = fill(basic, &[("user", "ann"), ("pass", "hush-hush")])
        .err()
        .unwrap();

    assert!(matches!(&error, CredentialError::UnknownField { .. }));
    assert_eq!(
        error.to_string(),
        "the template basic has no field pass; it has user, password"
    );

    let error = filled(basic, &[("user", "ann")], &[("token", "hush-hush")], false)
        .err()
        .unwrap();

    assert!(matches!(&error, CredentialError::UnknownField { .. }));

    let error = fill(basic, &[("password", "hush-hush")]).err().unwrap();

    assert_eq!(
        error.to_string(),
        "the template basic needs user (User name)"
    );

    let error = fill(basic, &[("user", ""), ("password", "hush-hush")])
        .err()
        .unwrap();

    assert!(matches!(error, CredentialError::MissingField { .. }));

    let error = fill(basic, &[("user", "ann")]).err().unwrap();

    assert_eq!(
        error.to_string(),
        "the template basic needs password (Password)"
    );

    let error = filled(
        basic,
        &[("user", "ann"), ("password", "hush-hush")],
        &[],
        false,
    )
    .err()
    .unwrap();

    assert_eq!(
        error,
        CredentialError::SecretInPlain("password".parse().unwrap())
    );
    assert!(
        error
            .next_step()
            .unwrap()
            .text()
            .unwrap()
            .contains("prompt")
    );

    let error = filled(
        basic,
        &[],
        &[("user", "annabel"), ("password", "hush-hush")],
        false,
    )
    .err()
    .unwrap();

    assert_eq!(
        error,
        CredentialError::PlainAmongSecrets("user".parse().unwrap())
    );
    assert_eq!(error.blame(), Blame::Operator);
}

#[test]
fn default_stands_for_a_value_not_given_and_can_be_cleared() {
    let toml = r#"name = "a"
title = "A"
summary = "A."
[[fields]]
name = "prefix"
title = "Prefix"
default = "Key "
[[fields]]
name = "key"
title = "Key"
secret = true
[[sign.headers]]
name = "x-key"
value = "{prefix}{key}""#;

    let template = Template::parse(toml).unwrap();
    let value = |given: Given<'_>| {
        headers(
            &fill(&template, given)
                .ok()
                .unwrap()
                .credential(None)
                .ok()
                .unwrap(),
        )
    };

    assert_eq!(
        value(&[("key", "k-123456")]),
        [pair("x-key", "Key k-123456")]
    );
    assert_eq!(
        value(&[("key", "k-123456"), ("prefix", "")]),
        [pair("x-key", "k-123456")]
    );

    let plain = fill(&template, &[("key", "k-123456")])
        .ok()
        .unwrap()
        .plain()
        .clone();

    assert_eq!(
        plain,
        BTreeMap::from([("prefix".parse().unwrap(), "Key ".to_owned())])
    );
}

/// A header for the key, and optional others.
const MANY: &str = r#"
name = "many"
title = "Many"
summary = "Many."
[static]
api-version = "2024-01-01"
[[fields]]
name = "key"
title = "Key"
secret = true
[[fields]]
name = "team"
title = "Team"
required = false
[[fields]]
name = "second"
title = "Second key"
secret = true
required = false
[[fields]]
name = "extra"
title = "Name of another header"
required = false
[[sign.headers]]
name = "x-key"
value = "{key}"
[[sign.headers]]
name = "x-version"
value = "{api-version}"
[[sign.headers]]
name = "x-team"
value = "team {team}"
[[sign.headers]]
name = "x-second"
value = "{second}"
[[sign.headers]]
name = "{extra}"
value = "1"
[[sign.query]]
name = "team"
value = "{team}"
"#;

#[test]
fn header_with_an_absent_field_is_left_out() {
    let many = Template::parse(MANY).unwrap();
    let fill = |given| {
        fill(&many, given)
            .ok()
            .unwrap()
            .credential(None)
            .ok()
            .unwrap()
    };

    for given in [
        &[("key", "k-123456")][..],
        &[("key", "k-123456"), ("team", ""), ("second", "")],
    ] {
        let credential = fill(given);
        assert_eq!(
            headers(&credential),
            [pair("x-key", "k-123456"), pair("x-version", "2024-01-01")]
        );
        assert_eq!(credential.query().count(), 0);
    }

    let credential = fill(&[
        ("key", "k-123456"),
        ("team", "red"),
        ("second", "s-123456"),
        ("extra", "X-Extra"),
    ]);

    let all = [
        ("x-key", "k-123456"),
        ("x-second", "s-123456"),
        ("x-version", "2024-01-01"),
        ("x-team", "team red"),
    ];

    let all: Vec<_> = all
        .into_iter()
        .chain([("x-extra", "1")])
        .map(|(name, value)| pair(name, value))
        .collect();

    assert_eq!(headers(&credential), all);
    assert_eq!(
        credential
            .query()
            .map(|(name, value)| (name, value.expose()))
            .collect::<Vec<_>>(),
        [("team", "red")]
    );
}

#[test]
fn plain_value_is_not_a_redaction_pattern() {
    let many = Template::parse(MANY).unwrap();
    let given = [
        ("key", "k-123456"),
        ("team", "everybody"),
        ("second", "s-123456"),
    ];

    let marks = redaction_patterns(
        &fill(&many, &given)
            .ok()
            .unwrap()
            .credential(None)
            .ok()
            .unwrap(),
    );

    assert!(
        marks.iter().any(|mark| mark == "k-123456") && marks.iter().any(|mark| mark == "s-123456")
    );
    assert!(
        !marks
            .iter()
            .any(|mark| mark.contains("2024-01-01") || mark.contains("everybody")),
        "{marks:?}"
    );
}

#[test]
fn header_set_twice_is_refused() {
    let many = Template::parse(MANY).unwrap();
    for name in ["x-key", "X-Version"] {
        let error = fill(&many, &[("key", "k-123456"), ("extra", name)]).err();
        assert_eq!(error, Some(CredentialError::Duplicate(name.to_lowercase())));
    }
}

#[test]
fn basic_pair_without_secret_is_not_a_redaction_pattern() {
    let toml = MANY.replace(
        "[static]",
        "[sign.basic]\nuser = \"{team}\"\npassword = \"\"\n[static]",
    );

    let template = Template::parse(&toml).unwrap();
    let credential = fill(&template, &[("key", "k-123456"), ("team", "a")])
        .ok()
        .unwrap()
        .credential(None)
        .ok()
        .unwrap();

    assert!(headers(&credential).contains(&pair("authorization", "Basic YTo=")));
    assert!(
        !redaction_patterns(&credential)
            .iter()
            .any(|mark| mark.contains("YTo"))
    );

    let without = fill(&template, &[("key", "k-123456")])
        .ok()
        .unwrap()
        .credential(None)
        .ok()
        .unwrap();

    assert!(
        !headers(&without)
            .iter()
            .any(|(name, _)| name == "authorization")
    );
}

#[test]
fn oauth_credential_redacts_all_secrets_of_the_tokens() {
    let pem = p256();
    let secrets = [
        ("client-secret", "client/secret"),
        ("private-key", &pem),
        ("algorithm", "ES256"),
    ];

    let filled = fill(built_in("oauth-authorization-code"), &also(CODE, &secrets))
        .ok()
        .unwrap();

    let error = filled.credential(None).err().unwrap();

    assert!(matches!(
        error,
        VaultError::Credential(CredentialError::NoTokens)
    ));

    let credential = filled
        .credential(Some(&tokens("access/token-1", &[])))
        .ok()
        .unwrap();

    assert_eq!(
        headers(&credential),
        [pair("authorization", "Bearer access/token-1")]
    );

    let marks = redaction_patterns(&credential);
    for expected in [
        "access/token-1",
        "access%2Ftoken-1",
        "Bearer access/token-1",
        "refresh-token-1",
        "client%2Fsecret",
    ] {
        assert!(
            marks.iter().any(|mark| mark == expected),
            "{expected} is missing"
        );
    }

    assert!(
        !marks.iter().any(|mark| mark.contains("PRIVATE KEY")),
        "it is never sent"
    );
    assert!(
        filled.credential(Some(&tokens("abc", &[]))).is_err(),
        "it would be found by chance"
    );
    assert!(
        filled
            .credential(Some(&tokens("access\ntoken", &[])))
            .is_err()
    );
}

/// An OAuth template that uses most keys.
const ACME: &str = r#"
name = "acme"
title = "Acme"
summary = "Acme."
[static]
region = "eu"
[[fields]]
name = "tenant"
title = "Tenant"
type = "host"
[[fields]]
name = "base"
title = "Base"
type = "url"
[[fields]]
name = "space"
title = "Space"
required = false
[[fields]]
name = "header"
title = "Header"
default = "x-token"
[[sign.headers]]
name = "{header}"
value = "{access-token}"
[[sign.headers]]
name = "x-instance"
value = "{instance} {region}"
[oauth]
grant = "authorization-code"
authorization-url = "https://{tenant}.acme.example/{region}/authorize?space=all"
token-url = "{base}/oauth/token"
revocation-url = "https://acme.example/{space}/revoke"
client-id = "purser"
scopes = "read  write"
scope-separator = ","
token-path = "/a/b"
lifetime = 3600
margin = 30
refresh-token-lifetime = 7776000
[oauth.authorization-params]
prompt = "consent"
space = "{space}"
[oauth.token-params]
resource = "{region}-{tenant}"
[oauth.metadata]
instance = "/instance_url"
"#;

#[test]
fn oauth_settings_have_every_field_filled_in() {
    let acme = Template::parse(ACME).unwrap();
    let given = [
        ("tenant", "corp.eu"),
        ("base", "https://login.example/x/"),
        ("space", "a/../b?c#d e"),
    ];

    let oauth = settings(&acme, &given).ok().unwrap();

    assert_eq!(oauth.grant, GrantType::AuthorizationCode);
    assert_eq!(
        oauth.authorization_url.unwrap().as_str(),
        "https://corp.eu.acme.example/eu/authorize?space=all"
    );
    assert_eq!(
        oauth.token_url.as_str(),
        "https://login.example/x/oauth/token"
    );
    assert_eq!(
        oauth.revocation_url.unwrap().as_str(),
        "https://acme.example/a%2F..%2Fb%3Fc%23d%20e/revoke"
    );
    assert_eq!(
        (oauth.client_id.as_deref(), oauth.token_auth),
        (Some("purser"), TokenAuth::None)
    );
    assert_eq!(
        (oauth.scopes, oauth.scope_separator),
        (vec!["read".to_owned(), "write".to_owned()], ",".to_owned())
    );

    let pairs = |pairs: Given<'_>| {
        pairs
            .iter()
            .map(|(name, text)| pair(name, text))
            .collect::<BTreeMap<_, _>>()
    };

    assert_eq!(
        oauth.authorization_params,
        pairs(&[("prompt", "consent"), ("space", "a/../b?c#d e")])
    );
    assert_eq!(oauth.token_params, pairs(&[("resource", "eu-corp.eu")]));
    assert_eq!(
        oauth.metadata,
        [("instance".parse().unwrap(), "/instance_url".to_owned())]
    );
    assert_eq!(
        (oauth.token_path.as_str(), oauth.lifetime, oauth.margin),
        ("/a/b", Some(3600), 30)
    );
    assert_eq!(
        (oauth.refresh_token_lifetime, oauth.assertion_lifetime),
        (Some(7_776_000), 300)
    );
    assert!(
        !oauth.signs_bearer,
        "the token goes into a header of its own"
    );
    assert!(oauth.client_secret.is_none() && oauth.private_key.is_none() && oauth.issuer.is_none());

    let oauth = settings(&acme, &given[..2]).ok().unwrap();

    assert!(oauth.revocation_url.is_none() && !oauth.authorization_params.contains_key("space"));
}

#[test]
fn metadata_in_the_credential_must_be_in_the_response() {
    let acme = Template::parse(ACME).unwrap();
    let filled = fill(
        &acme,
        &[("tenant", "corp"), ("base", "https://login.example")],
    )
    .ok()
    .unwrap();

    let credential = filled
        .credential(Some(&tokens(
            "access-token-1",
            &[("instance", "https://i.example")],
        )))
        .ok()
        .unwrap();

    let expected = [
        pair("x-token", "access-token-1"),
        pair("x-instance", "https://i.example eu"),
    ];

    assert_eq!(headers(&credential), expected);
    assert!(
        !redaction_patterns(&credential)
            .iter()
            .any(|mark| mark.contains("i.example")),
        "it stands in answers"
    );

    let error = filled
        .credential(Some(&tokens("access-token-1", &[])))
        .err()
        .unwrap();

    assert_eq!(
        error.to_string(),
        "the application's token response had no instance, which the template signs with"
    );
}

#[test]
fn unsendable_value_is_refused_before_a_token_is_obtained() {
    let acme = Template::parse(ACME).unwrap();
    let given = [
        ("tenant", "corp"),
        ("base", "https://login.example"),
        ("header", "Cookie"),
    ];

    assert_eq!(
        fill(&acme, &given).err(),
        Some(CredentialError::HostHeader("cookie".into()))
    );
}

#[test]
fn plain_http_url_needs_a_private_network() {
    let template = built_in("oauth-authorization-code");
    for url in ["http://acme.example/token", "HTTP://localhost/token"] {
        let given = [CODE[0], ("token-url", url), CODE[2]];
        assert_eq!(
            fill(template, &given).err(),
            Some(CredentialError::PlainHttp("token-url".into())),
            "{url}"
        );
        let oauth = fill_in(template, &given, true)
            .ok()
            .unwrap()
            .oauth()
            .ok()
            .unwrap()
            .unwrap();
        assert_eq!(oauth.token_url.scheme(), "http");
    }

    for (field, url) in [
        ("authorization-url", "ftp://acme.example"),
        ("token-url", "acme.example/token"),
    ] {
        let given = CODE
            .iter()
            .map(|(name, text)| (*name, if *name == field { url } else { text }))
            .collect::<Vec<_>>();
        for private in [false, true] {
            let error = fill_in(template, &given, private).err().unwrap();
            assert!(
                matches!(error, CredentialError::InvalidValue { .. }),
                "{error}"
            );
        }
    }

    // A template's own loopback URL is for private networks too.
    let local = Template::parse(
        &ACME.replace("https://acme.example/{space}/", "http://localhost/{space}/"),
    )
    .unwrap();

    let given = [
        ("tenant", "corp"),
        ("base", "https://login.example"),
        ("space", "x"),
    ];

    assert_eq!(
        fill(&local, &given).err(),
        Some(CredentialError::PlainHttp("revocation-url".into()))
    );
    assert!(fill_in(&local, &given, true).is_ok());
}

#[test]
fn host_value_with_other_characters_is_refused() {
    let acme = Template::parse(ACME).unwrap();
    for tenant in [
        "evil.example/",
        "evil.example#",
        "evil.example?",
        "u@evil",
        "a:1",
        "a\\b",
        "%2F",
        "",
    ] {
        let error = fill(
            &acme,
            &[("tenant", tenant), ("base", "https://login.example")],
        )
        .err()
        .unwrap();
        assert!(
            matches!(
                error,
                CredentialError::InvalidValue { .. } | CredentialError::MissingField { .. }
            ),
            "{tenant}: {error}"
        );
    }
}

#[test]
fn token_auth_is_the_chosen_or_the_fitting_one() {
    let pem = p256();
    let key = [("private-key", pem.as_str()), ("algorithm", "ES256")];
    let secret = [("client-secret", "hush-hush")];

    assert_eq!(code(&[]).ok().unwrap().token_auth, TokenAuth::None);
    assert_eq!(code(&secret).ok().unwrap().token_auth, TokenAuth::Basic);
    assert_eq!(
        code(&key).ok().unwrap().token_auth,
        TokenAuth::PrivateKeyJwt
    );
    assert_eq!(
        code(&also(&secret, &[("token-auth", "post")]))
            .ok()
            .unwrap()
            .token_auth,
        TokenAuth::Post
    );
    assert_eq!(
        code(&also(&secret, &[("token-auth", "none")]))
            .ok()
            .unwrap()
            .token_auth,
        TokenAuth::None
    );

    let error = |given: Given<'_>| code(given).err().unwrap();

    assert!(
        error(&[("token-auth", "basic")])
            .to_string()
            .contains("client secret")
    );
    assert!(
        error(&[("token-auth", "private-key-jwt")])
            .to_string()
            .contains("private key")
    );
    assert!(matches!(
        error(&[("token-auth", "digest")]),
        CredentialError::InvalidValue { .. }
    ));

    let machine = built_in("oauth-client-credentials");
    let error = fill(machine, &CODE[1..]).err().unwrap();

    assert!(
        matches!(&error, CredentialError::OAuth { key, .. } if key == "token-auth"),
        "{error}"
    );
    assert_eq!(
        settings(machine, &also(&CODE[1..], &secret))
            .ok()
            .unwrap()
            .token_auth,
        TokenAuth::Basic
    );

    let jwt = [
        ("token-url", "https://acme.example/token"),
        ("issuer", "purser@acme.example"),
    ];

    let jwt = also(&jwt, &key);
    let oauth = settings(built_in("oauth-jwt-bearer"), &jwt).ok().unwrap();

    assert_eq!(
        (oauth.token_auth, oauth.issuer.as_deref()),
        (TokenAuth::None, Some("purser@acme.example"))
    );
    assert!(oauth.client_id.is_none() && oauth.audience.is_none() && oauth.scopes.is_empty());

    let with_client = also(
        &jwt,
        &[("client-id", "purser"), ("client-secret", "hush-hush")],
    );

    assert_eq!(
        settings(built_in("oauth-jwt-bearer"), &with_client)
            .ok()
            .unwrap()
            .token_auth,
        TokenAuth::Basic
    );
}

#[test]
fn private_key_that_cannot_sign_is_refused_without_quoting_it() {
    let pem = p256();
    let refused = |pem: &str, algorithm: &str| {
        let error = code(&[("private-key", pem), ("algorithm", algorithm)])
            .err()
            .unwrap();
        assert!(
            matches!(error, CredentialError::PrivateKey { .. }),
            "{error}"
        );
        let shown = format!("{error} {error:?} {:?}", error.next_step());
        let body = pem
            .lines()
            .find(|line| !line.starts_with("-----") && !line.is_empty())
            .unwrap_or("-----");
        assert!(!shown.contains(body) || body == "-----", "{shown}");
        assert!(shown.contains("private-key") && shown.contains(algorithm));
    };

    assert!(code(&[("private-key", &pem), ("algorithm", "ES256")]).is_ok());
    assert!(
        code(&[
            ("private-key", &pem.replace('\n', "\r\n")),
            ("algorithm", "ES256")
        ])
        .is_ok()
    );

    refused(&pem, "RS256");
    refused(&pem, "ES384");
    refused(&pem, "EdDSA");
    refused("this-is-no-key-at-all", "ES256");
    refused(
        &pem.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"),
        "ES256",
    );

    refused(&pem.replace("PRIVATE", "PUBLIC"), "ES256");
    let half: String = pem
        .lines()
        .enumerate()
        .filter(|(index, _)| *index != 1)
        .map(|(_, line)| format!("{line}\n"))
        .collect();

    refused(&half, "ES256");

    assert!(matches!(
        code(&[("private-key", &pem), ("algorithm", "HS256")]).err(),
        Some(CredentialError::InvalidValue { .. })
    ));
}

#[test]
fn secrets_document_errors_do_not_quote_it() {
    let filled = fill(
        built_in("basic"),
        &[("user", "ann"), ("password", "p\"ss\\word")],
    )
    .ok()
    .unwrap();

    assert_eq!(filled.secrets().expose(), r#"{"password":"p\"ss\\word"}"#);
    assert_eq!(filled.template().name().as_str(), "basic");
    assert!(!filled.plain().contains_key(&"password".parse().unwrap()));

    let document = Secret::new(r#"{"password":["hush-hush"]}"#.into());
    let error = TemplateInstance::open(built_in("basic"), filled.plain().clone(), &document, false)
        .err()
        .unwrap();

    assert!(matches!(error, VaultError::UnknownFormat { .. }));
    assert!(!format!("{error} {error:?}").contains("hush"));
    assert_eq!(error.blame(), Blame::Operator);
    assert!(error.next_step().is_some());
}

#[test]
fn vault_error_of_a_template_has_its_next_step() {
    let error = VaultError::from(Template::parse("x = 1").err().unwrap());
    assert!(
        error
            .to_string()
            .starts_with("this is not a valid template")
    );
    assert!(error.next_step().is_some());
}

#[test]
fn contradicting_oauth_settings_are_refused() {
    let setting = |error: Option<CredentialError>, expected: &str, word: &str| {
        let Some(CredentialError::OAuth { key, why }) = &error else {
            panic!("{error:?}")
        };
        assert!(key == expected && why.contains(word), "{error:?}");
        assert!(
            error
                .and_then(|error| error.next_step())
                .is_some_and(|step| step.text().is_some_and(|text| text.contains(expected)))
        );
    };

    // The protocol sets this one, in any place.
    let given = [
        (
            "authorization-url",
            "https://acme.example/authorize?state=1",
        ),
        CODE[1],
        CODE[2],
    ];

    setting(
        fill(built_in("oauth-authorization-code"), &given).err(),
        "[oauth]",
        "state",
    );

    let toml = ACME.replace("type = \"url\"", "type = \"url\"\nrequired = false");
    let optional = Template::parse(&toml).unwrap();
    setting(
        fill(&optional, &[("tenant", "corp")]).err(),
        "token-url",
        "has no value",
    );

    let given = [
        ("tenant", "corp"),
        ("base", "https://login.example"),
        ("space", "digest"),
    ];

    for (key, word) in [("token-auth", "private-key-jwt"), ("algorithm", "RS256")] {
        let toml = ACME.replace(
            "lifetime = 3600",
            &format!("{key} = \"{{space}}\"\nlifetime = 3600"),
        );
        setting(
            fill(&Template::parse(&toml).unwrap(), &given).err(),
            key,
            word,
        );
    }
}
