//! Credentials of the built-in templates: headers, refusals, and redaction patterns.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod support;

use purser_vault::{Credential, CredentialError, Secret};
use support::{Given, built_in, fill};

fn credential(template: &str, given: Given<'_>) -> Result<Credential, CredentialError> {
    Ok(fill(built_in(template), given)?
        .credential(None)
        .ok()
        .unwrap())
}

fn bearer(token: &str) -> Result<Credential, CredentialError> {
    credential("bearer", &[("token", token)])
}

fn basic(user: &str, password: &str) -> Result<Credential, CredentialError> {
    credential("basic", &[("user", user), ("password", password)])
}

fn key(header: &str, prefix: &str, key: &str) -> Result<Credential, CredentialError> {
    credential(
        "api-key-header",
        &[("header", header), ("prefix", prefix), ("key", key)],
    )
}

fn pairs<'a>(pairs: impl Iterator<Item = (&'a str, &'a Secret)>) -> Vec<(&'a str, &'a str)> {
    pairs.map(|(name, value)| (name, value.expose())).collect()
}

fn redaction_patterns(credential: &Credential) -> Vec<String> {
    credential
        .redaction_patterns()
        .into_iter()
        .map(|mark| mark.expose().to_owned())
        .collect()
}

#[test]
fn built_in_template_sets_its_header_or_parameter() {
    let header = |credential: Result<Credential, CredentialError>, name: &str, value: &str| {
        let credential = credential.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(pairs(credential.headers()), [(name, value)]);
        assert!(pairs(credential.query()).is_empty());
    };

    header(bearer("tok-12345"), "authorization", "Bearer tok-12345");

    // The example of RFC 7617, section 2.
    header(
        basic("Aladdin", "open sesame"),
        "authorization",
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    );

    header(
        basic("test", "123\u{a3}456"),
        "authorization",
        "Basic dGVzdDoxMjPCozQ1Ng==",
    );

    header(
        credential("basic-api-key", &[("key", "k-123456")]),
        "authorization",
        "Basic ay0xMjM0NTY6",
    );

    header(key("x-api-key", "", "k-123456"), "x-api-key", "k-123456");
    header(
        key("authorization", "token ", "k-123456"),
        "authorization",
        "token k-123456",
    );

    header(
        credential(
            "api-key-header",
            &[("header", "X-Key"), ("key", "k-123456")],
        ),
        "x-key",
        "k-123456",
    );

    let query = credential(
        "api-key-query",
        &[("parameter", "api_key"), ("key", "a&b=c\u{e9}")],
    )
    .ok()
    .unwrap();

    assert_eq!(pairs(query.query()), [("api_key", "a&b=c\u{e9}")]);
    assert!(pairs(query.headers()).is_empty());
}

#[test]
fn value_that_breaks_a_header_is_refused() {
    let character = |field: &str| Some(CredentialError::InvalidCharacter(field.into()));
    for secret in ["abcdef\n", "abc\r\nx: y", "abc\0def", "abc\u{e9}def"] {
        assert_eq!(bearer(secret).err(), character("token"), "{secret:?}");
        assert_eq!(
            key("x-key", "", secret).err(),
            character("key"),
            "{secret:?}"
        );
    }

    assert_eq!(basic("u", "abcdef\n").err(), character("password"));
    assert_eq!(basic("u\n", "abcdef").err(), character("user"));
    assert_eq!(
        basic("a:b", "abcdef").err(),
        Some(CredentialError::ColonInUserName)
    );
    assert_eq!(key("x-key", "a\r\n", "abcdef").err(), character("prefix"));
    assert_eq!(key("x-key", "\u{e9}", "abcdef").err(), character("prefix"));
    assert_eq!(
        credential("api-key-query", &[("parameter", "k"), ("key", "abcdef\n")]).err(),
        character("key")
    );

    let space = |field: &str| Some(CredentialError::SurroundingSpace(field.into()));

    assert_eq!(bearer(" abcdef").err(), space("token"));
    assert_eq!(bearer("abcdef ").err(), space("token"));
    assert_eq!(
        credential("api-key-query", &[("parameter", "k"), ("key", "abcdef ")]).err(),
        space("key")
    );
    assert!(basic("u", " abcdef ").is_ok(), "in base64 spaces are safe");
}

