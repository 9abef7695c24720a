//! Bodies that are large, endless, packed, cut short or lied about.

use super::server::{Server, Step, answer, ok};
use super::{Bench, bytes, get, request};
use crate::timeouts::Timing;
use purser_model::{HttpError, Method};
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const CHUNKED: &[u8] =
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";

/// 64 KiB of a chunked body.
fn chunk() -> Vec<u8> {
    [b"10000\r\n".as_slice(), &[b'x'; 0x1_0000], b"\r\n"].concat()
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_passes_and_one_more_byte_does_not() {
    let bench = Bench::open().limited(|limits| limits.response_bytes = 1000);
    let server = Server::start(|_, _| ok([7; 1000])).await;
    let (outcome, effort) = bench.send(&server.base(), get("/users")).await;
    assert_eq!(
        (outcome.unwrap().body.len(), effort.body_bytes),
        (1000, 1000)
    );
    let server = Server::start(|_, _| ok([7; 1001])).await;
    assert_eq!(
        bench.get(&server, "/users").await,
        Err(HttpError::ResponseBodySize(1000))
    );
}

#[tokio::test]
async fn what_is_left_of_the_calls_budget_is_a_limit_too() {
    let server = Server::start(|_, _| ok([7; 1000])).await;
    let bench = Bench {
        budget: 999,
        ..Bench::open()
    };
    let (outcome, effort) = bench.send(&server.base(), get("/users")).await;
    assert!(
        matches!(outcome, Err(HttpError::BudgetExhausted(which)) if which.starts_with("response-bytes-total"))
    );
    assert_eq!(effort.attempts, 1, "and it is not tried again");
}

#[tokio::test]
async fn requests_beside_one_another_have_what_is_left_together() {
    let head = answer("200 OK", &[], [7; 1000]);
    let (first, second) = head.split_at(head.len() - 600);
    let (first, second) = (first.to_vec(), second.to_vec());
    let both = Arc::new(AtomicBool::new(false));
    let go_on = Arc::clone(&both);
    // Each waits in the middle of its body until the other is there, too.
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
    let (bench, budget) = (Bench::open(), bytes(1500));
    let channel = bench.channel(&server.base());
    let send = || async { channel.send(&bench.permit, get("/users"), &budget).await.0 };
    let outcomes = [futures::join!(send(), send())]
        .map(|(one, other)| [one, other])
        .concat();
    let exhausted = HttpError::BudgetExhausted("response-bytes-total = 1500".into());
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(outcomes.contains(&Err(exhausted)));
    assert!(both.load(Ordering::SeqCst));
}

#[tokio::test]
async fn an_endless_body_is_cut_at_the_limit() {
    let server =
        Server::start(|_, _| vec![Step::Send(CHUNKED.to_vec()), Step::SendForEver(chunk())]).await;
    let bench = Bench::open().limited(|limits| limits.response_bytes = 300_000);
    let (outcome, effort) = bench.send(&server.base(), get("/users")).await;
    assert_eq!(outcome, Err(HttpError::ResponseBodySize(300_000)));
    assert!(
        effort.body_bytes < 2_000_000,
        "{} bytes were read",
        effort.body_bytes
    );
}

#[tokio::test]
async fn a_bomb_is_cut_at_its_decoded_size() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..1024 {
        encoder.write_all(&[0; 0x1_0000]).unwrap();
    }
    let packed = encoder.finish().unwrap();
    assert!(packed.len() < 100_000, "64 MiB in {} bytes", packed.len());
    let server = Server::answering(answer("200 OK", &["content-encoding: gzip"], packed)).await;
    let bench = Bench::open().limited(|limits| limits.response_bytes = 1 << 20);
    let (outcome, effort) = bench.send(&server.base(), get("/users")).await;
    assert_eq!(outcome, Err(HttpError::ResponseBodySize(1 << 20)));
    assert!(
        effort.body_bytes < 2 << 20,
        "{} bytes were unpacked",
        effort.body_bytes
    );
}

