//! The authentication methods to test, one for each built-in template.

use crate::echo_server::{ACCESS, EchoServer};

/// Part of every secret, with characters that encoders treat differently.
pub(super) const MARK: &str = "canary/secret+of=";

/// An authentication method: a template, its fields, and its secrets.
pub(super) struct AuthMethod {
    pub(super) template: &'static str,
    pub(super) fields: Vec<String>,
    /// Name of the secret field to fill in, if there is one.
    pub(super) secret: Option<&'static str>,
    /// True if a person signs in.
    pub(super) signs_in: bool,
    /// Text that a request must contain, to prove that the secret is in use.
    pub(super) expected_request: String,
}

pub(super) fn auth_methods(echo: &EchoServer) -> Vec<AuthMethod> {
    let secret = |template: &str| format!("{MARK}{template}");
    let fixed = |template: &'static str,
                 field: &'static str,
                 fields: &[&str],
                 expected_request: String| AuthMethod {
        template,
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        secret: Some(field),
        signs_in: false,
        expected_request,
    };

    let basic = |pair: String| {
        format!(
            "Basic {}",
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, pair)
        )
    };
    let oauth = |template: &'static str, secret, signs_in, more: &[String]| AuthMethod {
        template,
        fields: [format!("token-url={}", echo.url("/token"))]
            .iter()
            .chain(more)
            .cloned()
            .collect(),
        secret,
        signs_in,
        expected_request: format!("Bearer {ACCESS}"),
    };

    let client = "client-id=purser".to_owned();

    vec![
        fixed(
            "bearer",
            "token",
            &[],
            format!("Bearer {}", secret("bearer")),
        ),
        fixed(
            "basic",
            "password",
            &["user=ada"],
            basic(format!("ada:{}", secret("basic"))),
        ),
        fixed(
            "basic-api-key",
            "key",
            &[],
            basic(format!("{}:", secret("basic-api-key"))),
        ),
        fixed(
            "api-key-header",
            "key",
            &["header=x-key", "prefix=key "],
            format!("key {}", secret("api-key-header")),
        ),
        fixed(
            "api-key-query",
            "key",
            &["parameter=key"],
            "/api/ok?key=canary%2Fsecret%2Bof".into(),
        ),
        oauth(
            "oauth-client-credentials",
            Some("client-secret"),
            false,
            std::slice::from_ref(&client),
        ),
        oauth(
            "oauth-jwt-bearer",
            Some("private-key"),
            false,
            &["issuer=purser".to_owned(), "algorithm=ES256".into()],
        ),
        oauth(
            "oauth-authorization-code",
            Some("client-secret"),
            true,
            &[
                client,
                format!("authorization-url={}", echo.url("/authorize")),
            ],
        ),
    ]
}
