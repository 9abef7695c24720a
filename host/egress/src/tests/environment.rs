//! Behaviour that depends on environment variables, tested in child processes because changing them
//! in this one is not safe.

use super::TestEnv;
use super::server::{Server, ok};
use std::process::Command;
use std::sync::Arc;

/// Runs one of the ignored tests below in a child process.
fn run_in_child(test: &str, variables: &[(&str, &str)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--ignored",
            "--exact",
            &format!("tests::environment::{test}"),
        ])
        .envs(variables.iter().copied());
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);

    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

#[test]
fn proxy_of_the_environment_is_not_used() {
    let unused = "http://127.0.0.1:9/";
    let proxies = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"].map(|name| (name, unused));
    run_in_child(
        "child_reaches_the_server",
        &[proxies.as_slice(), &[("NO_PROXY", ""), ("no_proxy", "")]].concat(),
    );
}

#[cfg(target_os = "linux")]
#[test]
fn plain_http_needs_no_certificates_of_the_system() {
    let none = [
        ("SSL_CERT_FILE", "/dev/null"),
        ("SSL_CERT_DIR", "/nonexistent"),
    ];
    run_in_child("child_reaches_the_server", &none);
    run_in_child("child_cannot_build_an_https_client", &none);
}

#[tokio::test]
#[ignore = "run in a child process by the tests above"]
async fn child_reaches_the_server() {
    let server = Server::start(|_, _| ok("yes")).await;

    assert_eq!(
        TestEnv::granting_all()
            .get(&server, "/users")
            .await
            .unwrap()
            .body,
        b"yes"
    );
}

#[test]
#[ignore = "run in a child process by the tests above"]
fn child_cannot_build_an_https_client() {
    use crate::{ClientConfig, EgressError, RateLimiter};
    let env = TestEnv::granting_all();
    let config = ClientConfig {
        base_url: "https://hub.example/".parse().unwrap(),
        credentials: env.credentials,
        private_network: false,
        rate_limiter: Arc::new(RateLimiter::new(None)),
        rate_limit_responses: Vec::new(),
        retry: purser_model::RetryPolicy::default(),
    };

    assert!(matches!(
        env.egress.client(config).err(),
        Some(EgressError::Client(_))
    ));
}
