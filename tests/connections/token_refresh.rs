//! Token refresh: once per token, stored before use, and never retried if the outcome is unknown.

use crate::oauth_env::OAuthEnv;
use purser_tests::CommandOutput;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SHORT: &[(&str, &str)] = &[("AT_TTL", "5")];

/// Waits until a token with the short lifetime has expired.
fn wait_for_expiry() {
    std::thread::sleep(Duration::from_millis(5200));
}

fn ok(refreshes: &[Value]) -> usize {
    refreshes
        .iter()
        .filter(|event| event["outcome"] == "ok")
        .count()
}

fn quiet(env: &OAuthEnv, words: &str) -> Child {
    env.purser
        .command(words)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn ended(mut child: Child) -> CommandOutput {
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();

    CommandOutput {
        code: child.wait().unwrap().code().unwrap_or(-1),
        stdout: String::new(),
        stderr,
    }
}

/// Waits until the database shows a refresh in progress.
fn wait_for_refresh(env: &OAuthEnv) {
    let path = env.purser.home().join("purser.db");
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);

    loop {
        let sql = "SELECT count(*) FROM token WHERE refresh_began_at IS NOT NULL";

        let leased: i64 = database.query_row(sql, (), |row| row.get(0)).unwrap();
        if leased > 0 {
            return;
        }

        assert!(Instant::now() < deadline, "no refresh began");

        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn run_longer_than_the_token_lifetime_refreshes_and_completes() {
    let env = OAuthEnv::connected(&[("AT_TTL", "5"), ("PAGE_DELAY_MS", "3000")], "web-basic");
    env.purser.ok("profile publish people");

    let accounts = env.purser.json("accounts people");
    assert_eq!(accounts.as_array().unwrap().len(), env.server.seed.len());

    let refreshes = env.refreshes();
    assert!(
        ok(&refreshes) >= 1 && ok(&refreshes) == refreshes.len(),
        "{refreshes:#?}"
    );
    assert!(
        refreshes
            .iter()
            .all(|event| event["refresh_token"] == "rotated"),
        "{refreshes:#?}"
    );

    let generation = env.connection("main")["token"]["generation"]
        .as_u64()
        .unwrap();

    // The checks of the connection may have refreshed tokens before the first one was stored.
    assert!(generation > 1 && generation <= 1 + refreshes.len() as u64);
}

#[test]
fn twenty_runs_at_token_expiry_refresh_once() {
    let env = OAuthEnv::connected(&[("AT_TTL", "8")], "web-basic");
    for number in 0..20 {
        env.purser.ok(&format!(
            "profile create p{number} --connector scim --alias directory"
        ));
    }

    let before = env.refreshes().len();
    std::thread::sleep(Duration::from_secs(8));

    // The token endpoint is slow enough that all runs start before the first response.
    env.set_faults(json!({ "slow-token-ms": 4000 }));
    let runs: Vec<_> = (0..20)
        .map(|number| quiet(&env, &format!("run p{number}")))
        .collect();
    wait_for_refresh(&env);

    for run in runs {
        let output = ended(run);
        assert_eq!(output.code, 0, "{output:#?}");
    }

    let refreshes = &env.refreshes()[before..];

    // On a slow machine the next token may expire too, but a token is never refreshed twice.
    assert!(
        refreshes
            .iter()
            .all(|event| event["outcome"] == "ok" && event["reused"].is_null()),
        "{refreshes:#?}"
    );
    assert!(
        refreshes.len() <= 3,
        "{} refreshes for 20 runs",
        refreshes.len()
    );
}

#[test]
fn process_killed_during_a_refresh_makes_the_connection_need_attention() {
    let env = OAuthEnv::connected(SHORT, "web-basic");
    wait_for_expiry();
    env.set_faults(json!({ "slow-token-ms": 6000 }));

    let mut run = quiet(&env, "run people");
    wait_for_refresh(&env);
    run.kill().unwrap();
    run.wait().unwrap();
    env.set_faults(json!({}));

    let refreshes_before = env.refreshes().len();
    env.purser.run("run people").assert_refused(
        3,
        "input or configuration",
        "purser connection authorize main",
    );

    let connection = env.connection("main");
    assert_eq!(connection["state"], "needs-attention");
    assert!(
        connection["attention"]
            .as_str()
            .unwrap()
            .contains("interrupted before the response"),
        "{connection:#}"
    );

    let paused = env.purser.run("run people");
    paused.assert_refused(3, "input or configuration", "is paused");

    // The provider may still have processed the request of the killed process.
    assert!(
        env.refreshes().len() <= refreshes_before + 1,
        "the old token was not tried"
    );

    let output = env.authorize("main");
    assert_eq!(output.code, 0, "{output:#?}");

    env.purser.ok("run people");
    assert_eq!(env.connection("main")["state"], "active");
}

#[test]
fn interrupted_run_stores_the_token_of_a_refresh_in_progress() {
    let env = OAuthEnv::connected(SHORT, "web-basic");
    wait_for_expiry();
    env.set_faults(json!({ "slow-token-ms": 3000 }));

    let run = quiet(&env, "run people");
    wait_for_refresh(&env);
    assert!(
        Command::new("kill")
            .args(["-INT", &run.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(ended(run).code, 130);

    env.set_faults(json!({}));
    env.purser.ok("run people");
    assert_eq!(ok(&env.refreshes()), env.refreshes().len());
}

#[test]
fn lost_refresh_response_is_not_retried_if_tokens_rotate() {
    let env = OAuthEnv::connected(SHORT, "web-basic");
    wait_for_expiry();
    env.set_faults(json!({ "drop-refresh-answer": 1 }));

    let before = env.refreshes().len();
    env.purser.run("run people").assert_refused(
        3,
        "input or configuration",
        "purser connection authorize main",
    );
    assert_eq!(
        env.refreshes().len(),
        before + 1,
        "one refresh request was sent"
    );
    assert_eq!(env.connection("main")["state"], "needs-attention");
}

#[test]
fn lost_refresh_response_is_retried_if_tokens_do_not_rotate() {
    let env = OAuthEnv::connected(SHORT, "web-norotate");
    wait_for_expiry();
    env.purser.ok("connection test main");
    wait_for_expiry();
    env.set_faults(json!({ "drop-refresh-answer": 1 }));
    env.purser.ok("run people");

    assert_eq!(env.connection("main")["state"], "active");
}

#[test]
fn refresh_token_used_by_a_copy_of_the_home_needs_a_new_sign_in() {
    let env = OAuthEnv::connected(SHORT, "web-basic");

    // A copy of the home, such as a backup that was started by mistake.
    let copy = env.purser.home().with_file_name("copy");
    copy_folder(&env.purser.home(), &copy);
    wait_for_expiry();
    env.purser.ok("connection test main");
    wait_for_expiry();

    let other = env
        .purser
        .command("connection test main")
        .env("PURSER_HOME", &copy)
        .output()
        .unwrap();
    assert_eq!(other.status.code(), Some(3));

    let stderr = String::from_utf8(other.stderr).unwrap();
    assert!(
        stderr.contains("has ended") && stderr.contains("purser connection authorize main"),
        "{stderr}"
    );

    let killed = env
        .refreshes()
        .into_iter()
        .filter(|event| event["grant_revoked"] == true)
        .count();
    assert_eq!(killed, 1, "the provider revoked the authorization");
    env.purser.run("connection test main").assert_refused(
        3,
        "input or configuration",
        "connection authorize main",
    );
    assert_eq!(env.connection("main")["state"], "needs-attention");
    assert_eq!(env.authorize("main").code, 0);

    env.purser.ok("connection test main");
}

#[test]
fn provider_outage_leaves_the_connection_active() {
    let env = OAuthEnv::connected(SHORT, "web-basic");
    wait_for_expiry();
    env.set_faults(json!({ "token-status": 503 }));

    env.purser
        .run("run people")
        .assert_refused(5, "application", "503");
    assert_eq!(env.connection("main")["state"], "active");

    env.set_faults(json!({}));
    env.purser.ok("run people");
}

#[test]
fn token_refused_before_its_expiry_is_refreshed() {
    let env = OAuthEnv::connected(&[("AT_TTL", "3600")], "web-basic");
    // The provider revoked the access token alone.
    env.set_faults(json!({ "forget-access-tokens": true }));
    env.purser.ok("run people");
    assert_eq!(ok(&env.refreshes()), 1);
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
