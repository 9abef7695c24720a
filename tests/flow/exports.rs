//! Members read from an export: one large file that is requested, awaited, and read page by page.

use purser_sample_app::{Fault, SampleOptions};
use purser_tests::TestEnv;
use serde_json::Value;
use std::process::Stdio;
use std::time::Duration;

/// Returns an environment whose profile `boards` reads an export of this format, with this many
/// rows on a page.
fn export_env(members: usize, format: &str, rows: usize, limits: &str) -> TestEnv {
    let env = TestEnv::empty(members, SampleOptions::default());
    let uploaded = format!(
        "connector upload {}",
        purser_tests::connector("exporter").display()
    );
    env.purser.ok(&uploaded);
    env.purser
        .ok(&format!("connector grant exporter --all {limits}"));
    env.create_profile(
        "exporter",
        &format!("--set format={format} --set rows={rows}"),
    );

    env
}

fn file_requests(env: &TestEnv) -> u64 {
    env.app.responses().count("GET /exports/x1/file", 200)
        + env.app.responses().count("GET /exports/x1/file", 206)
}

fn outcome(env: &TestEnv) -> Value {
    env.last_run()["run"]["outcome"].clone()
}

#[test]
fn export_of_every_format_is_read_completely() {
    for format in ["csv", "csv.gz", "csv.zip", "jsonl", "jsonl.gz", "jsonl.zip"] {
        let env = export_env(1_000, format, 300, "");
        env.purser.ok("run boards");
        assert_eq!(env.account_ids(), env.member_ids(), "{format}");
        assert_eq!(
            file_requests(&env),
            4,
            "{format}: one request for each page"
        );

        let ranged = env.app.responses().count("GET /exports/x1/file", 206);
        assert_eq!(
            ranged,
            if format.contains('.') { 0 } else { 3 },
            "{format}: uncompressed files are read by range"
        );
        assert_eq!(
            env.app.responses().count("GET /exports/x1", 200) - (file_requests(&env) - ranged),
            3,
            "the export was awaited"
        );
    }
}

