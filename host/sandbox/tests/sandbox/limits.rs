//! Each limit of a grant, and the error of a call that exceeds it.

use crate::fake_host::{FakeHost, read_within};
use crate::guest::Guest;
use purser_model::{Blame, Blamed, HttpError, Limits, Response};
use purser_sandbox::{CallError, Level, TimeSpent};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Returns a guest that requests the users a number of times, and fails after a refusal.
fn sending(times: u32) -> Guest {
    let mut guest = Guest::honest();
    let failure = guest.image.failure(0, "refused");
    guest.read = format!(
        "(local $n i32)
         (loop $again
           (if (call $get) (then (return (i32.const {failure}))))
           (local.set $n (i32.add (local.get $n) (i32.const 1)))
           (br_if $again (i32.lt_u (local.get $n) (i32.const {times}))))
         {}",
        guest.read
    );
    guest
}

#[tokio::test]
async fn requests_over_the_limit_are_refused() {
    let limits = Limits {
        requests: 5,
        ..Limits::default()
    };
    let host = FakeHost::ok();
    read_within(&sending(5), limits.clone(), &host)
        .await
        .unwrap();
    let error = read_within(&sending(6), limits, &host).await.unwrap_err();
    assert_eq!(
        error.evidence(),
        Some(&HttpError::BudgetExhausted("requests = 5".into()))
    );
    assert_eq!(
        (error.class().as_str(), error.blame()),
        ("over-limit", Blame::Guest)
    );
    assert_eq!(host.requests.lock().unwrap().len(), 10);
}

#[tokio::test]
async fn host_calls_over_the_limit_end_a_guest_that_ignores_refusals() {
    let guest = Guest::reading("(loop $again (drop (call $get)) (br $again))");
    let host = FakeHost::ok();
    let limits = Limits {
        requests: 5,
        host_calls: 50,
        ..Limits::default()
    };
    let error = read_within(&guest, limits, &host).await.unwrap_err();
    assert_eq!(
        error,
        CallError::OverLimit {
            limit: "host-calls",
            value: 50
        }
    );
    assert_eq!(error.blame(), Blame::Guest);
    assert_eq!(host.requests.lock().unwrap().len(), 5);
}

#[tokio::test]
async fn response_bytes_over_the_limit_are_refused() {
    let host = FakeHost::responding(Ok(Response {
        status: 200,
        headers: vec![],
        body: vec![b'x'; 600],
    }));
    let limits = Limits {
        response_bytes_total: 1000,
        ..Limits::default()
    };
    read_within(&sending(1), limits.clone(), &host)
        .await
        .unwrap();
    let error = read_within(&sending(2), limits, &host).await.unwrap_err();
    assert_eq!(
        error.evidence(),
        Some(&HttpError::BudgetExhausted(
            "response-bytes-total = 1000".into()
        ))
    );

    let limits = Limits {
        response_bytes: 599,
        ..Limits::default()
    };
    let error = read_within(&sending(1), limits, &host).await.unwrap_err();
    assert_eq!(error.evidence(), Some(&HttpError::ResponseBodySize(599)));
    assert_eq!(error.class().as_str(), "over-limit");
}

#[tokio::test]
async fn request_over_the_size_limit_is_refused() {
    let host = FakeHost::ok();
    let limits = Limits {
        request_bytes: 5,
        ..Limits::default()
    };
    let error = read_within(&sending(1), limits, &host).await.unwrap_err();
    assert_eq!(
        error.evidence(),
        Some(&HttpError::BudgetExhausted("request-bytes = 5".into()))
    );
    assert!(host.requests.lock().unwrap().is_empty());
}

#[tokio::test]
async fn log_over_the_limit_is_cut_with_a_note() {
    let mut guest = Guest::honest();
    let words = guest.image.place(b"\x1b[31mred\nline");
    guest.read = format!(
        "(local $n i32)
         (loop $again
           (call $log (i32.const 1) (i32.const {words}) (i32.const 13))
           (local.set $n (i32.add (local.get $n) (i32.const 1)))
           (br_if $again (i32.lt_u (local.get $n) (i32.const 100))))
         {}",
        guest.read
    );
    let host = FakeHost::ok();
    let limits = Limits {
        log_lines: 3,
        ..Limits::default()
    };
    read_within(&guest, limits, &host).await.unwrap();
    let lines = host.lines.lock().unwrap().clone();
    let line = (Level::Info, "[31mred line".to_owned());
    let last = (
        Level::Warn,
        "97 more lines were dropped: log-lines = 3, log-bytes = 65536".to_owned(),
    );
    assert_eq!(lines, [line.clone(), line.clone(), line, last]);
}

