//! Token responses that are not by the standard, through the command line.

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};
use purser_tests::{AppServer, CommandOutput, Purser};
use std::sync::{Arc, Mutex};

/// An application whose token endpoint returns the same response each time.
struct TokenServer {
    server: AppServer,
    /// Values of `authorization` that its API received.
    received: Arc<Mutex<Vec<String>>>,
}

impl TokenServer {
    fn responding(content_type: &'static str, body: &'static str) -> Self {
        let received = Arc::new(Mutex::default());
        let log: Arc<Mutex<Vec<String>>> = Arc::clone(&received);
        let app = Router::new()
            .route(
                "/token",
                post(move || async move { ([(header::CONTENT_TYPE, content_type)], body) }),
            )
            .route(
                "/api/ok",
                get(move |headers: HeaderMap| async move {
                    let value = headers[header::AUTHORIZATION].to_str().unwrap().to_owned();
                    log.lock().unwrap().push(value);
                }),
            );

        Self {
            server: AppServer::start(|_| app),
            received,
        }
    }

    /// Connects to it by client credentials.
    fn connect(&self, purser: &Purser, template: &str) -> CommandOutput {
        purser.upload_and_grant("canary");
        purser.ok("alias create odd --connector canary");
        let words = format!(
            "main --alias odd --base-url http://{0}/api --template {template} --private-network \
             --set client-id=purser --set token-url=http://{0}/token",
            self.server.address
        );
        purser.connect(&words, "client-s3cret")
    }
}

#[test]
fn form_with_a_token_of_a_slack_kind_is_used_as_bearer() {
    let server = TokenServer::responding(
        "application/x-www-form-urlencoded",
        "access_token=tok-0123456789&scope=users%3Aread%2Cteam%3Aread&token_type=user",
    );
    let purser = Purser::new();

    let output = server.connect(&purser, "oauth-client-credentials");

    assert_eq!(output.code, 0, "{output:#?}");
    let received = server.received.lock().unwrap().clone();
    assert!(!received.is_empty());
    assert!(
        received.iter().all(|sent| sent == "Bearer tok-0123456789"),
        "{received:?}"
    );
    let listed = purser.ok("connection list");
    assert!(listed.contains("expiry unknown"), "{listed}");
}

#[test]
fn token_type_that_the_template_lists_is_used_as_bearer() {
    let body = r#"{"access_token":"tok-0123456789","token_type":"acme-session"}"#;
    let server = TokenServer::responding("application/json", body);
    let purser = Purser::new();

    let refused = server.connect(&purser, "oauth-client-credentials");
    assert_ne!(refused.code, 0);
    assert!(
        refused.stderr.contains("token-types in [oauth]"),
        "{refused:#?}"
    );
    assert!(server.received.lock().unwrap().is_empty());

    let toml = purser.ok("template show oauth-client-credentials --toml");
    let own = toml
        .replace("name = \"oauth-client-credentials\"", "name = \"own\"")
        .replace("[oauth]\n", "[oauth]\ntoken-types = [\"acme-session\"]\n");
    let file = purser.file("own.toml", own);
    purser.ok(&format!("template add {file}"));
    let words = format!(
        "main --alias odd --base-url http://{0}/api --template own --private-network \
         --set client-id=purser --set token-url=http://{0}/token",
        server.server.address
    );
    let accepted = purser.connect(&words, "client-s3cret");

    assert_eq!(accepted.code, 0, "{accepted:#?}");
    assert_eq!(
        server.received.lock().unwrap().first().map(String::as_str),
        Some("Bearer tok-0123456789")
    );
}

#[test]
fn refusal_with_status_200_is_quoted() {
    let body = r#"{"errcode":40013,"errmsg":"the app was disabled by its owner"}"#;
    let server = TokenServer::responding("application/json", body);
    let purser = Purser::new();

    let output = server.connect(&purser, "oauth-client-credentials");

    output.assert_refused(
        3,
        "input or configuration",
        "the app was disabled by its owner",
    );
}
