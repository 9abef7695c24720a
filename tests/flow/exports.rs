//! Members that are read as one large file: asked for, waited for, and read a page at a time.

use purser_sample_app::{Fault, SampleOptions};
use purser_tests::Stage;
use serde_json::Value;
use std::process::Stdio;
use std::time::Duration;

/// A profile `boards` that reads an export of this format, in pages of so many rows.
fn exporting(members: usize, format: &str, rows: usize, limits: &str) -> Stage {
    let stage = Stage::empty(members, SampleOptions::default());
    let uploaded = format!(
        "connector upload {}",
        purser_tests::connector("exporter").display()
    );
    stage.purser.ok(&uploaded);
    stage
        .purser
        .ok(&format!("connector grant exporter --all {limits}"));
    stage.make_profile(
        "exporter",
        &format!("--set format={format} --set rows={rows}"),
    );
    stage
}

fn opened(stage: &Stage) -> u64 {
    stage.app.responses().count("GET /exports/x1/file", 200)
        + stage.app.responses().count("GET /exports/x1/file", 206)
}

fn outcome(stage: &Stage) -> Value {
    stage.last_run()["run"]["outcome"].clone()
}

#[test]
fn whatever_a_file_is_it_is_read_whole() {
    for format in ["csv", "csv.gz", "csv.zip", "jsonl", "jsonl.gz", "jsonl.zip"] {
        let stage = exporting(1_000, format, 300, "");
        stage.purser.ok("run boards");
        assert_eq!(stage.account_ids(), stage.member_ids(), "{format}");
        assert_eq!(opened(&stage), 4, "{format}: a page each");
        let parts = stage.app.responses().count("GET /exports/x1/file", 206);
        assert_eq!(
            parts,
            if format.contains('.') { 0 } else { 3 },
            "{format}: of what is not packed, the rest alone"
        );
        assert_eq!(
            stage.app.responses().count("GET /exports/x1", 200) - (opened(&stage) - parts),
            3,
            "it was waited for"
        );
    }
}

