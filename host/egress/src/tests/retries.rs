//! Retries: of which requests, after which pauses, and within which limits.

use super::server::{ReceivedRequest, Server, Step, http_response, ok};
use super::{RequestStats, TestEnv, body_budget, get, request};
use crate::timeouts::Timeouts;
use purser_model::{HttpError, Method, RateHint, RateLimitResponse, Request};
use std::time::{Duration, Instant, SystemTime};

/// A script that responds with a status and header lines at first, and then with success.
fn fail_first(
    times: usize,
    status: &'static str,
    headers: &'static [&str],
) -> impl Fn(usize, &ReceivedRequest) -> Vec<Step> {
    move |number, _| {
        if number < times {
            vec![Step::Send(http_response(status, headers, "no"))]
        } else {
            ok("yes")
        }
    }
}

#[tokio::test]
async fn temporary_refusals_are_retried_with_the_credential() {
    for status in [
        "429 Too Many Requests",
        "502 Bad Gateway",
        "503 Service Unavailable",
        "504 Gateway Timeout",
    ] {
        let server = Server::start(fail_first(2, status, &[])).await;
        let (outcome, stats) = TestEnv::granting_all()
            .send(&server.base(), get("/users"))
            .await;

        assert_eq!(outcome.unwrap().body, b"yes", "{status}");
        assert_eq!((stats.attempts, stats.retries, stats.body_bytes), (3, 2, 7));
        assert!(
            server
                .received()
                .iter()
                .all(|request| request.field("authorization").is_some())
        );
    }
}

#[tokio::test]
async fn permanent_refusals_are_not_retried() {
    for status in [
        "400 Bad Request",
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "500 Oops",
        "501 Not Implemented",
    ] {
        let server = Server::start(fail_first(1, status, &[])).await;
        let (outcome, stats) = TestEnv::granting_all()
            .send(&server.base(), get("/users"))
            .await;
        assert_eq!(outcome.unwrap().status.to_string(), status[..3]);
        assert_eq!(stats.attempts, 1, "{status}");
    }
}

#[tokio::test]
async fn request_with_possible_effect_is_retried_only_if_repeatable() {
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
        let server = Server::start(fail_first(1, "503 Service Unavailable", &[])).await;
        let outgoing = Request {
            idempotent: repeatable,
            ..request(method, "/users")
        };
        let (_, stats) = TestEnv::granting_all().send(&server.base(), outgoing).await;

        assert_eq!(stats.attempts, attempts, "{method} {repeatable}");
    }
}

#[tokio::test]
async fn refusal_after_the_last_attempt_is_the_response() {
    let server = Server::start(fail_first(99, "503 Service Unavailable", &[])).await;
    let (outcome, stats) = TestEnv::granting_all()
        .send(&server.base(), get("/users"))
        .await;

    let response = outcome.unwrap();

    assert_eq!(
        (response.status, response.body.as_slice(), stats.attempts),
        (503, b"no".as_slice(), 5)
    );
}

#[tokio::test]
async fn retry_sends_the_whole_body_again() {
    let server = Server::start(fail_first(1, "503 Service Unavailable", &[])).await;
    let outgoing = Request {
        body: Some(b"all of it".to_vec()),
        ..request(Method::Put, "/users/1")
    };
    TestEnv::granting_all()
        .send(&server.base(), outgoing)
        .await
        .0
        .unwrap();

    assert!(
        server
            .received()
            .iter()
            .all(|request| request.body == b"all of it")
    );
}

#[tokio::test]
async fn retry_after_in_seconds_is_waited_for() {
    let server = Server::start(fail_first(1, "429 Too Many Requests", &["retry-after: 1"])).await;
    let began = Instant::now();

    let (outcome, stats) = TestEnv::granting_all()
        .send(&server.base(), get("/users"))
        .await;

    assert_eq!(outcome.unwrap().body, b"yes");
    assert!(
        began.elapsed() >= Duration::from_secs(1) && stats.waited >= Duration::from_millis(990),
        "{stats:?}"
    );
}

#[tokio::test]
async fn retry_after_date_is_measured_by_the_clock_of_the_application() {
    // An application whose clock is an hour slow.
    let server = Server::start(|number, _| {
        let now = SystemTime::now() - Duration::from_secs(3600);
        let date = httpdate::fmt_http_date(now);
        let after = httpdate::fmt_http_date(now + Duration::from_secs(1));
        let headers = [format!("date: {date}"), format!("retry-after: {after}")];
        let headers: Vec<_> = headers.iter().map(String::as_str).collect();

        if number == 0 {
            vec![Step::Send(http_response(
                "503 Service Unavailable",
                &headers,
                "",
            ))]
        } else {
            ok("yes")
        }
    })
    .await;
    let began = Instant::now();

    assert_eq!(
        TestEnv::granting_all()
            .get(&server, "/users")
            .await
            .unwrap()
            .body,
        b"yes"
    );
    assert!(began.elapsed() >= Duration::from_millis(990));
}