#[test]
fn quoted_csv_field_with_line_break_commas_and_quotes_is_one_field() {
    let env = export_env(100, "csv.gz", 30, "");
    env.purser.ok("run boards");
    let accounts = env.accounts();

    let names: Vec<_> = accounts
        .as_array()
        .unwrap()
        .iter()
        .map(|account| account["display_name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names
            .iter()
            .filter(|name| name.ends_with("\n\"the second\", they say"))
            .count(),
        2,
        "{names:?}"
    );
}

#[test]
fn export_larger_than_the_response_limit_is_read_completely() {
    let limits = "--limit response-bytes=20000 --limit response-bytes-total=20000 --limit memory-bytes=8388608";
    let env = export_env(20_000, "jsonl.gz", 5_000, limits);
    env.purser.ok("run boards");
    assert_eq!(env.account_ids(), env.member_ids());
}

#[test]
fn export_without_range_support_is_read_completely() {
    let env = export_env(500, "csv", 100, "");
    env.app.inject(Fault::ExportWithoutRanges);
    env.purser.ok("run boards");

    assert_eq!(env.account_ids(), env.member_ids());
    assert_eq!(env.app.responses().count("GET /exports/x1/file", 200), 5);
}

#[test]
fn export_that_breaks_off_once_is_reopened_and_completed() {
    for format in ["csv", "csv.gz", "csv.zip"] {
        let env = export_env(2_000, format, 800, "");
        env.app.inject(Fault::ExportDisconnects { after: 20_000 });
        env.purser.ok("run boards");

        assert_eq!(env.account_ids(), env.member_ids(), "{format}");
        assert_eq!(
            file_requests(&env),
            4,
            "{format}: one request more than pages"
        );
    }
}

#[test]
fn export_that_keeps_breaking_off_fails_the_run_and_a_later_run_completes() {
    let env = export_env(3_000, "csv", 1_000, "");

    // One more than the attempts for a page.
    for _ in 0..4 {
        env.app.inject(Fault::ExportDisconnects { after: 20_000 });
    }

    let output = env.purser.run("run boards");
    assert_ne!(output.code, 0);
    assert_eq!(outcome(&env)["class"], "transient", "{output:#?}");
    assert_eq!(env.account_ids(), Vec::<String>::new());

    env.app.clear_faults();
    env.purser.ok("run boards");
    assert_eq!(env.account_ids(), env.member_ids());
}

#[test]
fn run_killed_while_the_export_is_pending_requests_no_second_export() {
    let env = export_env(500, "csv", 100, "");
    let requests_before = env.app.requests();
    env.app.inject(Fault::Slow {
        each: Duration::from_millis(400),
    });

    let mut run = env.spawn("run boards");

    // One request for the export and two for its state. By then the checkpoint names the export.
    env.wait_for_requests(requests_before + 3, &mut run);
    run.kill().unwrap();
    run.wait().unwrap();
    env.app.clear_faults();
    env.purser.ok("run boards");

    assert_eq!(env.account_ids(), env.member_ids());

    let exports = [200, 201, 202].map(|status| env.app.responses().count("POST /exports", status));
    assert_eq!(exports.iter().sum::<u64>(), 1);
}

#[test]
fn killed_run_resumes_within_the_same_export() {
    let env = export_env(4_000, "csv.gz", 100, "");
    env.app.inject(Fault::Slow {
        each: Duration::from_millis(20),
    });
    let mut run = env.spawn("run boards");
    env.wait_for_requests(25, &mut run);
    run.kill().unwrap();
    run.wait().unwrap();

    let committed = env.account_ids().len();
    assert!(
        (100..4_000).contains(&committed),
        "{committed} accounts were committed before the kill"
    );

    env.app.clear_faults();
    env.app.clear_responses();
    env.purser.ok("run boards");

    assert_eq!(env.account_ids(), env.member_ids());
    assert_eq!(
        file_requests(&env),
        40 - committed as u64 / 100,
        "only missing records are read"
    );
    assert_eq!(
        env.app.responses().count("POST /exports", 202),
        0,
        "no second export was requested"
    );
}

#[test]
fn decompression_bomb_is_refused_by_the_named_limit_in_bounded_memory() {
    for format in ["csv.gz", "csv.zip"] {
        let env = export_env(100, format, 10_000, "--limit download-bytes=40000000");
        env.app.inject(Fault::ExportBomb { bytes: 200_000_000 });
        let mut run = env
            .purser
            .command("run boards")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();

        let mut peak = 0;
        while run.try_wait().unwrap().is_none() {
            peak = peak_memory_mib(run.id()).unwrap_or(0).max(peak);
            std::thread::sleep(Duration::from_millis(1));
        }

        let output = String::from_utf8(run.wait_with_output().unwrap().stderr).unwrap();
        assert!(output.contains("download-bytes = 40000000"), "{output}");
        assert!(output.contains("--limit download-bytes=VALUE"), "{output}");
        assert_eq!(outcome(&env)["class"], "over-limit", "{output}");
        assert!(peak < 120, "{format}: {peak} MiB");
        assert_eq!(env.account_ids(), Vec::<String>::new());
    }
}

/// Returns the peak of resident memory of a process, in MiB. `None` on systems other than Linux.
fn peak_memory_mib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;

    Some(
        line.trim()
            .strip_suffix(" kB")?
            .trim()
            .parse::<u64>()
            .ok()?
            >> 10,
    )
}

#[test]
fn credential_in_an_export_is_redacted() {
    for format in ["csv", "jsonl.gz", "csv.zip"] {
        let env = export_env(2_000, format, 700, "");
        env.app.inject(Fault::ExportEchoesToken);
        env.purser.ok("run boards");

        let ids = env.account_ids();
        assert_eq!(ids.len(), 2_000, "{format}");
        assert!(
            ids.iter()
                .all(|id| id.starts_with("[credential********]_") && !id.contains(env.app.token())),
            "{format}"
        );

        let shown = env.purser.ok("accounts boards --json");
        assert!(!shown.contains(env.app.token()));
    }
}
