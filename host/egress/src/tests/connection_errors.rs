//! Connections that do not come about, and what is said of them.

use super::server::{Server, ok};
use super::{Bench, get, request};
use crate::timeouts::Timing;
use purser_model::{HttpError, Method};
use std::time::Duration;
use tokio::net::TcpListener;

/// An address where nobody listens.
async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/api", listener.local_addr().unwrap())
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_even_for_a_post() {
    let (outcome, effort) = Bench::open()
        .send(&nobody().await, request(Method::Post, "/users"))
        .await;
    assert_eq!(outcome, Err(HttpError::ConnectionRefused));
    assert_eq!(
        (effort.attempts, effort.retries),
        (5, 4),
        "nothing was sent"
    );
}

#[tokio::test]
async fn a_foreign_certificate_is_refused_and_nothing_is_sent() {
    let server = Server::start_tls(|_, _| ok("")).await;
    let (outcome, effort) = Bench::open()
        .send(&server.base(), get("/users?private=1"))
        .await;
    assert!(
        matches!(&outcome, Err(HttpError::TlsCertificate(why)) if !why.contains("private")),
        "{outcome:?}"
    );
    assert_eq!(effort.attempts, 1);
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let server = Server::start_tls(|_, _| ok("")).await;
    let base = format!("https://other.example:{}/api", server.address.port());
    let (outcome, _) = Bench::open()
        .trusting(&server)
        .send(&base, get("/users"))
        .await;
    assert!(
        matches!(&outcome, Err(HttpError::TlsCertificate(why)) if why.contains("other.example")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn https_to_a_server_of_plain_http_is_a_tls_error() {
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
    let (outcome, _) = Bench::open()
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
async fn a_handshake_that_never_comes_ends_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!(
        "https://127.0.0.1:{}/",
        listener.local_addr().unwrap().port()
    );
    let mut bench = Bench::open();
    bench.egress.timing = Timing {
        connect: Duration::from_millis(100),
        ..bench.egress.timing
    };
    bench.retry.attempts = 2;
    let (outcome, effort) = bench.send(&base, get("/users")).await;
    assert_eq!(
        (outcome, effort.attempts),
        (Err(HttpError::ConnectionTimeout), 2)
    );
}

#[tokio::test]
async fn what_is_no_http_is_a_protocol_error() {
    for garbage in [
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "\0\0\0\0\0\0\0\0\r\n\r\n",
    ] {
        let server = Server::answering(garbage).await;
        let (outcome, effort) = Bench::open()
            .send(&server.base(), get("/users?private=1"))
            .await;
        assert!(
            matches!(&outcome, Err(HttpError::Protocol(why)) if !why.contains("private")),
            "{garbage:?}: {outcome:?}"
        );
        assert_eq!(effort.attempts, 1);
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_is_a_broken_connection() {
    let server = Server::answering("").await;
    let (outcome, effort) = Bench::open().send(&server.base(), get("/users")).await;
    assert_eq!(
        (outcome, effort.attempts),
        (Err(HttpError::ConnectionTerminated), 5)
    );
}
