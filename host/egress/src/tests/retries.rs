//! What is sent again, when, and by whom the application's word is kept.

use super::server::{Seen, Server, Step, answer, ok};
use super::{Bench, Effort, bytes, get, request};
use crate::timeouts::Timing;
use purser_model::{HttpError, LimitedAnswer, Method, RateHint, Request};
use std::time::{Duration, Instant, SystemTime};

/// A script that answers with a status and header lines at first, and then well.
fn first(
    times: usize,
    status: &'static str,
    headers: &'static [&str],
) -> impl Fn(usize, &Seen) -> Vec<Step> {
    move |number, _| {
        if number < times {
            vec![Step::Send(answer(status, headers, "no"))]
        } else {
            ok("yes")
        }
    }
}

#[tokio::test]
async fn passing_refusals_are_repeated_with_the_credential_each_time() {
    for status in [
        "429 Too Many Requests",
        "502 Bad Gateway",
        "503 Service Unavailable",
        "504 Gateway Timeout",
    ] {
        let server = Server::start(first(2, status, &[])).await;
        let (outcome, effort) = Bench::open().send(&server.base(), get("/users")).await;
        assert_eq!(outcome.unwrap().body, b"yes", "{status}");
        assert_eq!(
            (effort.attempts, effort.retries, effort.body_bytes),
            (3, 2, 7)
        );
        assert!(
            server
                .seen()
                .iter()
                .all(|seen| seen.field("authorization").is_some())
        );
    }
}

#[tokio::test]
async fn lasting_refusals_are_not() {
    for status in [
        "400 Bad Request",
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "500 Oops",
        "501 Not Implemented",
    ] {
        let server = Server::start(first(1, status, &[])).await;
        let (outcome, effort) = Bench::open().send(&server.base(), get("/users")).await;
        assert_eq!(outcome.unwrap().status.to_string(), status[..3]);
        assert_eq!(effort.attempts, 1, "{status}");
    }
}

#[tokio::test]
async fn a_request_that_may_have_had_effect_is_repeated_only_if_that_is_safe() {
    for (method, repeatable, attempts) in [
        (Method::Get, false, 2),
        (Method::Head, false, 2),
        (Method::Put, false, 2),
        (Method::Delete, false, 2),
        (Method::Post, false, 1),
        (Method::Patch, false, 1),
        (Method::Post, true, 2),
        (Method::Patch, true, 2),
    ] {
        let server = Server::start(first(1, "503 Service Unavailable", &[])).await;
        let asked = Request {
            repeatable,
            ..request(method, "/users")
        };
        let (_, effort) = Bench::open().send(&server.base(), asked).await;
        assert_eq!(effort.attempts, attempts, "{method} {repeatable}");
    }
}

#[tokio::test]
async fn a_refusal_that_stays_is_an_answer() {
    let server = Server::start(first(99, "503 Service Unavailable", &[])).await;
    let (outcome, effort) = Bench::open().send(&server.base(), get("/users")).await;
    let response = outcome.unwrap();
    assert_eq!(
        (response.status, response.body.as_slice(), effort.attempts),
        (503, b"no".as_slice(), 5)
    );
}

#[tokio::test]
async fn a_body_that_was_sent_once_is_sent_again_whole() {
    let server = Server::start(first(1, "503 Service Unavailable", &[])).await;
    let asked = Request {
        body: Some(b"all of it".to_vec()),
        ..request(Method::Put, "/users/1")
    };
    Bench::open().send(&server.base(), asked).await.0.unwrap();
    assert!(server.seen().iter().all(|seen| seen.body == b"all of it"));
}

#[tokio::test]
async fn seconds_are_kept() {
    let server = Server::start(first(1, "429 Too Many Requests", &["retry-after: 1"])).await;
    let began = Instant::now();
    let (outcome, effort) = Bench::open().send(&server.base(), get("/users")).await;
    assert_eq!(outcome.unwrap().body, b"yes");
    assert!(
        began.elapsed() >= Duration::from_secs(1) && effort.waited >= Duration::from_millis(990),
        "{effort:?}"
    );
}

