//! The same attacks as files given to the command: one clear error, the right exit code, and nothing kept.

use crate::guest::component;
use crate::{bombs, generated};
use purser_tests::{Purser, repository};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The connector's fault, and the operator's.
const CONNECTOR: (i32, &str) = (4, "connector");
const OPERATOR: (i32, &str) = (3, "input or configuration");

/// A name, a file, the exit code and the fault, and part of what is said.
type Case = (&'static str, Vec<u8>, (i32, &'static str), &'static str);

/// An attack of `modules/`.
fn written(name: &str) -> Vec<u8> {
    let file = repository().join(format!("tests/hostile/modules/{name}.wat"));
    component(&std::fs::read_to_string(file).unwrap())
}

#[test]
fn no_attack_gets_past_the_door() {
    let cases: [Case; 16] = [
        (
            "loop_in_start",
            written("loop_in_start"),
            CONNECTOR,
            "without an end in sight",
        ),
        (
            "loop_in_describe",
            written("loop_in_describe"),
            CONNECTOR,
            "without an end in sight",
        ),
        (
            "stack_in_start",
            written("stack_in_start"),
            CONNECTOR,
            "call stack exhausted",
        ),
        (
            "crash_in_describe",
            written("crash_in_describe"),
            CONNECTOR,
            "crashed",
        ),
        (
            "memory_at_birth",
            written("memory_at_birth"),
            CONNECTOR,
            "memory-bytes",
        ),
        (
            "table_at_birth",
            written("table_at_birth"),
            CONNECTOR,
            "does not compile",
        ),
        (
            "describe_that_logs",
            written("describe_that_logs"),
            CONNECTOR,
            "log.write",
        ),
        (
            "describe_that_sends",
            written("describe_that_sends"),
            CONNECTOR,
            "import that waits",
        ),
        (
            "description_huge",
            written("description_with_a_huge_text"),
            CONNECTOR,
            "summary has 10000000 bytes",
        ),
        (
            "import_of_wasi",
            written("import_of_wasi"),
            CONNECTOR,
            "wasi:filesystem",
        ),
        (
            "export_of_another_type",
            written("export_of_another_type"),
            CONNECTOR,
            "interface",
        ),
        ("proposal_simd", written("proposal_simd"), CONNECTOR, "SIMD"),
        (
            "steers",
            generated::that_steers(),
            CONNECTOR,
            "publisher holds a control character",
        ),
        (
            "loops_over_locals",
            bombs::loops_over_locals(200, 1_000),
            CONNECTOR,
            "too much for the compiler",
        ),
        (
            "core_module",
            written("core_module"),
            OPERATOR,
            "core WebAssembly module",
        ),
        (
            "machine_code",
            generated::machine_code(),
            OPERATOR,
            ".cwasm",
        ),
    ];
    let purser = Purser::new();
    for (name, bytes, (code, fault), said) in cases {
        let file = purser.file(name, bytes);
        for verb in ["upload", "inspect"] {
            let begin = Instant::now();
            let answer = purser.run(&format!("connector {verb} {file}"));
            println!("{verb} {name}: {:?}", begin.elapsed());
            answer.assert_refused(code, fault, said);
            assert!(
                begin.elapsed() < Duration::from_secs(20),
                "{name}: took {:?}",
                begin.elapsed()
            );
            assert!(
                !answer.stderr.contains('\u{1b}') && answer.stdout.is_empty(),
                "{answer:?}"
            );
        }
    }
    assert_eq!(purser.json("connector list"), serde_json::json!([]));
}

/// What the child that compiles may have is what it says, before it has read a byte.
#[cfg(target_os = "linux")]
#[test]
fn the_compiler_is_limited() {
    let mut child = Command::new(purser_tests::binary())
        .arg("__compile")
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let stdin = child.stdin.take().unwrap();
    let (file, begin) = (format!("/proc/{}/limits", child.id()), Instant::now());
    let wanted = [
        ("Max cpu time", "60"),
        ("Max address space", "4294967296"),
        ("Max file size", "0"),
        ("Max core", "0"),
    ];
    let is_limited = || {
        let limits = std::fs::read_to_string(&file).unwrap();
        wanted.iter().all(|(name, value)| {
            let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
            // The last three columns: what holds, how far it could be raised, and the unit.
            line.split_whitespace()
                .rev()
                .skip(1)
                .take(2)
                .all(|limit| limit == *value)
        })
    };
    while !is_limited() {
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "{}",
            std::fs::read_to_string(&file).unwrap()
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(stdin);
    child.wait().unwrap();
}

#[test]
fn what_harms_only_when_it_reads_can_be_looked_at_and_does_nothing_yet() {
    let purser = Purser::new();
    let file = purser.file("loop", written("loop_in_read"));
    purser.ok(&format!("connector inspect {file}"));
    purser.ok(&format!("connector upload {file}"));
    assert!(purser.json("connector list")[0]["grant"].is_null());
}
