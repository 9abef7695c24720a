//! Honest calls beside attacks, all on one thread: they get their turn, and no attack takes a place away for good.

use crate::attack::{turn, within};
use crate::guest;
use crate::world::{Answers, World, honest, sandbox, users};
use purser_model::Limits;
use std::future::Future;
use std::time::{Duration, Instant};

const READ: &str = r#"(func (export "purser:connector/actions@0.1.0#read")
    (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)"#;

/// Waits on a thread of its own kind: what does not give it back stops everything else.
fn alone<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// How many honest reads are done while two such attacks go on, and the longest of them.
fn reads_beside(attack: &str, answers: Answers) -> (usize, Duration) {
    let attack = sandbox()
        .compile(&guest::component(&format!("{READ} {attack} unreachable)")))
        .unwrap();
    let honest = honest();
    alone(async {
        let limits = Limits {
            wall_ms: 2_000,
            cpu_ms: 60_000,
            host_calls: u64::MAX,
            ..Limits::default()
        };
        let attacks: Vec<_> = (0..2)
            .map(|_| {
                let (attack, call) = (
                    attack.clone(),
                    World::that(answers.clone()).call(limits.clone()),
                );
                tokio::spawn(async move { attack.read(call, users()).await })
            })
            .collect();
        // A task as they are: what the runtime itself waits for has its turn less often.
        let beside = tokio::spawn(async move {
            let (mut reads, mut longest) = (0, Duration::ZERO);
            while attacks.iter().any(|attack| !attack.is_finished()) {
                let begin = Instant::now();
                honest
                    .read(World::fine().call(Limits::default()), users())
                    .await
                    .unwrap();
                (reads, longest) = (reads + 1, longest.max(begin.elapsed()));
                tokio::task::yield_now().await;
            }
            for attack in attacks {
                attack.await.unwrap().unwrap_err();
            }
            (reads, longest)
        });
        beside.await.unwrap()
    })
}

#[test]
fn honest_reads_go_on_beside_each_kind_of_loop() {
    let _turn = turn();
    let loops = [
        ("computing", "(loop (br 0))", Answers::With(vec![])),
        (
            "logging",
            "(loop (call $log (i32.const 0) (i32.const 4096) (i32.const 9)) (br 0))",
            Answers::With(vec![]),
        ),
        (
            "growing",
            "(loop (drop (memory.grow (i32.const 60000))) (br 0))",
            Answers::With(vec![]),
        ),
        (
            "asking",
            "(loop (drop (call $get)) (br 0))",
            Answers::After(Duration::from_millis(5)),
        ),
    ];
    for (name, attack, answers) in loops {
        let (reads, longest) = reads_beside(attack, answers);
        println!("{name}: {reads} reads, the longest {longest:?}");
        assert!(reads >= 20, "{name}: only {reads} reads beside it");
        assert!(
            longest < Duration::from_secs(2),
            "{name}: a read took {longest:?}"
        );
    }
}

/// 64 calls can be under way at once. Each attack has had a place, and has given it back.
#[test]
fn no_place_is_lost() {
    let _turn = turn();
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
            let (attack, limits) = (
                attack.clone(),
                Limits {
                    cpu_ms: 10,
                    wall_ms: 5_000,
                    ..Limits::default()
                },
            );
            async move {
                attack
                    .read(World::fine().call(limits), users())
                    .await
                    .unwrap_err()
            }
        });
        within(Duration::from_secs(60), futures::future::join_all(calls)).unwrap();
    }
    // All of them wait at the same time, or this takes more than a minute.
    let asks = format!("{READ} (drop (call $get)) (global.get $page))");
    let asks = sandbox().compile(&guest::component(&asks)).unwrap();
    let begin = Instant::now();
    let calls = (0..64).map(move |_| {
        let (asks, world) = (
            asks.clone(),
            World::that(Answers::After(Duration::from_secs(1))),
        );
        async move {
            asks.read(world.call(Limits::default()), users())
                .await
                .unwrap()
        }
    });
    within(Duration::from_secs(60), futures::future::join_all(calls)).unwrap();
    assert!(
        begin.elapsed() < Duration::from_secs(15),
        "took {:?}",
        begin.elapsed()
    );
}