#[tokio::test]
async fn wait_beyond_the_deadline_is_a_429_for_every_clone() {
    let server = Server::start(fail_first(
        1,
        "429 Too Many Requests",
        &["retry-after: 3600"],
    ))
    .await;
    let env = TestEnv::granting_all();
    let client = env.client(&server.base());
    let began = Instant::now();

    let (outcome, stats) = client
        .send(&env.scope, get("/users"), &body_budget(1000))
        .await;

    let response = outcome.unwrap();

    assert_eq!(
        (response.status, response.body.as_slice(), stats.attempts),
        (429, b"no".as_slice(), 1)
    );

    let (outcome, stats) = client
        .clone()
        .send(&env.scope, get("/groups"), &body_budget(1000))
        .await;

    let response = outcome.unwrap();

    assert_eq!(
        (response.status, stats.attempts),
        (429, 0),
        "a clone gets a 429 and sends nothing"
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
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn exhausted_rate_limit_blocks_the_next_request_until_the_reset() {
    let server = Server::start(|number, _| {
        let spent = ["x-ratelimit-remaining: 0", "x-ratelimit-reset: 1"];
        if number == 0 {
            vec![Step::Send(http_response("200 OK", &spent, "last"))]
        } else {
            ok("next")
        }
    })
    .await;
    let env = TestEnv::granting_all();
    let client = env.client(&server.base());
    let began = Instant::now();

    assert_eq!(
        client
            .send(&env.scope, get("/a"), &body_budget(1000))
            .await
            .0
            .unwrap()
            .body,
        b"last"
    );
    assert!(began.elapsed() < Duration::from_millis(900));

    let (outcome, stats) = client.send(&env.scope, get("/b"), &body_budget(1000)).await;

    assert_eq!(outcome.unwrap().body, b"next");
    assert!(began.elapsed() >= Duration::from_secs(1) && stats.waited > Duration::ZERO);
}

#[tokio::test]
async fn rate_limit_is_shared_by_clones() {
    let server = Server::start(|_, _| ok("")).await;
    let env = TestEnv {
        rate: Some(RateHint {
            requests: 10,
            per: 500,
        }),
        ..TestEnv::granting_all()
    };
    let client = env.client(&server.base());
    let began = Instant::now();
    let send = |_| {
        let client = client.clone();
        let scope = env.scope.clone();
        tokio::spawn(async move { client.send(&scope, get("/users"), &body_budget(1000)).await })
    };

    // Collected first, so that all are under way at once.
    let sent: Vec<_> = (0..11).map(send).collect();
    let mut waited = Duration::ZERO;

    for task in sent {
        let (outcome, stats) = task.await.unwrap();
        outcome.unwrap();
        waited = waited.max(stats.waited);
    }

    assert!(
        began.elapsed() >= Duration::from_millis(500),
        "the eleventh is in the next period"
    );
    assert!(waited >= Duration::from_millis(450), "{waited:?}");
}

#[tokio::test]
async fn retry_budget_limits_the_retries_of_a_client() {
    let server = Server::start(fail_first(usize::MAX, "503 Service Unavailable", &[])).await;
    let mut env = TestEnv::granting_all();
    env.egress.timeouts = Timeouts {
        backoff_base: Duration::ZERO,
        backoff_max: Duration::ZERO,
        ..env.egress.timeouts.clone()
    };
    let client = env.client(&server.base());
    let mut stats = RequestStats::default();

    for _ in 0..40 {
        let (outcome, spent) = client
            .send(&env.scope, get("/users"), &body_budget(1000))
            .await;
        assert_eq!(outcome.unwrap().status, 503);
        stats.retries += spent.retries;
    }

    assert_eq!(
        stats.retries, 50,
        "forty requests could be retried four times each"
    );
}

#[tokio::test]
async fn described_rate_limit_response_is_retried_and_becomes_a_429() {
    let limit = |body_has: Option<&str>| RateLimitResponse {
        status: 403,
        body_has: body_has.map(str::to_owned),
    };
    let server = Server::start(fail_first(1, "403 Forbidden", &[])).await;
    let env = TestEnv {
        rate_limit_responses: vec![limit(Some("NO"))],
        ..TestEnv::granting_all()
    };

    let (outcome, stats) = env.send(&server.base(), get("/users")).await;

    assert_eq!((outcome.unwrap().status, stats.attempts), (200, 2));

    let server = Server::start(fail_first(
        usize::MAX,
        "403 Forbidden",
        &["retry-after: 3600"],
    ))
    .await;
    let env = TestEnv {
        rate_limit_responses: vec![limit(None)],
        ..TestEnv::granting_all()
    };

    assert_eq!(env.get(&server, "/users").await.unwrap().status, 429);

    let server = Server::start(fail_first(usize::MAX, "403 Forbidden", &[])).await;
    let env = TestEnv {
        rate_limit_responses: vec![limit(Some("slow down"))],
        ..TestEnv::granting_all()
    };

    assert_eq!(env.get(&server, "/users").await.unwrap().status, 403);
}

#[tokio::test]
async fn forbidden_response_with_requests_left_is_not_a_rate_limit() {
    let headers = &["retry-after: 1", "x-ratelimit-remaining: 4999"];
    let server = Server::start(fail_first(usize::MAX, "403 Forbidden", headers)).await;

    let (outcome, stats) = TestEnv::granting_all()
        .send(&server.base(), get("/users"))
        .await;

    assert_eq!((outcome.unwrap().status, stats.attempts), (403, 1));
}

#[tokio::test]
async fn forbidden_response_is_not_a_rate_limit_where_successes_carry_retry_after() {
    let server = Server::start(|number, _| {
        let status = if number == 0 {
            "200 OK"
        } else {
            "403 Forbidden"
        };
        vec![Step::Send(http_response(status, &["retry-after: 1"], "x"))]
    })
    .await;
    let env = TestEnv::granting_all();
    let client = env.client(&server.base());
    let budget = body_budget(env.budget);

    let (first, _) = client.send(&env.scope, get("/users"), &budget).await;
    assert_eq!(first.unwrap().status, 200);
    let (second, stats) = client.send(&env.scope, get("/users"), &budget).await;

    assert_eq!((second.unwrap().status, stats.attempts), (403, 1));
    assert_eq!(client.blocked_for(), None);
}

#[tokio::test]
async fn forbidden_response_that_comes_again_after_each_wait_is_final() {
    let server = Server::start(fail_first(usize::MAX, "403 Forbidden", &["retry-after: 0"])).await;

    let (outcome, stats) = TestEnv::granting_all()
        .send(&server.base(), get("/users"))
        .await;

    assert_eq!((outcome.unwrap().status, stats.attempts), (403, 3));
}

#[tokio::test]
async fn wait_in_any_form_is_never_shortened() {
    for field in [
        "retry-after: \"7200\"",
        "retry-after: 2h",
        "ratelimit: \"day\";r=0;t=7200",
        "x-ratelimit-reset-after: 7199.5",
    ] {
        let fields: &'static [&'static str] = vec![field].leak();
        let server = Server::start(fail_first(usize::MAX, "429 Too Many Requests", fields)).await;
        let env = TestEnv::granting_all();
        let client = env.client(&server.base());

        let (outcome, stats) = client
            .send(&env.scope, get("/users"), &body_budget(env.budget))
            .await;

        assert_eq!(
            (outcome.unwrap().status, stats.attempts),
            (429, 1),
            "{field}"
        );
        let blocked = client.blocked_for().unwrap().as_secs();
        assert!((7190..=7200).contains(&blocked), "{field}: {blocked}");
    }
}

#[tokio::test]
async fn retry_window_ends_retries() {
    let server = Server::start(fail_first(99, "503 Service Unavailable", &[])).await;
    let mut env = TestEnv::granting_all();
    env.retry.within_seconds = 0;
    let minute = Duration::from_secs(60);
    env.egress.timeouts = Timeouts {
        backoff_base: minute,
        backoff_max: minute,
        ..Timeouts::default()
    };

    let (outcome, stats) = env.send(&server.base(), get("/users")).await;

    assert_eq!((outcome.unwrap().status, stats.attempts), (503, 1));
}

#[tokio::test]
async fn bodies_of_failed_attempts_count_to_the_budget() {
    let server = Server::start(|number, _| {
        if number == 0 {
            vec![Step::Send(http_response(
                "503 Service Unavailable",
                &[],
                [0; 600],
            ))]
        } else {
            ok([0; 600])
        }
    })
    .await;
    let env = TestEnv {
        budget: 1000,
        ..TestEnv::granting_all()
    };

    let (outcome, stats) = env.send(&server.base(), get("/users")).await;

    assert!(
        matches!(outcome, Err(HttpError::BudgetExhausted(_))),
        "{outcome:?}"
    );
    assert_eq!(stats.attempts, 2);
}
