//! Honest calls beside attacks on a single thread: honest calls progress, and attacks return their
//! instance slots.

use crate::attack::{lock_process, with_deadline};
use crate::fake_host::{FakeHost, Upstream, honest, sandbox, users};
use crate::guest;
use purser_model::Limits;
use std::future::Future;
use std::time::{Duration, Instant};

const READ: &str = r#"(func (export "purser:connector/actions@0.1.0#read")
    (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)"#;

/// Runs a future on a single-threaded runtime, where one blocking call stops all others.
fn on_one_thread<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// Makes honest reads while two such attacks run. Returns their number and the longest time.
fn reads_beside(attack: &str, upstream: Upstream) -> (usize, Duration) {
    let attack = sandbox()
        .compile(&guest::component(&format!("{READ} {attack} unreachable)")))
        .unwrap();
    let honest = honest();

    on_one_thread(async {
        let limits = Limits {
            wall_ms: 2_000,
            cpu_ms: 60_000,
            host_calls: u64::MAX,
            ..Limits::default()
        };
        let attacks: Vec<_> = (0..2)
            .map(|_| {
                let attack = attack.clone();
                let call = FakeHost::new(upstream.clone()).call(limits.clone());
                tokio::spawn(async move { attack.read(call, users()).await })
            })
            .collect();

        // A spawned task, because `block_on` polls its own future less often.
        let reader = tokio::spawn(async move {
            let mut reads = 0;

            let mut longest = Duration::ZERO;
            while attacks.iter().any(|attack| !attack.is_finished()) {
                let begin = Instant::now();
                honest
                    .read(FakeHost::responding_ok().call(Limits::default()), users())
                    .await
                    .unwrap();
                reads += 1;
                longest = longest.max(begin.elapsed());
                tokio::task::yield_now().await;
            }

            for attack in attacks {
                attack.await.unwrap().unwrap_err();
            }

            (reads, longest)
        });

        reader.await.unwrap()
    })
}

#[test]
fn honest_reads_progress_beside_every_kind_of_loop() {
    let _turn = lock_process();
    let loops = [
        ("computing", "(loop (br 0))", Upstream::Respond(vec![])),
        (
            "logging",
            "(loop (call $log (i32.const 0) (i32.const 4096) (i32.const 9)) (br 0))",
            Upstream::Respond(vec![]),
        ),
        (
            "growing",
            "(loop (drop (memory.grow (i32.const 60000))) (br 0))",
            Upstream::Respond(vec![]),
        ),
        (
            "asking",
            "(loop (drop (call $get)) (br 0))",
            Upstream::RespondAfter(Duration::from_millis(5)),
        ),
    ];

    for (name, attack, upstream) in loops {
        let (reads, longest) = reads_beside(attack, upstream);
        println!("{name}: {reads} reads, the longest {longest:?}");
        assert!(reads >= 20, "{name}: only {reads} honest reads");
        assert!(
            longest < Duration::from_secs(2),
            "{name}: a read took {longest:?}"
        );
    }
}

/// 64 calls can run at once. Each attack must return its slot.
#[test]
fn failed_calls_return_their_instance_slots() {
    let _turn = lock_process();

    let ends = [
        "unreachable",
        "(loop (br 0))",
        "(drop (memory.grow (i32.const 60000))) unreachable",
    ];
    for attack in ends {
        let attack = sandbox()
            .compile(&guest::component(&format!("{READ} {attack} unreachable)")))
            .unwrap();
        let calls = (0..100).map(move |_| {
            let attack = attack.clone();
            let limits = Limits {
                cpu_ms: 10,
                wall_ms: 5_000,
                ..Limits::default()
            };

            async move {
                attack
                    .read(FakeHost::responding_ok().call(limits), users())
                    .await
                    .unwrap_err()
            }
        });

        with_deadline(Duration::from_secs(60), futures::future::join_all(calls)).unwrap();
    }

    // With free slots all 64 calls wait at the same time. Otherwise this takes more than a minute.
    let asks = format!("{READ} (drop (call $get)) (global.get $page))");
    let asks = sandbox().compile(&guest::component(&asks)).unwrap();
    let begin = Instant::now();
    let calls = (0..64).map(move |_| {
        let asks = asks.clone();
        let fake_host = FakeHost::new(Upstream::RespondAfter(Duration::from_secs(1)));
        async move {
            asks.read(fake_host.call(Limits::default()), users())
                .await
                .unwrap()
        }
    });

    with_deadline(Duration::from_secs(60), futures::future::join_all(calls)).unwrap();
    assert!(
        begin.elapsed() < Duration::from_secs(15),
        "took {:?}",
        begin.elapsed()
    );
}
