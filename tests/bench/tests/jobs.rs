//! Every benchmark job runs at a tiny size, so that it cannot rot. Nothing is timed here.

#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use std::path::Path;
use std::process::Command;

/// Names of all jobs, as `cargo xtask bench --help` lists them.
const JOBS: [&str; 7] = [
    "sync",
    "resync",
    "latency",
    "partitions",
    "accounts",
    "call",
    "profiles",
];

/// Runs the benchmark with these arguments in the root of the repository.
fn bench(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_purser-bench"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();

    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

#[test]
fn every_job_runs_at_a_tiny_size() {
    for job in JOBS {
        let (success, text) = bench(&[job, "--tiny"]);
        assert!(success, "{job}: {text}");
    }
}

#[test]
fn list_of_jobs_is_complete() {
    let (success, help) = bench(&["--help"]);
    assert!(success, "{help}");

    let named = help
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- "))
        .filter_map(|line| line.split_once(':'))
        .map(|(job, _)| job)
        .collect::<Vec<_>>();
    assert_eq!(named, JOBS, "{help}");
}
