//! Names that lead somewhere else each time they are asked for, and to several places at once. The resolver is scripted; the servers are real.

use super::redirects::to;
use super::server::{Server, Step, answer, ok};
use super::{Bench, get};
use crate::policy::resolver::Lookup;
use crate::timeouts::Timing;
use futures::FutureExt as _;
use purser_model::HttpError;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Gives one answer after another, and the last one for ever. How often it was asked.
fn scripted(answers: &[&[&str]]) -> (Lookup, Arc<AtomicUsize>) {
    let address = |text: &&str| text.parse::<IpAddr>().unwrap();
    let answers: Vec<Vec<_>> = answers
        .iter()
        .map(|answer| answer.iter().map(address).collect())
        .collect();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let lookup: Lookup = Arc::new(move |_| {
        let answer = answers[count.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1)].clone();
        async move { Ok(answer) }.boxed()
    });
    (lookup, asked)
}

fn base(server: &Server) -> String {
    format!("http://hub.internal:{}/api", server.address.port())
}

#[tokio::test]
async fn a_name_that_is_rebound_before_the_repetition_is_not_followed_there() {
    let server = Server::start(|_, _| vec![Step::Send(answer("503 Busy", &[], ""))]).await;
    let (lookup, asked) = scripted(&[&["127.0.0.1"], &["169.254.169.254"]]);
    let mut bench = Bench::open();
    bench.egress.lookup = lookup;
    let (outcome, effort) = bench.send(&base(&server), get("/users")).await;
    assert!(
        matches!(&outcome, Err(HttpError::DestinationProhibited(why)) if why.contains("169.254")),
        "{outcome:?}"
    );
    assert_eq!(
        (effort.attempts, asked.load(Ordering::SeqCst)),
        (2, 2),
        "and it is not tried a third time"
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_name_that_is_rebound_before_the_redirect_is_not_followed_there() {
    let server = Server::start(|_, _| to("302 Found", "/api/b")).await;
    for rebound in ["169.254.169.254", "fd00:ec2::254", "8.8.8.8"] {
        let (lookup, _) = scripted(&[&["127.0.0.1"], &[rebound]]);
        let mut bench = Bench::open();
        bench.egress.lookup = lookup;
        let before = server.seen().len();
        let (outcome, _) = bench.send(&base(&server), get("/users")).await;
        assert!(
            matches!(outcome, Err(HttpError::DestinationProhibited(_))),
            "{rebound}: {outcome:?}"
        );
        assert_eq!(server.seen().len(), before + 1, "{rebound}");
    }
}

/// The good one is first, listens, and would be dialled first.
#[tokio::test]
async fn one_bad_address_among_good_ones_keeps_all_of_them_from_being_dialled() {
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
        let mut bench = Bench::open();
        bench.egress.lookup = lookup;
        let (outcome, effort) = bench.send(&base(&server), get("/users")).await;
        assert!(
            matches!(outcome, Err(HttpError::DestinationProhibited(_))),
            "{bad}: {outcome:?}"
        );
        assert_eq!(effort.attempts, 1);
    }
    assert!(server.seen().is_empty());
    let (lookup, _) = scripted(&[&["127.0.0.1", "127.0.0.1"]]);
    let mut bench = Bench::open();
    bench.egress.lookup = lookup;
    assert!(
        bench.send(&base(&server), get("/users")).await.0.is_ok(),
        "and without it they are"
    );
}

#[tokio::test]
async fn a_granted_host_that_is_rebound_is_not_followed_there() {
    let server = Server::start_tls(|_, _| ok("")).await;
    let port = server.address.port();
    let granted = Bench::granting(&["GET /**", &format!("GET files.example:{port}/**")]);
    let mut bench = granted.trusting(&server);
    let lookup: Lookup = Arc::new(|name| {
        let address = if name == "hub.example" {
            [127, 0, 0, 1]
        } else {
            [169, 254, 169, 254]
        };
        async move { Ok(vec![address.into()]) }.boxed()
    });
    bench.egress.lookup = lookup;
    assert!(bench.get(&server, "/users").await.is_ok());
    let outcome = bench
        .get(&server, &format!("https://files.example:{port}/x"))
        .await;
    assert!(
        matches!(outcome, Err(HttpError::DestinationProhibited(_))),
        "{outcome:?}"
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_lookup_that_never_ends_is_given_up() {
    let mut bench = Bench::open();
    bench.egress.lookup = Arc::new(|_| std::future::pending().boxed());
    bench.egress.timing = Timing {
        connect: Duration::from_millis(200),
        ..bench.egress.timing
    };
    bench.retry.attempts = 2;
    let began = Instant::now();
    let (outcome, effort) = bench.send("https://hub.example/api", get("/users")).await;
    assert_eq!(
        (outcome, effort.attempts),
        (Err(HttpError::ConnectionTimeout), 2)
    );
    assert!(began.elapsed() < Duration::from_secs(20));
}
