//! What is not granted, and where nobody may go, is not sent.

use super::server::{Server, Step, answer, ok};
use super::{Bench, bytes, get, leading_to, request};
use crate::{EgressError, Pace, Upstream};
use futures::FutureExt as _;
use purser_model::{HttpError, Method, RetryPolicy};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[tokio::test]
async fn a_read_cannot_write_and_the_denial_says_what_would_allow_it() {
    let server = Server::start(|_, _| ok("")).await;
    let bench = Bench::granting(&["GET /users/*"]);
    let (outcome, effort) = bench
        .send(&server.base(), request(Method::Delete, "/users/7?force=1"))
        .await;
    assert_eq!(
        outcome,
        Err(HttpError::Denied("read:users DELETE /users/7".into()))
    );
    assert_eq!(effort.attempts, 0);
    assert!(matches!(
        bench.get(&server, "/groups").await,
        Err(HttpError::Denied(_))
    ));
    assert!(server.seen().is_empty());
    assert!(bench.get(&server, "/users/7").await.is_ok());
}

#[tokio::test]
async fn another_action_has_another_grant() {
    let server = Server::start(|_, _| ok("")).await;
    let mut bench = Bench::granting(&["GET /users"]);
    bench.permit.action = "check".parse().unwrap();
    assert_eq!(
        bench.get(&server, "/users").await,
        Err(HttpError::Denied("check GET /users".into()))
    );
}

