//! Hostile components as files for the command line: one clear error, the right exit code, and
//! nothing stored.

use crate::guest::component;
use crate::{bomb_builders, generated};
use purser_tests::{Purser, repository};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Exit code and fault for the connector, and for the operator below.
const CONNECTOR: (i32, &str) = (4, "connector");
const OPERATOR: (i32, &str) = (3, "input or configuration");

/// Name, bytes, exit code with fault, and a part of the error.
type Case = (&'static str, Vec<u8>, (i32, &'static str), &'static str);

/// Builds an attack of `modules/`.
fn attack_module(name: &str) -> Vec<u8> {
    let file = repository().join(format!("tests/hostile/modules/{name}.wat"));
    component(&std::fs::read_to_string(file).unwrap())
}

#[test]
fn hostile_file_is_refused_by_upload_and_inspect() {
    let cases: [Case; 16] = [
        (
            "loop_in_start",
            attack_module("loop_in_start"),
            CONNECTOR,
            "without waiting for anything",
        ),
        (
            "loop_in_describe",
            attack_module("loop_in_describe"),
            CONNECTOR,
            "without waiting for anything",
        ),
        (
            "stack_in_start",
            attack_module("stack_in_start"),
            CONNECTOR,
            "call stack exhausted",
        ),
        (
            "crash_in_describe",
            attack_module("crash_in_describe"),
            CONNECTOR,
            "crashed",
        ),
        (
            "memory_initially_over_the_limit",
            attack_module("memory_initially_over_the_limit"),
            CONNECTOR,
            "memory-bytes",
        ),
        (
            "table_initially_over_the_limit",
            attack_module("table_initially_over_the_limit"),
            CONNECTOR,
            "does not compile",
        ),
        (
            "describe_that_logs",
            attack_module("describe_that_logs"),
            CONNECTOR,
            "log.write",
        ),
        (
            "describe_that_sends",
            attack_module("describe_that_sends"),
            CONNECTOR,
            "import that waits",
        ),
        (
            "description_huge",
            attack_module("description_with_a_huge_text"),
            CONNECTOR,
            "summary has 10000000 bytes",
        ),
        (
            "import_of_wasi",
            attack_module("import_of_wasi"),
            CONNECTOR,
            "wasi:filesystem",
        ),
        (
            "export_of_another_type",
            attack_module("export_of_another_type"),
            CONNECTOR,
            "another revision of purser:connector",
        ),
        (
            "proposal_simd",
            attack_module("proposal_simd"),
            CONNECTOR,
            "SIMD",
        ),
        (
            "control_characters",
            generated::with_control_character(),
            CONNECTOR,
            "publisher holds a control character",
        ),
        (
            "loops_over_locals",
            bomb_builders::loops_over_locals(200, 1_000),
            CONNECTOR,
            "too complex to compile",
        ),
        (
            "core_module",
            attack_module("core_module"),
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
    for (name, bytes, (code, fault), expected) in cases {
        let file = purser.file(name, bytes);
        for verb in ["upload", "inspect"] {
            let begin = Instant::now();
            let output = purser.run(&format!("connector {verb} {file}"));
            println!("{verb} {name}: {:?}", begin.elapsed());

            output.assert_refused(code, fault, expected);
            assert!(
                begin.elapsed() < Duration::from_secs(20),
                "{name}: took {:?}",
                begin.elapsed()
            );
            assert!(
                !output.stderr.contains('\u{1b}') && output.stdout.is_empty(),
                "{output:?}"
            );
        }
    }
    assert_eq!(purser.json("connector list"), serde_json::json!([]));
}

/// The limits of the compile process are in force before it reads its input.
#[cfg(target_os = "linux")]
#[test]
fn compile_process_has_resource_limits() {
    let mut child = Command::new(purser_tests::binary())
        .arg("__compile")
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let stdin = child.stdin.take().unwrap();
    let file = format!("/proc/{}/limits", child.id());
    let begin = Instant::now();
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
            // The last three columns are soft limit, hard limit and unit.
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
fn connector_that_is_hostile_in_read_only_can_be_uploaded_ungranted() {
    let purser = Purser::new();
    let file = purser.file("loop", attack_module("loop_in_read"));
    purser.ok(&format!("connector inspect {file}"));
    purser.ok(&format!("connector upload {file}"));

    assert!(purser.json("connector list")[0]["grant"].is_null());
}
