//! Response bodies that are large, endless, compressed, cut short, or of a wrong length.

use super::server::{Server, Step, http_response, ok};
use super::{TestEnv, body_budget, get, request};
use crate::timeouts::Timeouts;
use purser_model::{HttpError, Method};
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The head of a response with a chunked body.
const CHUNKED: &[u8] =
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";

/// 64 KiB of a chunked body.
fn chunk() -> Vec<u8> {
    [b"10000\r\n".as_slice(), &[b'x'; 0x1_0000], b"\r\n"].concat()
}

#[tokio::test]
async fn body_of_the_limit_is_accepted_and_one_byte_more_is_refused() {
    let env = TestEnv::granting_all().with_limits(|limits| limits.response_bytes = 1000);
    let server = Server::start(|_, _| ok([7; 1000])).await;

    let (outcome, stats) = env.send(&server.base(), get("/users")).await;

    assert_eq!(
        (outcome.unwrap().body.len(), stats.body_bytes),
        (1000, 1000)
    );

    let server = Server::start(|_, _| ok([7; 1001])).await;

    assert_eq!(
        env.get(&server, "/users").await,
        Err(HttpError::ResponseBodySize(1000))
    );
}

#[tokio::test]
async fn body_larger_than_the_budget_of_the_call_is_refused() {
    let server = Server::start(|_, _| ok([7; 1000])).await;
    let env = TestEnv {
        budget: 999,
        ..TestEnv::granting_all()
    };

    let (outcome, stats) = env.send(&server.base(), get("/users")).await;

    assert!(
        matches!(outcome, Err(HttpError::BudgetExhausted(which)) if which.starts_with("response-bytes-total"))
    );
    assert_eq!(stats.attempts, 1, "it is not retried");
}

#[tokio::test]
async fn concurrent_requests_share_the_budget_of_the_call() {
    let head = http_response("200 OK", &[], [7; 1000]);
    let (first, second) = head.split_at(head.len() - 600);
    let first = first.to_vec();
    let second = second.to_vec();
    let both = Arc::new(AtomicBool::new(false));
    let go_on = Arc::clone(&both);

    // Each response pauses within its body until the other request has arrived.
    let server = Server::start(move |number, _| {
        if number == 1 {
            go_on.store(true, Ordering::SeqCst);
        }

        vec![
            Step::Send(first.clone()),
            Step::Until(Arc::clone(&go_on)),
            Step::Send(second.clone()),
        ]
    })
    .await;
    let env = TestEnv::granting_all();
    let budget = body_budget(1500);
    let client = env.client(&server.base());
    let send = || async { client.send(&env.scope, get("/users"), &budget).await.0 };

    let outcomes = [futures::join!(send(), send())]
        .map(|(one, other)| [one, other])
        .concat();
    let exhausted = HttpError::BudgetExhausted("response-bytes-total = 1500".into());

    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(outcomes.contains(&Err(exhausted)));
    assert!(both.load(Ordering::SeqCst));
}

#[tokio::test]
async fn endless_body_is_cut_at_the_limit() {
    let server =
        Server::start(|_, _| vec![Step::Send(CHUNKED.to_vec()), Step::SendForever(chunk())]).await;
    let env = TestEnv::granting_all().with_limits(|limits| limits.response_bytes = 300_000);

    let (outcome, stats) = env.send(&server.base(), get("/users")).await;

    assert_eq!(outcome, Err(HttpError::ResponseBodySize(300_000)));
    assert!(
        stats.body_bytes < 2_000_000,
        "{} bytes were read",
        stats.body_bytes
    );
}

#[tokio::test]
async fn compression_bomb_is_limited_by_its_decoded_size() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());

    for _ in 0..1024 {
        encoder.write_all(&[0; 0x1_0000]).unwrap();
    }

    let compressed = encoder.finish().unwrap();

    assert!(
        compressed.len() < 100_000,
        "64 MiB in {} bytes",
        compressed.len()
    );

    let server = Server::responding(http_response(
        "200 OK",
        &["content-encoding: gzip"],
        compressed,
    ))
    .await;
    let env = TestEnv::granting_all().with_limits(|limits| limits.response_bytes = 1 << 20);

    let (outcome, stats) = env.send(&server.base(), get("/users")).await;

    assert_eq!(outcome, Err(HttpError::ResponseBodySize(1 << 20)));
    assert!(
        stats.body_bytes < 2 << 20,
        "{} bytes were decompressed",
        stats.body_bytes
    );
}