#[tokio::test]
async fn an_absolute_url_is_measured_like_a_path() {
    let server = Server::start(|_, _| ok("")).await;
    let bench = Bench::granting(&["GET /users"]);
    let origin = format!("http://{}", server.address);
    assert!(
        bench
            .get(&server, &format!("{origin}/api/users?offset=50"))
            .await
            .is_ok()
    );
    for outside in ["/users", "/apix/users", "/"] {
        assert!(
            matches!(
                bench.get(&server, &format!("{origin}{outside}")).await,
                Err(HttpError::Denied(_))
            ),
            "{outside}"
        );
    }
    for malformed in [
        "/api/../admin",
        "/api/%2e%2e/admin",
        "/api/users%2f..",
        "/api\\users",
        "/api/users#x",
    ] {
        let outcome = bench.get(&server, &format!("{origin}{malformed}")).await;
        assert!(matches!(outcome, Err(HttpError::Invalid(_))), "{malformed}");
    }
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_granted_host_is_reached_without_the_credential() {
    let server = Server::start_tls(|_, _| ok("")).await;
    let port = server.address.port();
    let bench =
        Bench::granting(&["GET /**", &format!("GET files.example:{port}/x")]).trusting(&server);
    assert!(bench.get(&server, "/users").await.is_ok());
    assert!(
        bench
            .get(&server, &format!("https://files.example:{port}/x"))
            .await
            .is_ok()
    );
    let seen = server.seen();
    assert!(seen[0].field("authorization").is_some());
    assert_eq!(seen[1].field("authorization"), None);
    let other = bench
        .get(&server, &format!("https://files.example:{port}/y"))
        .await;
    assert_eq!(
        other,
        Err(HttpError::Denied(format!(
            "read:users GET files.example:{port}/y"
        )))
    );
}

#[tokio::test]
async fn private_addresses_need_permission_and_metadata_has_none() {
    for (addresses, private_network) in [
        (vec!["127.0.0.1"], false),
        (vec!["8.8.8.8", "10.0.0.1"], false),
        (vec!["::ffff:127.0.0.1"], false),
        (vec!["169.254.169.254"], true),
        (vec!["127.0.0.1", "fd00:ec2::254"], true),
    ] {
        let mut bench = Bench {
            private_network,
            ..Bench::open()
        };
        bench.egress.lookup = leading_to(&addresses);
        let (outcome, effort) = bench.send("https://hub.example/api", get("/users")).await;
        assert!(
            matches!(outcome, Err(HttpError::DestinationProhibited(_))),
            "{addresses:?}: {outcome:?}"
        );
        assert_eq!(
            (effort.attempts, effort.retries),
            (1, 0),
            "and it is not tried again"
        );
    }
}

#[tokio::test]
async fn plain_http_does_not_leave_the_private_network() {
    let mut bench = Bench::open();
    bench.egress.lookup = leading_to(&["8.8.8.8"]);
    let (outcome, _) = bench.send("http://hub.internal/api", get("/users")).await;
    assert!(
        matches!(outcome, Err(HttpError::DestinationProhibited(why)) if why.contains("unencrypted"))
    );
}

#[tokio::test]
async fn a_rebound_name_is_refused() {
    let server = Server::start(|_, _| ok("")).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let mut bench = Bench::open();
    bench.egress.lookup = Arc::new(move |_| {
        let address = if count.fetch_add(1, Ordering::SeqCst) == 0 {
            [127, 0, 0, 1]
        } else {
            [169, 254, 169, 254]
        };
        futures::future::ready(Ok(vec![address.into()])).boxed()
    });
    let channel = bench.channel(&format!(
        "http://hub.internal:{}/api",
        server.address.port()
    ));
    assert!(
        channel
            .send(&bench.permit, get("/users"), &bytes(1000))
            .await
            .0
            .is_ok()
    );
    assert_eq!(
        asked.load(Ordering::SeqCst),
        1,
        "one lookup for one connection"
    );
    let (outcome, _) = channel
        .send(&bench.permit, get("/users"), &bytes(1000))
        .await;
    assert!(
        matches!(outcome, Err(HttpError::DestinationProhibited(_))),
        "{outcome:?}"
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_name_that_does_not_resolve_says_so_without_the_query() {
    let mut bench = Bench::open();
    bench.egress.lookup =
        Arc::new(|_| futures::future::ready(Err(io::Error::other("no such host"))).boxed());
    let (outcome, effort) = bench
        .send("https://hub.example/api", get("/users?private=1"))
        .await;
    assert_eq!(
        outcome,
        Err(HttpError::Dns("hub.example: no such host".into()))
    );
    assert_eq!(effort.attempts, 5, "it may be back in a moment");
}

#[tokio::test]
async fn a_large_request_is_refused() {
    let server = Server::start(|_, _| ok("")).await;
    let bench = Bench::open().limited(|limits| limits.request_bytes = 100);
    let asked = purser_model::Request {
        body: Some(vec![0; 100]),
        ..request(Method::Post, "/users")
    };
    let (outcome, _) = bench.send(&server.base(), asked).await;
    assert!(
        matches!(outcome, Err(HttpError::BudgetExhausted(which)) if which.starts_with("request-bytes 100"))
    );
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_channel_is_not_opened_to_where_it_may_not_go() {
    let bench = Bench::open();
    let open = |base: &str, private_network| {
        let credentials = Arc::clone(&bench.credentials);
        let to = Upstream {
            base_url: base.parse().unwrap(),
            credentials,
            private_network,
            pace: Arc::new(Pace::new(None)),
            rate_limit_responses: Vec::new(),
            retry: RetryPolicy::default(),
        };
        bench.egress.channel(to).err()
    };
    assert!(matches!(
        open("https://127.0.0.1/", false),
        Some(EgressError::PrivateNetwork(_))
    ));
    assert!(matches!(
        open("https://169.254.169.254/", true),
        Some(EgressError::Address(_))
    ));
    assert!(matches!(
        open("http://hub.example/", false),
        Some(EgressError::BaseUrl(_))
    ));
    assert_eq!(open("http://127.0.0.1:1/", true), None);
}

#[tokio::test]
async fn head_and_empty_answers_are_answers() {
    let server = Server::start(|_, seen| {
        let gone = seen.line.starts_with("DELETE");
        let head =
            b"HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\nconnection: close\r\n\r\n".to_vec();
        vec![Step::Send(if gone {
            answer("204 No Content", &[], "")
        } else {
            head
        })]
    })
    .await;
    let head = Bench::open()
        .send(&server.base(), request(Method::Head, "/users"))
        .await
        .0
        .unwrap();
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(
        Bench::open()
            .send(&server.base(), request(Method::Delete, "/users/1"))
            .await
            .0
            .unwrap()
            .status,
        204
    );
}
