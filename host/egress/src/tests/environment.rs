//! What depends on the environment, tried in processes of their own, because an environment cannot be changed safely in this one.

use super::Bench;
use super::server::{Server, ok};
use std::process::Command;
use std::sync::Arc;

/// Runs one of the ignored tests below in a process of its own.
fn child(test: &str, variables: &[(&str, &str)]) {
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
fn a_proxy_in_the_environment_is_not_used() {
    let nobody = "http://127.0.0.1:9/";
    let proxies = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"].map(|name| (name, nobody));
    child(
        "child_reaches_the_server",
        &[proxies.as_slice(), &[("NO_PROXY", ""), ("no_proxy", "")]].concat(),
    );
}

#[cfg(target_os = "linux")]
#[test]
fn plain_http_needs_no_certificates_on_the_machine() {
    let none = [
        ("SSL_CERT_FILE", "/dev/null"),
        ("SSL_CERT_DIR", "/nonexistent"),
    ];
    child("child_reaches_the_server", &none);
    child("child_cannot_open_an_https_channel", &none);
}

#[tokio::test]
#[ignore = "run in a process of its own by the tests above"]
async fn child_reaches_the_server() {
    let server = Server::start(|_, _| ok("yes")).await;
    assert_eq!(
        Bench::open().get(&server, "/users").await.unwrap().body,
        b"yes"
    );
}

#[test]
#[ignore = "run in a process of its own by the tests above"]
fn child_cannot_open_an_https_channel() {
    use crate::{EgressError, Pace, Upstream};
    let bench = Bench::open();
    let (base_url, credentials) = ("https://hub.example/".parse().unwrap(), bench.credentials);
    let to = Upstream {
        base_url,
        credentials,
        private_network: false,
        pace: Arc::new(Pace::new(None)),
        rate_limit_responses: Vec::new(),
        retry: purser_model::RetryPolicy::default(),
    };
    assert!(matches!(
        bench.egress.channel(to).err(),
        Some(EgressError::Client(_))
    ));
}
