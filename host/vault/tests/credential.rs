//! Credentials: what they put on a request, what they refuse, and what they know to look for in an answer.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail loudly")]

use purser_model::Template;
use purser_vault::{Credential, CredentialError, Secret, VaultError};

fn credential(template: Template, secret: &str) -> Result<Credential, CredentialError> {
    Credential::new(template, Secret::new(secret.to_owned())).map_err(|error| match error {
        VaultError::Credential(error) => error,
        other => panic!("{other}"),
    })
}

fn basic(user: &str) -> Template {
    Template::Basic { user: user.to_owned() }
}

fn key(header: &str, prefix: &str) -> Template {
    Template::ApiKeyHeader { header: header.to_owned(), prefix: prefix.to_owned() }
}

fn refusal(template: Template, secret: &str) -> CredentialError {
    credential(template, secret).err().unwrap()
}

#[test]
fn each_template_signs_in_its_way() {
    let signed = |template, secret| {
        let credential = credential(template, secret).unwrap();
        (credential.header_name().to_owned(), credential.header_value().expose().to_owned())
    };
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(signed(Template::Bearer, "tok-12345"), header("authorization", "Bearer tok-12345"));
    // The example of RFC 7617, section 2.
    assert_eq!(signed(basic("Aladdin"), "open sesame"), header("authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
    assert_eq!(signed(basic("test"), "123\u{a3}456"), header("authorization", "Basic dGVzdDoxMjPCozQ1Ng=="));
    assert_eq!(signed(key("x-api-key", ""), "k-123456"), header("x-api-key", "k-123456"));
    assert_eq!(signed(key("authorization", "token "), "k-123456"), header("authorization", "token k-123456"));
}

#[test]
fn what_would_break_a_header_is_refused() {
    for secret in ["abcdef\n", "abc\r\nx: y", "abc\0def", "abc\u{e9}def"] {
        assert_eq!(refusal(Template::Bearer, secret), CredentialError::Character("secret"), "{secret:?}");
        assert_eq!(refusal(key("x-key", ""), secret), CredentialError::Character("secret"), "{secret:?}");
    }
    assert_eq!(refusal(basic("u"), "abcdef\n"), CredentialError::Character("secret"));
    assert_eq!(refusal(basic("u\n"), "abcdef"), CredentialError::Character("user name"));
    assert_eq!(refusal(basic("a:b"), "abcdef"), CredentialError::Colon);
    assert_eq!(refusal(key("x-key", "a\r\n"), "abcdef"), CredentialError::Character("prefix"));
    assert_eq!(refusal(Template::Bearer, " abcdef"), CredentialError::OuterSpace("secret"));
    assert_eq!(refusal(Template::Bearer, "abcdef "), CredentialError::OuterSpace("secret"));
}

#[test]
fn a_secret_that_ordinary_data_would_hold_is_refused() {
    assert_eq!(refusal(Template::Bearer, ""), CredentialError::TooShort);
    assert_eq!(refusal(basic("user"), "abcde"), CredentialError::TooShort);
    assert!(credential(Template::Bearer, "abcdef").is_ok());
}

#[test]
fn a_credential_cannot_take_a_header_of_the_hosts() {
    for name in ["host", "content-length", "cookie", "connection", "proxy-authorization", "transfer-encoding", "range"]
    {
        assert_eq!(refusal(key(name, ""), "abcdef"), CredentialError::HostHeader(name.into()));
    }
    for name in ["", "X-Key", "x key", "x:key", "x\n", "\u{e9}"] {
        assert_eq!(refusal(key(name, ""), "abcdef"), CredentialError::HeaderName(name.into()));
    }
}

#[test]
fn refusals_do_not_show_the_secret() {
    let error = refusal(Template::Bearer, "visible-secret\n");
    assert!(!format!("{error} {error:?}").contains("visible"));
}

#[test]
fn marks_cover_the_secret_the_pair_and_the_value() {
    let credential = credential(basic("ann"), "p/ss+word").unwrap();
    let marks: Vec<_> = credential.marks().into_iter().map(|mark| mark.expose().to_owned()).collect();
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
        assert!(marks.iter().any(|mark| mark == expected), "{expected} is missing");
    }
    let mut distinct = marks.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), marks.len());
    assert!(marks.iter().all(|mark| mark.len() >= 6), "a short mark would damage data");
}