#[tokio::test]
async fn gzip_body_arrives_decompressed() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(b"[1,2,3]").unwrap();
    let server = Server::responding(http_response(
        "200 OK",
        &["content-encoding: gzip"],
        encoder.finish().unwrap(),
    ))
    .await;

    let response = TestEnv::granting_all()
        .get(&server, "/users")
        .await
        .unwrap();

    assert_eq!(response.body, b"[1,2,3]");
    assert!(
        response
            .headers
            .iter()
            .all(|header| header.name != "content-encoding")
    );
    assert!(
        server.received()[0]
            .field("accept-encoding")
            .unwrap()
            .contains("gzip")
    );
}

#[tokio::test]
async fn slow_body_ends_at_the_attempt_timeout() {
    let drip = || {
        [
            Step::Send(b"1\r\nx\r\n".to_vec()),
            Step::Pause(Duration::from_millis(20)),
        ]
    };
    let server = Server::start(move |_, _| {
        std::iter::once(Step::Send(CHUNKED.to_vec()))
            .chain(std::iter::repeat_with(drip).take(200).flatten())
            .collect()
    })
    .await;
    let mut env = TestEnv::granting_all();
    env.egress.timeouts = Timeouts {
        attempt: Duration::from_millis(200),
        ..env.egress.timeouts
    };
    env.retry.attempts = 1;
    let began = Instant::now();

    assert_eq!(
        env.get(&server, "/users").await,
        Err(HttpError::ResponseTimeout)
    );
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn silence_ends_at_the_read_timeout() {
    let server = Server::start(|_, _| vec![Step::Pause(Duration::from_secs(60))]).await;
    let mut env = TestEnv::granting_all();
    env.egress.timeouts = Timeouts {
        silence: Duration::from_millis(100),
        ..env.egress.timeouts
    };
    env.retry.attempts = 2;

    let (outcome, stats) = env.send(&server.base(), get("/users")).await;

    assert_eq!(outcome, Err(HttpError::ResponseTimeout));
    assert_eq!(stats.attempts, 2);
}

#[tokio::test]
async fn body_that_breaks_off_is_a_terminated_connection() {
    let plain = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this".to_vec();
    let chunked = [CHUNKED, b"5\r\nhello\r\n"].concat();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&[1; 10_000]).unwrap();
    let compressed = encoder.finish().unwrap();
    let head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1000\r\n\r\n";
    let compressed = [head, &compressed[..compressed.len() - 10]].concat();

    for broken in [plain, chunked, compressed] {
        let server = Server::responding(broken.clone()).await;
        let (outcome, stats) = TestEnv::granting_all()
            .send(&server.base(), get("/users"))
            .await;

        assert_eq!(
            outcome,
            Err(HttpError::ConnectionTerminated),
            "{}",
            String::from_utf8_lossy(&broken)
        );
        assert_eq!(stats.attempts, 5, "a GET is retried");

        let (outcome, stats) = TestEnv::granting_all()
            .send(&server.base(), request(Method::Post, "/users"))
            .await;

        assert_eq!(
            (outcome, stats.attempts),
            (Err(HttpError::ConnectionTerminated), 1),
            "a POST is not"
        );
    }
}

#[tokio::test]
async fn wrong_content_length_is_detected() {
    let long = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\nshort".to_vec();
    let outcome = TestEnv::granting_all()
        .get(&Server::responding(long).await, "/users")
        .await;

    assert_eq!(
        outcome,
        Err(HttpError::ResponseBodySize(16 << 20)),
        "announced to be over the limit, so nothing is read"
    );

    let short =
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nmuch longer".to_vec();

    assert_eq!(
        TestEnv::granting_all()
            .get(&Server::responding(short).await, "/users")
            .await
            .unwrap()
            .body,
        b"much "
    );

    let negative = b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nx".to_vec();
    let outcome = TestEnv::granting_all()
        .get(&Server::responding(negative).await, "/users")
        .await;

    assert!(
        matches!(outcome, Err(HttpError::Protocol(_))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn too_many_or_too_large_headers_are_a_protocol_error() {
    let many: Vec<_> = (0..200).map(|index| format!("x-{index}: y")).collect();
    let large = vec![format!("x-large: {}", "y".repeat(1 << 20))];

    for headers in [many, large] {
        let headers: Vec<_> = headers.iter().map(String::as_str).collect();
        let server = Server::responding(http_response("200 OK", &headers, "")).await;

        let outcome = TestEnv::granting_all().get(&server, "/users").await;

        assert!(
            matches!(outcome, Err(HttpError::Protocol(_))),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn corrupt_gzip_body_is_a_coding_error() {
    let server = Server::responding(http_response(
        "200 OK",
        &["content-encoding: gzip"],
        "this is not gzip at all",
    ))
    .await;

    let outcome = TestEnv::granting_all().get(&server, "/users").await;

    assert!(
        matches!(outcome, Err(HttpError::ContentCoding(_))),
        "{outcome:?}"
    );
}