#[tokio::test]
async fn a_date_is_kept_by_the_applications_clock() {
    // An application whose clock is an hour slow.
    let server = Server::start(|number, _| {
        let now = SystemTime::now() - Duration::from_secs(3600);
        let (date, after) = (
            httpdate::fmt_http_date(now),
            httpdate::fmt_http_date(now + Duration::from_secs(1)),
        );
        let headers = [format!("date: {date}"), format!("retry-after: {after}")];
        let headers: Vec<_> = headers.iter().map(String::as_str).collect();
        if number == 0 {
            vec![Step::Send(answer("503 Service Unavailable", &headers, ""))]
        } else {
            ok("yes")
        }
    })
    .await;
    let began = Instant::now();
    assert_eq!(
        Bench::open().get(&server, "/users").await.unwrap().body,
        b"yes"
    );
    assert!(began.elapsed() >= Duration::from_millis(990));
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_an_answer_and_kept_by_all() {
    let server = Server::start(first(1, "429 Too Many Requests", &["retry-after: 3600"])).await;
    let bench = Bench::open();
    let channel = bench.channel(&server.base());
    let began = Instant::now();
    let (outcome, effort) = channel
        .send(&bench.permit, get("/users"), &bytes(1000))
        .await;
    let response = outcome.unwrap();
    assert_eq!(
        (response.status, response.body.as_slice(), effort.attempts),
        (429, b"no".as_slice(), 1)
    );
    let (outcome, effort) = channel
        .clone()
        .send(&bench.permit, get("/groups"), &bytes(1000))
        .await;
    let response = outcome.unwrap();
    assert_eq!(
        (response.status, effort.attempts),
        (429, 0),
        "another stream is told so without asking"
    );
    let retry_after = response
        .headers
        .iter()
        .find(|header| header.name == "retry-after")
        .unwrap();
    assert!(
        (3590..=3600).contains(&retry_after.value.parse::<u32>().unwrap()),
        "{retry_after:?}"
    );
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_spent_allowance_closes_the_channel_before_it_is_overdrawn() {
    let server = Server::start(|number, _| {
        let spent = ["x-ratelimit-remaining: 0", "x-ratelimit-reset: 1"];
        if number == 0 {
            vec![Step::Send(answer("200 OK", &spent, "last"))]
        } else {
            ok("next")
        }
    })
    .await;
    let bench = Bench::open();
    let channel = bench.channel(&server.base());
    let began = Instant::now();
    assert_eq!(
        channel
            .send(&bench.permit, get("/a"), &bytes(1000))
            .await
            .0
            .unwrap()
            .body,
        b"last"
    );
    assert!(began.elapsed() < Duration::from_millis(900));
    let (outcome, effort) = channel.send(&bench.permit, get("/b"), &bytes(1000)).await;
    assert_eq!(outcome.unwrap().body, b"next");
    assert!(began.elapsed() >= Duration::from_secs(1) && effort.waited > Duration::ZERO);
}

#[tokio::test]
async fn the_rate_is_shared_by_clones() {
    let server = Server::start(|_, _| ok("")).await;
    let bench = Bench {
        rate: Some(RateHint {
            requests: 10,
            per: 500,
        }),
        ..Bench::open()
    };
    let channel = bench.channel(&server.base());
    let began = Instant::now();
    let send = |_| {
        let (channel, permit) = (channel.clone(), bench.permit.clone());
        tokio::spawn(async move { channel.send(&permit, get("/users"), &bytes(1000)).await })
    };
    // Collected, so that all are under way at once.
    let sent: Vec<_> = (0..11).map(send).collect();
    let mut waited = Duration::ZERO;
    for task in sent {
        let (outcome, effort) = task.await.unwrap();
        outcome.unwrap();
        waited = waited.max(effort.waited);
    }
    assert!(
        began.elapsed() >= Duration::from_millis(500),
        "the eleventh is in the next period"
    );
    assert!(waited >= Duration::from_millis(450), "{waited:?}");
}

#[tokio::test]
async fn what_is_down_is_not_asked_again_without_end() {
    let server = Server::start(first(usize::MAX, "503 Service Unavailable", &[])).await;
    let mut bench = Bench::open();
    bench.egress.timing = Timing {
        pause: Duration::ZERO,
        longest_pause: Duration::ZERO,
        ..bench.egress.timing.clone()
    };
    let channel = bench.channel(&server.base());
    let mut effort = Effort::default();
    for _ in 0..40 {
        let (outcome, spent) = channel
            .send(&bench.permit, get("/users"), &bytes(1000))
            .await;
        assert_eq!(outcome.unwrap().status, 503);
        effort.retries += spent.retries;
    }
    assert_eq!(
        effort.retries, 50,
        "forty requests, which could be repeated four times each"
    );
}

#[tokio::test]
async fn an_answer_described_as_a_limit_is_waited_for_and_comes_as_one() {
    let limit = |body_has: Option<&str>| RateLimitResponse {
        status: 403,
        body_has: body_has.map(str::to_owned),
    };
    let server = Server::start(first(1, "403 Forbidden", &[])).await;
    let bench = Bench {
        limits_by: vec![limit(Some("NO"))],
        ..Bench::open()
    };
    let (outcome, effort) = bench.send(&server.base(), get("/users")).await;
    assert_eq!((outcome.unwrap().status, effort.attempts), (200, 2));

    let server = Server::start(first(usize::MAX, "403 Forbidden", &["retry-after: 3600"])).await;
    let bench = Bench {
        limits_by: vec![limit(None)],
        ..Bench::open()
    };
    assert_eq!(bench.get(&server, "/users").await.unwrap().status, 429);

    let server = Server::start(first(usize::MAX, "403 Forbidden", &[])).await;
    let bench = Bench {
        limits_by: vec![limit(Some("slow down"))],
        ..Bench::open()
    };
    assert_eq!(bench.get(&server, "/users").await.unwrap().status, 403);
}

#[tokio::test]
async fn patience_ends_repetition() {
    let server = Server::start(first(99, "503 Service Unavailable", &[])).await;
    let mut bench = Bench::open();
    bench.retry.within_seconds = 0;
    let pause = Duration::from_secs(60);
    bench.egress.timing = Timing {
        pause,
        longest_pause: pause,
        ..Timing::default()
    };
    let (outcome, effort) = bench.send(&server.base(), get("/users")).await;
    assert_eq!((outcome.unwrap().status, effort.attempts), (503, 1));
}

#[tokio::test]
async fn the_bytes_of_failed_attempts_count() {
    let server = Server::start(|number, _| {
        if number == 0 {
            vec![Step::Send(answer("503 Service Unavailable", &[], [0; 600]))]
        } else {
            ok([0; 600])
        }
    })
    .await;
    let bench = Bench {
        budget: 1000,
        ..Bench::open()
    };
    let (outcome, effort) = bench.send(&server.base(), get("/users")).await;
    assert!(
        matches!(outcome, Err(HttpError::BudgetExhausted(_))),
        "{outcome:?}"
    );
    assert_eq!(effort.attempts, 2);
}