#[tokio::test]
async fn endless_log_lines_end_the_call() {
    let guest = Guest::reading(
        "(loop $again (call $log (i32.const 0) (i32.const 0) (i32.const 9)) (br $again))",
    );
    let host = FakeHost::ok();
    let error = read_within(&guest, Limits::default(), &host)
        .await
        .unwrap_err();
    assert_eq!(
        error,
        CallError::OverLimit {
            limit: "host-calls",
            value: 10_000
        }
    );
    assert_eq!(host.lines.lock().unwrap().len(), 201);
}

#[tokio::test]
async fn page_rows_over_the_limit_are_refused() {
    let limits = Limits {
        page_rows: 0,
        ..Limits::default()
    };
    let error = read_within(&Guest::honest(), limits, &FakeHost::ok())
        .await
        .unwrap_err();
    assert_eq!(
        error,
        CallError::OverLimit {
            limit: "page-rows",
            value: 0
        }
    );
}

#[tokio::test]
async fn waiting_over_the_wall_clock_blames_the_application() {
    let host = FakeHost::new(|_| Box::pin(std::future::pending()));
    let limits = Limits {
        wall_ms: 100,
        ..Limits::default()
    };
    let error = read_within(&sending(1), limits, &host).await.unwrap_err();
    assert_eq!(
        error,
        CallError::WallClock {
            ms: 100,
            spent: TimeSpent::Waiting
        }
    );
    assert_eq!(error.blame(), Blame::Upstream);
}

/// Sends requests until the wall clock limit. The application responds after `pause_ms`, and not at
/// all after `silent_after` responses.
async fn sends_until_the_end(wall_ms: u64, pause_ms: u64, silent_after: usize) -> CallError {
    let responses = AtomicUsize::new(0);
    let host = FakeHost::new(move |_| {
        let silent = responses.fetch_add(1, Ordering::SeqCst) >= silent_after;
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(if silent {
                600_000
            } else {
                pause_ms
            }))
            .await;
            Ok(Response {
                status: 200,
                headers: vec![],
                body: vec![],
            })
        })
    });
    let guest = Guest::reading("(loop $again (drop (call $get)) (br $again))");
    let limits = Limits {
        wall_ms,
        requests: u64::MAX,
        host_calls: u64::MAX,
        ..Limits::default()
    };
    read_within(&guest, limits, &host).await.unwrap_err()
}

#[tokio::test]
async fn endless_requests_blame_the_connector() {
    let error = sends_until_the_end(3_000, 5, usize::MAX).await;
    let CallError::WallClock {
        ms: 3_000,
        spent: TimeSpent::Requesting(responses),
    } = error
    else {
        panic!("{error:?}")
    };
    assert!(responses >= 3, "{responses}");
    assert_eq!(error.blame(), Blame::Guest);
}

#[tokio::test]
async fn slow_or_silent_application_is_blamed() {
    for (wall_ms, pause_ms, silent_after) in [(3_500, 1_300, usize::MAX), (3_000, 5, 20)] {
        let error = sends_until_the_end(wall_ms, pause_ms, silent_after).await;
        assert_eq!(
            error,
            CallError::WallClock {
                ms: wall_ms,
                spent: TimeSpent::Waiting
            }
        );
        assert_eq!(error.blame(), Blame::Upstream);
    }
}

#[tokio::test]
async fn computing_over_the_wall_clock_blames_the_connector() {
    let guest = Guest::reading("(loop (br 0))");
    let limits = Limits {
        wall_ms: 100,
        cpu_ms: 60_000,
        ..Limits::default()
    };
    let error = read_within(&guest, limits, &FakeHost::ok())
        .await
        .unwrap_err();
    assert_eq!(
        error,
        CallError::WallClock {
            ms: 100,
            spent: TimeSpent::Computing
        }
    );
    assert_eq!(error.blame(), Blame::Guest);
}

#[tokio::test]
async fn processor_time_restarts_after_each_response() {
    // Some milliseconds of computing, 300 times: far over the limit, unless a response comes in
    // between.
    let compute = |pause: &str| {
        let work = "(local.set $n (i32.const 0))
            (loop $spin (local.set $n (i32.add (local.get $n) (i32.const 1)))
              (br_if $spin (i32.lt_u (local.get $n) (i32.const 6000000))))";
        Guest::reading(&format!(
            "(local $n i32) (local $times i32)
             (loop $again {work} {pause} (local.set $times (i32.add (local.get $times) (i32.const 1)))
               (br_if $again (i32.lt_u (local.get $times) (i32.const 300))))"
        ))
    };
    let limits = Limits {
        cpu_ms: 300,
        ..Limits::default()
    };
    read_within(
        &compute("(drop (call $get))"),
        limits.clone(),
        &FakeHost::ok(),
    )
    .await
    .unwrap();
    let error = read_within(&compute(""), limits, &FakeHost::ok())
        .await
        .unwrap_err();
    assert_eq!(error, CallError::EpochDeadline { ms: 300 });
}
