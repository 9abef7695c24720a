//! Host names whose addresses change, or of which only some are allowed. The lookup is scripted;
//! the servers are real.

use super::redirects::redirect_to;
use super::server::{Server, Step, http_response, ok};
use super::{TestEnv, get};
use crate::policy::resolver::Lookup;
use crate::timeouts::Timeouts;
use futures::FutureExt as _;
use purser_model::HttpError;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Returns a lookup that gives one result after another, then the last one for ever. Also returns
/// the number of lookups so far.
fn scripted(results: &[&[&str]]) -> (Lookup, Arc<AtomicUsize>) {
    let address = |text: &&str| text.parse::<IpAddr>().unwrap();
    let results: Vec<Vec<_>> = results
        .iter()
        .map(|result| result.iter().map(address).collect())
        .collect();
    let lookups = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&lookups);
    let lookup: Lookup = Arc::new(move |_| {
        let result = results[count.fetch_add(1, Ordering::SeqCst).min(results.len() - 1)].clone();
        async move { Ok(result) }.boxed()
    });
    (lookup, lookups)
}

fn base(server: &Server) -> String {
    format!("http://hub.internal:{}/api", server.address.port())
}

#[tokio::test]
async fn name_rebound_before_a_retry_is_prohibited() {
    let server = Server::start(|_, _| vec![Step::Send(http_response("503 Busy", &[], ""))]).await;
    let (lookup, lookups) = scripted(&[&["127.0.0.1"], &["169.254.169.254"]]);
    let mut env = TestEnv::granting_all();
    env.egress.lookup = lookup;

    let (outcome, stats) = env.send(&base(&server), get("/users")).await;

    assert!(
        matches!(&outcome, Err(HttpError::DestinationProhibited(why)) if why.contains("169.254")),
        "{outcome:?}"
    );
    assert_eq!(
        (stats.attempts, lookups.load(Ordering::SeqCst)),
        (2, 2),
        "it is not retried again"
    );
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn name_rebound_before_a_redirect_is_prohibited() {
    let server = Server::start(|_, _| redirect_to("302 Found", "/api/b")).await;

    for rebound in ["169.254.169.254", "fd00:ec2::254", "8.8.8.8"] {
        let (lookup, _) = scripted(&[&["127.0.0.1"], &[rebound]]);
        let mut env = TestEnv::granting_all();
        env.egress.lookup = lookup;
        let before = server.received().len();

        let (outcome, _) = env.send(&base(&server), get("/users")).await;

        assert!(
            matches!(outcome, Err(HttpError::DestinationProhibited(_))),
            "{rebound}: {outcome:?}"
        );
        assert_eq!(server.received().len(), before + 1, "{rebound}");
    }
}

/// The allowed address comes first, has a listener, and would be connected to first.
#[tokio::test]
async fn one_prohibited_address_prevents_every_connection() {
    let server = Server::start(|_, _| ok("")).await;

    for bad in [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "0.0.0.0",
        "8.8.8.8",
    ] {
        let (lookup, _) = scripted(&[&["127.0.0.1", bad, "127.0.0.1"]]);
        let mut env = TestEnv::granting_all();
        env.egress.lookup = lookup;

        let (outcome, stats) = env.send(&base(&server), get("/users")).await;

        assert!(
            matches!(outcome, Err(HttpError::DestinationProhibited(_))),
            "{bad}: {outcome:?}"
        );
        assert_eq!(stats.attempts, 1);
    }

    assert!(server.received().is_empty());

    let (lookup, _) = scripted(&[&["127.0.0.1", "127.0.0.1"]]);
    let mut env = TestEnv::granting_all();
    env.egress.lookup = lookup;

    assert!(
        env.send(&base(&server), get("/users")).await.0.is_ok(),
        "without it the request succeeds"
    );
}

#[tokio::test]
async fn granted_host_with_a_prohibited_address_is_not_contacted() {
    let server = Server::start_tls(|_, _| ok("")).await;
    let port = server.address.port();
    let granted = TestEnv::with_grant(&["GET /**", &format!("GET files.example:{port}/**")]);
    let mut env = granted.trusting(&server);
    let lookup: Lookup = Arc::new(|name| {
        let address = if name == "hub.example" {
            [127, 0, 0, 1]
        } else {
            [169, 254, 169, 254]
        };
        async move { Ok(vec![address.into()]) }.boxed()
    });
    env.egress.lookup = lookup;

    assert!(env.get(&server, "/users").await.is_ok());

    let outcome = env
        .get(&server, &format!("https://files.example:{port}/x"))
        .await;

    assert!(
        matches!(outcome, Err(HttpError::DestinationProhibited(_))),
        "{outcome:?}"
    );
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn endless_lookup_ends_at_the_connect_timeout() {
    let mut env = TestEnv::granting_all();
    env.egress.lookup = Arc::new(|_| std::future::pending().boxed());
    env.egress.timeouts = Timeouts {
        connect: Duration::from_millis(200),
        ..env.egress.timeouts
    };
    env.retry.attempts = 2;
    let began = Instant::now();

    let (outcome, stats) = env.send("https://hub.example/api", get("/users")).await;

    assert_eq!(
        (outcome, stats.attempts),
        (Err(HttpError::ConnectionTimeout), 2)
    );
    assert!(began.elapsed() < Duration::from_secs(20));
}
