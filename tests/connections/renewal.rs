//! Tokens that are renewed: once, stored before they are used, and never taken for good when nobody knows.

use crate::desk::Desk;
use purser_tests::Answer;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SHORT: &[(&str, &str)] = &[("AT_TTL", "5")];

/// Longer than a token of the short-lived ones lasts.
fn let_it_expire() {
    std::thread::sleep(Duration::from_millis(5200));
}

fn ok(renewals: &[Value]) -> usize {
    renewals
        .iter()
        .filter(|event| event["outcome"] == "ok")
        .count()
}

fn quiet(desk: &Desk, words: &str) -> Child {
    desk.purser
        .command(words)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn ended(mut child: Child) -> Answer {
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    Answer {
        code: child.wait().unwrap().code().unwrap_or(-1),
        stdout: String::new(),
        stderr,
    }
}

/// Waits until a renewal is on its way, as the database tells.
fn on_its_way(desk: &Desk) {
    let path = desk.purser.home().join("purser.db");
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let sql = "SELECT count(*) FROM token WHERE renewal_began IS NOT NULL";
        let leased: i64 = database.query_row(sql, (), |row| row.get(0)).unwrap();
        if leased > 0 {
            return;
        }
        assert!(Instant::now() < deadline, "no renewal began");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_sync_outlives_its_tokens() {
    let desk = Desk::connected(&[("AT_TTL", "5"), ("PAGE_DELAY_MS", "3000")], "web-basic");
    desk.purser.ok("profile publish people");
    let accounts = desk.purser.json("accounts people");
    assert_eq!(accounts.as_array().unwrap().len(), desk.server.seed.len());
    let renewals = desk.renewals();
    assert!(
        ok(&renewals) >= 1 && ok(&renewals) == renewals.len(),
        "{renewals:#?}"
    );
    assert!(
        renewals
            .iter()
            .all(|event| event["refresh_token"] == "rotated"),
        "{renewals:#?}"
    );
    let generation = desk.connection("main")["token"]["generation"]
        .as_u64()
        .unwrap();
    // Those of trying the connection out came before the first that was stored.
    assert!(generation > 1 && generation <= 1 + renewals.len() as u64);
}

#[test]
fn twenty_runs_at_the_moment_of_expiry_renew_once() {
    let desk = Desk::connected(&[("AT_TTL", "8")], "web-basic");
    for number in 0..20 {
        desk.purser.ok(&format!(
            "profile create p{number} --connector scim --alias directory"
        ));
    }
    let before = desk.renewals().len();
    std::thread::sleep(Duration::from_secs(8));
    // Asking takes so long that all of them are there before the first has its answer.
    desk.fault(json!({ "slow-token-ms": 4000 }));
    let runs: Vec<_> = (0..20)
        .map(|number| quiet(&desk, &format!("run p{number}")))
        .collect();
    on_its_way(&desk);
    for run in runs {
        let answer = ended(run);
        assert_eq!(answer.code, 0, "{answer:#?}");
    }
    let renewals = &desk.renewals()[before..];
    // A machine that is slow enough lets the next token expire as well; never are there two renewals of one.
    assert!(
        renewals
            .iter()
            .all(|event| event["outcome"] == "ok" && event["reused"].is_null()),
        "{renewals:#?}"
    );
    assert!(
        renewals.len() <= 3,
        "{} renewals for 20 runs",
        renewals.len()
    );
}

#[test]
fn a_process_that_dies_between_asking_and_storing_is_told_as_what_it_is() {
    let desk = Desk::connected(SHORT, "web-basic");
    let_it_expire();
    desk.fault(json!({ "slow-token-ms": 6000 }));
    let mut run = quiet(&desk, "run people");
    on_its_way(&desk);
    run.kill().unwrap();
    run.wait().unwrap();
    desk.fault(json!({}));

    let asked = desk.renewals().len();
    desk.purser.run("run people").assert_refused(
        3,
        "input or configuration",
        "purser connection authorize main",
    );
    let connection = desk.connection("main");
    assert_eq!(connection["state"], "needs-attention");
    assert!(
        connection["attention"]
            .as_str()
            .unwrap()
            .contains("not known"),
        "{connection:#}"
    );
    let paused = desk.purser.run("run people");
    paused.assert_refused(3, "input or configuration", "is paused");
    // The provider may still have been at work on the request of the process that died.
    assert!(
        desk.renewals().len() <= asked + 1,
        "nobody tried the old token"
    );

    let answer = desk.authorize("main");
    assert_eq!(answer.code, 0, "{answer:#?}");
    desk.purser.ok("run people");
    assert_eq!(desk.connection("main")["state"], "active");
}

#[test]
fn an_interrupted_run_waits_for_the_token_that_is_on_its_way() {
    let desk = Desk::connected(SHORT, "web-basic");
    let_it_expire();
    desk.fault(json!({ "slow-token-ms": 3000 }));
    let run = quiet(&desk, "run people");
    on_its_way(&desk);
    assert!(
        Command::new("kill")
            .args(["-INT", &run.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(ended(run).code, 130);
    desk.fault(json!({}));
    desk.purser.ok("run people");
    assert_eq!(ok(&desk.renewals()), desk.renewals().len());
}

#[test]
fn an_answer_that_is_lost_is_not_asked_for_again_where_that_does_harm() {
    let desk = Desk::connected(SHORT, "web-basic");
    let_it_expire();
    desk.fault(json!({ "drop-refresh-answer": 1 }));
    let before = desk.renewals().len();
    desk.purser.run("run people").assert_refused(
        3,
        "input or configuration",
        "purser connection authorize main",
    );
    assert_eq!(desk.renewals().len(), before + 1, "it was asked once");
    assert_eq!(desk.connection("main")["state"], "needs-attention");
}

#[test]
fn an_answer_that_is_lost_is_asked_for_again_where_that_is_harmless() {
    let desk = Desk::connected(SHORT, "web-norotate");
    let_it_expire();
    desk.purser.ok("connection test main");
    let_it_expire();
    desk.fault(json!({ "drop-refresh-answer": 1 }));
    desk.purser.ok("run people");
    assert_eq!(desk.connection("main")["state"], "active");
}

#[test]
fn a_token_that_somebody_else_used_up_ends_in_a_clear_word() {
    let desk = Desk::connected(SHORT, "web-basic");
    // A copy of the home, as of a backup that was started by mistake.
    let copy = desk.purser.home().with_file_name("copy");
    copy_folder(&desk.purser.home(), &copy);
    let_it_expire();
    desk.purser.ok("connection test main");
    let_it_expire();
    let other = desk
        .purser
        .command("connection test main")
        .env("PURSER_HOME", &copy)
        .output()
        .unwrap();
    assert_eq!(other.status.code(), Some(3));
    let said = String::from_utf8(other.stderr).unwrap();
    assert!(
        said.contains("has ended") && said.contains("purser connection authorize main"),
        "{said}"
    );
    let killed = desk
        .renewals()
        .into_iter()
        .filter(|event| event["grant_revoked"] == true)
        .count();
    assert_eq!(killed, 1, "the provider ended the authorization");
    desk.purser.run("connection test main").assert_refused(
        3,
        "input or configuration",
        "connection authorize main",
    );
    assert_eq!(desk.connection("main")["state"], "needs-attention");
    assert_eq!(desk.authorize("main").code, 0);
    desk.purser.ok("connection test main");
}

#[test]
fn an_outage_of_the_provider_is_no_fault_of_the_credential() {
    let desk = Desk::connected(SHORT, "web-basic");
    let_it_expire();
    desk.fault(json!({ "token-status": 503 }));
    desk.purser
        .run("run people")
        .assert_refused(5, "application", "503");
    assert_eq!(desk.connection("main")["state"], "active");
    desk.fault(json!({}));
    desk.purser.ok("run people");
}

#[test]
fn a_token_that_was_refused_before_its_time_is_renewed() {
    let desk = Desk::connected(&[("AT_TTL", "3600")], "web-basic");
    // Somebody ended the access token alone, at the provider.
    desk.fault(json!({ "forget-access-tokens": true }));
    desk.purser.ok("run people");
    assert_eq!(ok(&desk.renewals()), 1);
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_folder(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}