#[test]
fn short_secret_is_refused() {
    assert_eq!(
        bearer("").err(),
        Some(CredentialError::TooShort("token".into()))
    );
    assert_eq!(
        basic("user", "abcde").err(),
        Some(CredentialError::TooShort("password".into()))
    );
    assert!(bearer("abcdef").is_ok());

    let short = Credential::new(Vec::new(), Vec::new(), vec![Secret::new("abcde".into())]);

    assert_eq!(
        short.err(),
        Some(CredentialError::TooShort("secret".into()))
    );
}

#[test]
fn header_of_the_host_is_refused() {
    for name in [
        "host",
        "content-length",
        "cookie",
        "connection",
        "proxy-authorization",
        "transfer-encoding",
        "range",
    ] {
        assert_eq!(
            key(name, "", "abcdef").err(),
            Some(CredentialError::HostHeader(name.into()))
        );
        assert_eq!(
            key(&name.to_uppercase(), "", "abcdef").err(),
            Some(CredentialError::HostHeader(name.into()))
        );
    }

    for name in ["x key", "x:key", "\u{e9}", &"x".repeat(101)] {
        let shown = name.chars().take(100).collect();
        assert_eq!(
            key(name, "", "abcdef").err(),
            Some(CredentialError::HeaderName(shown))
        );
    }

    for name in ["", "X-Key", "x\n"] {
        let made = Credential::new(
            vec![(name.into(), Secret::new("abcdef".into()))],
            Vec::new(),
            Vec::new(),
        );
        assert_eq!(made.err(), Some(CredentialError::HeaderName(name.into())));
    }
}

#[test]
fn credential_of_parts_is_checked() {
    let pair = |name: &str, value: &str| vec![(name.to_owned(), Secret::new(value.to_owned()))];
    for value in ["a\nb", " a", "a ", "\u{e9}"] {
        assert!(
            Credential::new(pair("x-key", value), Vec::new(), Vec::new()).is_err(),
            "{value:?}"
        );
        let plain = Credential::new(Vec::new(), Vec::new(), Vec::new())
            .ok()
            .unwrap();
        assert!(
            plain.with_plain(pair("x-key", value), Vec::new()).is_err(),
            "{value:?}"
        );
    }

    for (name, value) in [("", "abcdef"), ("key", "abc\ndef")] {
        assert!(
            Credential::new(Vec::new(), pair(name, value), Vec::new()).is_err(),
            "{name} {value:?}"
        );
    }
}

#[test]
fn refusal_does_not_show_the_secret() {
    for secret in [
        "visible-secret\n",
        " visible-secret",
        "visible-secret\u{e9}",
    ] {
        let error = bearer(secret).err().unwrap();
        assert!(
            !format!(
                "{error} {error:?} {:?}",
                purser_model::Blamed::next_step(&error)
            )
            .contains("visible")
        );
    }
}

#[test]
fn redaction_patterns_cover_secret_pair_and_header_value() {
    let credential = basic("ann", "p/ss+word").ok().unwrap();
    let marks = redaction_patterns(&credential);

    for expected in [
        "p/ss+word",
        "ann:p/ss+word",
        "YW5uOnAvc3Mrd29yZA==",
        "YW5uOnAvc3Mrd29yZA",
        "Basic YW5uOnAvc3Mrd29yZA==",
        "YW5uOnAvc3Mrd29yZA%3D%3D",
        "cC9zcyt3b3Jk",
        "p%2Fss%2Bword",
        "p%2fss%2bword",
        "ann%3Ap%2Fss%2Bword",
        "p\\/ss+word",
    ] {
        assert!(
            marks.iter().any(|mark| mark == expected),
            "{expected} is missing"
        );
    }

    let mut distinct = marks.clone();
    distinct.sort();
    distinct.dedup();

    assert_eq!(distinct.len(), marks.len());
    assert!(
        marks.iter().all(|mark| mark.len() >= 6),
        "a short mark would damage data"
    );
}

#[test]
fn redaction_patterns_cover_a_key_in_header_or_query() {
    let header = redaction_patterns(&key("x-key", "token ", "k/123456").ok().unwrap());
    let query = redaction_patterns(
        &credential("api-key-query", &[("parameter", "k"), ("key", "k/123456")])
            .ok()
            .unwrap(),
    );

    for expected in ["k/123456", "k%2F123456"] {
        assert!(
            header.iter().any(|mark| mark == expected),
            "{expected} is missing"
        );
        assert!(
            query.iter().any(|mark| mark == expected),
            "{expected} is missing"
        );
    }

    assert!(header.iter().any(|mark| mark == "token k/123456"));
}
