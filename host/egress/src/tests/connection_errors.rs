//! Connections that fail, and the errors that are reported.

use super::server::{Server, ok};
use super::{TestEnv, get, request};
use crate::timeouts::Timeouts;
use purser_model::{HttpError, Method};
use std::time::Duration;
use tokio::net::TcpListener;

/// Returns a base URL that nothing listens on.
async fn unused_base_url() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/api", listener.local_addr().unwrap())
}

#[tokio::test]
async fn refused_connection_is_retried_even_for_a_post() {
    let (outcome, stats) = TestEnv::granting_all()
        .send(&unused_base_url().await, request(Method::Post, "/users"))
        .await;
    assert_eq!(outcome, Err(HttpError::ConnectionRefused));
    assert_eq!((stats.attempts, stats.retries), (5, 4), "nothing was sent");
}

#[tokio::test]
async fn untrusted_certificate_is_refused_and_nothing_is_sent() {
    let server = Server::start_tls(|_, _| ok("")).await;
    let (outcome, stats) = TestEnv::granting_all()
        .send(&server.base(), get("/users?private=1"))
        .await;

    assert!(
        matches!(&outcome, Err(HttpError::TlsCertificate(why)) if !why.contains("private")),
        "{outcome:?}"
    );
    assert_eq!(stats.attempts, 1);
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn certificate_for_another_name_is_refused() {
    let server = Server::start_tls(|_, _| ok("")).await;
    let base = format!("https://other.example:{}/api", server.address.port());

    let (outcome, _) = TestEnv::granting_all()
        .trusting(&server)
        .send(&base, get("/users"))
        .await;

    assert!(
        matches!(&outcome, Err(HttpError::TlsCertificate(why)) if why.contains("other.example")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn https_to_a_plain_http_server_is_a_tls_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            drop(
                tokio::io::AsyncWriteExt::write_all(
                    &mut stream,
                    b"HTTP/1.1 400 Bad Request\r\n\r\n",
                )
                .await,
            );
        }
    });

    let (outcome, _) = TestEnv::granting_all()
        .send(
            &format!("https://127.0.0.1:{}/", address.port()),
            get("/users"),
        )
        .await;

    assert!(
        matches!(outcome, Err(HttpError::TlsProtocol(_))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn missing_handshake_ends_at_the_connect_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!(
        "https://127.0.0.1:{}/",
        listener.local_addr().unwrap().port()
    );
    let mut env = TestEnv::granting_all();
    env.egress.timeouts = Timeouts {
        connect: Duration::from_millis(100),
        ..env.egress.timeouts
    };
    env.retry.attempts = 2;

    let (outcome, stats) = env.send(&base, get("/users")).await;

    assert_eq!(
        (outcome, stats.attempts),
        (Err(HttpError::ConnectionTimeout), 2)
    );
}

#[tokio::test]
async fn malformed_http_is_a_protocol_error() {
    for garbage in [
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "\0\0\0\0\0\0\0\0\r\n\r\n",
    ] {
        let server = Server::responding(garbage).await;
        let (outcome, stats) = TestEnv::granting_all()
            .send(&server.base(), get("/users?private=1"))
            .await;

        assert!(
            matches!(&outcome, Err(HttpError::Protocol(why)) if !why.contains("private")),
            "{garbage:?}: {outcome:?}"
        );
        assert_eq!(stats.attempts, 1);
    }
}

#[tokio::test]
async fn server_that_closes_early_is_a_terminated_connection() {
    let server = Server::responding("").await;
    let (outcome, stats) = TestEnv::granting_all()
        .send(&server.base(), get("/users"))
        .await;

    assert_eq!(
        (outcome, stats.attempts),
        (Err(HttpError::ConnectionTerminated), 5)
    );
}
