//! Each limit of a grant, and what a call that meets it comes to.

use crate::guest::Guest;
use crate::world::{World, read_within};
use purser_model::{Blame, Blamed, HttpError, Limits, Response};
use purser_sandbox::{CallError, Level, Spent};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A guest that asks for the users a number of times and fails when one is refused.
fn that_asks(times: u32) -> Guest {
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
async fn requests_run_out() {
    let limits = Limits {
        requests: 5,
        ..Limits::default()
    };
    let world = World::fine();
    read_within(&that_asks(5), limits.clone(), &world)
        .await
        .unwrap();
    let error = read_within(&that_asks(6), limits, &world)
        .await
        .unwrap_err();
    assert_eq!(
        error.evidence(),
        Some(&HttpError::BudgetExhausted("requests = 5".into()))
    );
    assert_eq!(
        (error.class().as_str(), error.blame()),
        ("over-limit", Blame::Guest)
    );
    assert_eq!(world.requests.lock().unwrap().len(), 10);
}

#[tokio::test]
async fn host_calls_run_out_also_for_who_ignores_refusals() {
    let guest = Guest::that_reads("(loop $again (drop (call $get)) (br $again))");
    let world = World::fine();
    let limits = Limits {
        requests: 5,
        host_calls: 50,
        ..Limits::default()
    };
    let error = read_within(&guest, limits, &world).await.unwrap_err();
    assert_eq!(
        error,
        CallError::OverLimit {
            limit: "host-calls",
            value: 50
        }
    );
    assert_eq!(error.blame(), Blame::Guest);
    assert_eq!(world.requests.lock().unwrap().len(), 5);
}

#[tokio::test]
async fn response_bytes_run_out() {
    let world = World::that_says(Ok(Response {
        status: 200,
        headers: vec![],
        body: vec![b'x'; 600],
    }));
    let limits = Limits {
        response_bytes_total: 1000,
        ..Limits::default()
    };
    read_within(&that_asks(1), limits.clone(), &world)
        .await
        .unwrap();
    let error = read_within(&that_asks(2), limits, &world)
        .await
        .unwrap_err();
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
    let error = read_within(&that_asks(1), limits, &world)
        .await
        .unwrap_err();
    assert_eq!(error.evidence(), Some(&HttpError::ResponseBodySize(599)));
    assert_eq!(error.class().as_str(), "over-limit");
}

#[tokio::test]
async fn a_request_has_a_size() {
    let world = World::fine();
    let limits = Limits {
        request_bytes: 5,
        ..Limits::default()
    };
    let error = read_within(&that_asks(1), limits, &world)
        .await
        .unwrap_err();
    assert_eq!(
        error.evidence(),
        Some(&HttpError::BudgetExhausted("request-bytes = 5".into()))
    );
    assert!(world.requests.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_log_is_cut_and_says_so() {
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
    let world = World::fine();
    let limits = Limits {
        log_lines: 3,
        ..Limits::default()
    };
    read_within(&guest, limits, &world).await.unwrap();
    let lines = world.lines.lock().unwrap().clone();
    let line = (Level::Info, "[31mred line".to_owned());
    let last = (
        Level::Warn,
        "97 more lines were dropped: log-lines = 3, log-bytes = 65536".to_owned(),
    );
    assert_eq!(lines, [line.clone(), line.clone(), line, last]);
}

#[tokio::test]
async fn a_flood_of_lines_ends_the_call() {
    let guest = Guest::that_reads(
        "(loop $again (call $log (i32.const 0) (i32.const 0) (i32.const 9)) (br $again))",
    );
    let world = World::fine();
    let error = read_within(&guest, Limits::default(), &world)
        .await
        .unwrap_err();
    assert_eq!(
        error,
        CallError::OverLimit {
            limit: "host-calls",
            value: 10_000
        }
    );
    assert_eq!(world.lines.lock().unwrap().len(), 201);
}

#[tokio::test]
async fn rows_of_a_page_are_counted() {
    let limits = Limits {
        page_rows: 0,
        ..Limits::default()
    };
    let error = read_within(&Guest::honest(), limits, &World::fine())
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
async fn waiting_has_an_end() {
    let world = World::new(|_| Box::pin(std::future::pending()));
    let limits = Limits {
        wall_ms: 100,
        ..Limits::default()
    };
    let error = read_within(&that_asks(1), limits, &world)
        .await
        .unwrap_err();
    assert_eq!(
        error,
        CallError::WallClock {
            ms: 100,
            spent: Spent::Waiting
        }
    );
    assert_eq!(error.blame(), Blame::Upstream);
}

/// Reads until the time is up, with an application that answers after so long, and is silent from
/// some answer on.
async fn asks_until_the_end(wall_ms: u64, pause_ms: u64, silent_after: usize) -> CallError {
    let answered = AtomicUsize::new(0);
    let world = World::new(move |_| {
        let silent = answered.fetch_add(1, Ordering::SeqCst) >= silent_after;
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
    let guest = Guest::that_reads("(loop $again (drop (call $get)) (br $again))");
    let limits = Limits {
        wall_ms,
        requests: u64::MAX,
        host_calls: u64::MAX,
        ..Limits::default()
    };
    read_within(&guest, limits, &world).await.unwrap_err()
}

#[tokio::test]
async fn asking_without_an_end_is_the_connectors_fault() {
    let error = asks_until_the_end(3_000, 5, usize::MAX).await;
    let CallError::WallClock {
        ms: 3_000,
        spent: Spent::Asking(answered),
    } = error
    else {
        panic!("{error:?}")
    };
    assert!(answered >= 3, "{answered}");
    assert_eq!(error.blame(), Blame::Guest);
}

#[tokio::test]
async fn an_application_that_is_slow_or_falls_silent_is_at_fault() {
    for (wall_ms, pause_ms, silent_after) in [(3_500, 1_300, usize::MAX), (3_000, 5, 20)] {
        let error = asks_until_the_end(wall_ms, pause_ms, silent_after).await;
        assert_eq!(
            error,
            CallError::WallClock {
                ms: wall_ms,
                spent: Spent::Waiting
            }
        );
        assert_eq!(error.blame(), Blame::Upstream);
    }
}

#[tokio::test]
async fn computing_has_an_end_by_the_clock() {
    let guest = Guest::that_reads("(loop (br 0))");
    let limits = Limits {
        wall_ms: 100,
        cpu_ms: 60_000,
        ..Limits::default()
    };
    let error = read_within(&guest, limits, &World::fine())
        .await
        .unwrap_err();
    assert_eq!(
        error,
        CallError::WallClock {
            ms: 100,
            spent: Spent::Computing
        }
    );
    assert_eq!(error.blame(), Blame::Guest);
}

#[tokio::test]
async fn who_waits_for_answers_is_not_stuck() {
    // Some milliseconds of computing, 300 times: far over the limit, unless an answer comes in
    // between.
    let compute = |pause: &str| {
        let work = "(local.set $n (i32.const 0))
            (loop $spin (local.set $n (i32.add (local.get $n) (i32.const 1)))
              (br_if $spin (i32.lt_u (local.get $n) (i32.const 6000000))))";
        Guest::that_reads(&format!(
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
        &World::fine(),
    )
    .await
    .unwrap();
    let error = read_within(&compute(""), limits, &World::fine())
        .await
        .unwrap_err();
    assert_eq!(error, CallError::Stuck { ms: 300 });
}