#[tokio::test]
async fn a_packed_body_arrives_unpacked() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(b"[1,2,3]").unwrap();
    let server = Server::answering(answer(
        "200 OK",
        &["content-encoding: gzip"],
        encoder.finish().unwrap(),
    ))
    .await;
    let response = Bench::open().get(&server, "/users").await.unwrap();
    assert_eq!(response.body, b"[1,2,3]");
    assert!(
        response
            .headers
            .iter()
            .all(|header| header.name != "content-encoding")
    );
    assert!(
        server.seen()[0]
            .field("accept-encoding")
            .unwrap()
            .contains("gzip")
    );
}

#[tokio::test]
async fn a_slow_body_ends_in_time() {
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
    let mut bench = Bench::open();
    bench.egress.timing = Timing {
        attempt: Duration::from_millis(200),
        ..bench.egress.timing
    };
    bench.retry.attempts = 1;
    let began = Instant::now();
    assert_eq!(
        bench.get(&server, "/users").await,
        Err(HttpError::ResponseTimeout)
    );
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn silence_ends_in_time() {
    let server = Server::start(|_, _| vec![Step::Pause(Duration::from_secs(60))]).await;
    let mut bench = Bench::open();
    bench.egress.timing = Timing {
        silence: Duration::from_millis(100),
        ..bench.egress.timing
    };
    bench.retry.attempts = 2;
    let (outcome, effort) = bench.send(&server.base(), get("/users")).await;
    assert_eq!(outcome, Err(HttpError::ResponseTimeout));
    assert_eq!(effort.attempts, 2);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_answer() {
    let plain = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this".to_vec();
    let chunked = [CHUNKED, b"5\r\nhello\r\n"].concat();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&[1; 10_000]).unwrap();
    let packed = encoder.finish().unwrap();
    let head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1000\r\n\r\n";
    let packed = [head, &packed[..packed.len() - 10]].concat();
    for broken in [plain, chunked, packed] {
        let server = Server::answering(broken.clone()).await;
        let (outcome, effort) = Bench::open().send(&server.base(), get("/users")).await;
        assert_eq!(
            outcome,
            Err(HttpError::ConnectionTerminated),
            "{}",
            String::from_utf8_lossy(&broken)
        );
        assert_eq!(effort.attempts, 5, "a GET is tried again");
        let (outcome, effort) = Bench::open()
            .send(&server.base(), request(Method::Post, "/users"))
            .await;
        assert_eq!(
            (outcome, effort.attempts),
            (Err(HttpError::ConnectionTerminated), 1),
            "a POST is not"
        );
    }
}

#[tokio::test]
async fn a_length_that_lies_is_found_out() {
    let long = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\nshort".to_vec();
    let outcome = Bench::open()
        .get(&Server::answering(long).await, "/users")
        .await;
    assert_eq!(
        outcome,
        Err(HttpError::ResponseBodySize(16 << 20)),
        "said to be over the limit, so nothing is read"
    );
    let short =
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nmuch longer".to_vec();
    assert_eq!(
        Bench::open()
            .get(&Server::answering(short).await, "/users")
            .await
            .unwrap()
            .body,
        b"much "
    );
    let negative = b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nx".to_vec();
    let outcome = Bench::open()
        .get(&Server::answering(negative).await, "/users")
        .await;
    assert!(
        matches!(outcome, Err(HttpError::Protocol(_))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn too_many_or_too_large_headers_are_no_answer() {
    let many: Vec<_> = (0..200).map(|index| format!("x-{index}: y")).collect();
    let large = vec![format!("x-large: {}", "y".repeat(1 << 20))];
    for headers in [many, large] {
        let headers: Vec<_> = headers.iter().map(String::as_str).collect();
        let server = Server::answering(answer("200 OK", &headers, "")).await;
        let outcome = Bench::open().get(&server, "/users").await;
        assert!(
            matches!(outcome, Err(HttpError::Protocol(_))),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_corrupt_packed_body_is_no_answer() {
    let server = Server::answering(answer(
        "200 OK",
        &["content-encoding: gzip"],
        "this is not gzip at all",
    ))
    .await;
    let outcome = Bench::open().get(&server, "/users").await;
    assert!(
        matches!(outcome, Err(HttpError::Protocol(_))),
        "{outcome:?}"
    );
}