#[test]
fn names_of_two_lines_with_commas_and_quotation_marks_are_one_field() {
    let stage = exporting(100, "csv.gz", 30, "");
    stage.purser.ok("run boards");
    let accounts = stage.accounts();
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
fn a_file_larger_than_an_answer_may_be_is_read() {
    let limits = "--limit response-bytes=20000 --limit response-bytes-total=20000 --limit memory-bytes=8388608";
    let stage = exporting(20_000, "jsonl.gz", 5_000, limits);
    stage.purser.ok("run boards");
    assert_eq!(stage.account_ids(), stage.member_ids());
}

#[test]
fn an_application_that_sends_no_parts_is_read_all_the_same() {
    let stage = exporting(500, "csv", 100, "");
    stage.app.inject(Fault::ExportWithoutRanges);
    stage.purser.ok("run boards");
    assert_eq!(stage.account_ids(), stage.member_ids());
    assert_eq!(stage.app.responses().count("GET /exports/x1/file", 200), 5);
}

#[test]
fn a_file_that_breaks_off_half_way_is_opened_again() {
    for format in ["csv", "csv.gz", "csv.zip"] {
        let stage = exporting(2_000, format, 800, "");
        stage.app.inject(Fault::ExportDisconnects { after: 20_000 });
        stage.purser.ok("run boards");
        assert_eq!(stage.account_ids(), stage.member_ids(), "{format}");
        assert_eq!(opened(&stage), 4, "{format}: one more than there are pages");
    }
}

#[test]
fn a_file_that_breaks_off_again_and_again_ends_the_run_and_a_later_one_goes_on() {
    let stage = exporting(3_000, "csv", 1_000, "");
    // As often as a page is asked for, and once more.
    for _ in 0..4 {
        stage.app.inject(Fault::ExportDisconnects { after: 20_000 });
    }
    let answer = stage.purser.run("run boards");
    assert_ne!(answer.code, 0);
    assert_eq!(outcome(&stage)["class"], "transient", "{answer:#?}");
    assert_eq!(stage.account_ids(), Vec::<String>::new());
    stage.app.clear_faults();
    stage.purser.ok("run boards");
    assert_eq!(stage.account_ids(), stage.member_ids());
}

#[test]
fn a_run_that_is_killed_while_the_application_prepares_the_file_asks_for_no_other() {
    let stage = exporting(500, "csv", 100, "");
    let asked = stage.app.requests();
    stage.app.inject(Fault::Slow {
        each: Duration::from_millis(400),
    });
    let mut run = stage.spawn("run boards");
    // The export is asked for, and twice whether it is ready: by then it is noted that there is one.
    stage.until_asked(asked + 3, &mut run);
    run.kill().unwrap();
    run.wait().unwrap();
    stage.app.clear_faults();
    stage.purser.ok("run boards");
    assert_eq!(stage.account_ids(), stage.member_ids());
    let exports =
        [200, 201, 202].map(|status| stage.app.responses().count("POST /exports", status));
    assert_eq!(exports.iter().sum::<u64>(), 1);
}

#[test]
fn a_killed_run_goes_on_in_the_same_file() {
    let stage = exporting(4_000, "csv.gz", 100, "");
    stage.app.inject(Fault::Slow {
        each: Duration::from_millis(20),
    });
    let mut run = stage.spawn("run boards");
    stage.until_asked(25, &mut run);
    run.kill().unwrap();
    run.wait().unwrap();
    let kept = stage.account_ids().len();
    assert!(
        (100..4_000).contains(&kept),
        "{kept} accounts were committed before the kill"
    );
    stage.app.clear_faults();
    stage.app.clear_responses();
    stage.purser.ok("run boards");
    assert_eq!(stage.account_ids(), stage.member_ids());
    assert_eq!(
        opened(&stage),
        40 - kept as u64 / 100,
        "only what was missing was read"
    );
    assert_eq!(
        stage.app.responses().count("POST /exports", 202),
        0,
        "of the same export"
    );
}

#[test]
fn bombs_are_refused_by_name_of_the_limit_and_take_no_memory() {
    for format in ["csv.gz", "csv.zip"] {
        let stage = exporting(100, format, 10_000, "--limit download-bytes=40000000");
        stage.app.inject(Fault::ExportBomb { bytes: 200_000_000 });
        let mut run = stage
            .purser
            .command("run boards")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut peak = 0;
        while run.try_wait().unwrap().is_none() {
            peak = resident(run.id()).unwrap_or(0).max(peak);
            std::thread::sleep(Duration::from_millis(1));
        }
        let answer = String::from_utf8(run.wait_with_output().unwrap().stderr).unwrap();
        assert!(answer.contains("download-bytes = 40000000"), "{answer}");
        assert!(
            answer.contains("raise download-bytes in its grant"),
            "{answer}"
        );
        assert_eq!(outcome(&stage)["class"], "over-limit", "{answer}");
        assert!(peak < 120, "{format}: {peak} MiB");
        assert_eq!(stage.account_ids(), Vec::<String>::new());
    }
}

/// The most memory that a process had so far, in MiB. Linux only: elsewhere nothing is measured.
fn resident(process: u32) -> Option<u64> {
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
fn a_credential_in_a_file_reaches_nobody() {
    for format in ["csv", "jsonl.gz", "csv.zip"] {
        let stage = exporting(2_000, format, 700, "");
        stage.app.inject(Fault::ExportEchoesToken);
        stage.purser.ok("run boards");
        let ids = stage.account_ids();
        assert_eq!(ids.len(), 2_000, "{format}");
        assert!(
            ids.iter().all(
                |id| id.starts_with("[credential********]_") && !id.contains(stage.app.token())
            ),
            "{format}"
        );
        let shown = stage.purser.ok("accounts boards --json");
        assert!(!shown.contains(stage.app.token()));
    }
}
