//! How connections fare, and what is said of it.

use crate::desk::{Desk, Person, signed_in};
use purser_sample_app::Fault;
use purser_tests::Stage;
use serde_json::json;
use std::process::Stdio;
use std::time::Duration;

#[test]
fn a_credential_that_is_refused_pauses_its_profile_and_is_replaced() {
    let stage = Stage::synced(60);
    stage.app.inject(Fault::TokenRevokedAfter { requests: 0 });
    let answer = stage.purser.run("run boards");
    answer.assert_refused(
        3,
        "input or configuration",
        "purser connection authorize acme-main",
    );
    let listed = stage.purser.ok("connection list");
    assert!(
        listed.contains("needs-attention")
            && listed.contains("purser connection authorize acme-main"),
        "{listed}"
    );
    assert!(
        stage
            .purser
            .ok("profile list")
            .contains("published, paused")
    );
    assert_eq!(stage.purser.json("profile show boards")["paused"], true);
    stage
        .purser
        .run("run boards")
        .assert_refused(3, "input or configuration", "is paused");

    let wrong = stage.purser.run_with(
        "connection authorize acme-main --secret-stdin",
        "qb-some-other-token",
    );
    assert_ne!(wrong.code, 0);
    assert_eq!(
        stage.purser.json("connection show acme-main")["state"],
        "needs-attention",
        "the old one is kept"
    );
    stage.app.clear_faults();
    let right = stage.purser.run_with(
        "connection authorize acme-main --secret-stdin",
        stage.app.token(),
    );
    assert_eq!(right.code, 0, "{right:#?}");
    stage.purser.ok("run boards");
    assert_eq!(stage.purser.json("profile show boards")["paused"], false);
}

#[test]
fn of_several_connections_the_one_that_needs_attention_is_left_out() {
    let stage = Stage::synced(60);
    let words = format!(
        "other --alias acme --base-url {} --template bearer --private-network --keep-failing",
        stage.app.base_url()
    );
    assert_eq!(
        stage.purser.connect(&words, "qb-a-token-nobody-knows").code,
        0
    );
    assert_eq!(
        stage.purser.json("connection show other")["state"],
        "needs-attention"
    );
    let answer = stage.purser.run("run boards");
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert!(answer.stderr.contains("other: left out"), "{answer:#?}");
    let shown = stage.purser.ok("profile show boards");
    assert!(shown.contains("Left out of its runs: other"), "{shown}");
}

#[test]
fn a_new_credential_for_another_tenant_is_not_taken() {
    let stage = Stage::ready(30);
    let home = stage.purser.home();
    let database = rusqlite::Connection::open(home.join("purser.db")).unwrap();
    database
        .execute("UPDATE connection SET tenant = 'Somebody else'", ())
        .unwrap();
    let answer = stage.purser.run_with(
        "connection authorize acme-main --secret-stdin",
        stage.app.token(),
    );
    answer.assert_refused(3, "input or configuration", "is for Somebody else");
    assert_eq!(
        stage.purser.json("connection show acme-main")["tenant"],
        "Somebody else"
    );
}

#[test]
fn a_connection_in_use_keeps_its_token() {
    let desk = Desk::connected(&[("PAGE_DELAY_MS", "700")], "web-basic");
    let mut run = desk
        .purser
        .command("run people")
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while desk.purser.json("runs list").as_array().unwrap().is_empty() {
        std::thread::sleep(Duration::from_millis(20));
    }
    desk.purser.run("connection delete main").assert_refused(
        3,
        "input or configuration",
        "in use by run 1",
    );
    assert!(
        run.wait().unwrap().success(),
        "its token was not revoked under it"
    );
    assert!(
        desk.events()
            .iter()
            .all(|event| event["event"] != "revocation")
    );
}

#[test]
fn whom_and_what_a_connection_reached_is_told() {
    let stage = Stage::ready(30);
    let connection = stage.purser.json("connection show acme-main");
    assert!(
        connection["tenant"].is_string() && connection["identity"].is_string(),
        "{connection:#}"
    );
    let listed = stage.purser.ok("connection list");
    assert!(
        listed.contains(connection["tenant"].as_str().unwrap()),
        "{listed}"
    );
}

#[test]
fn an_authorization_that_ends_soon_and_scopes_that_are_missing_are_told() {
    let desk = Desk::open(&[]);
    let more = ["--set", "token-auth=post", "--set", "scopes=users.read"];
    assert_eq!(
        signed_in(
            desk.create("main", "oauth-client-credentials", "machine-ro", &more),
            Person::Agrees
        )
        .code,
        0
    );
    assert_eq!(desk.connection("main")["advice"], json!([]));
    // As an application tells that has refresh tokens of limited life, and grants less than it is asked for.
    let database = rusqlite::Connection::open(desk.purser.home().join("purser.db")).unwrap();
    let soon = jiff::Timestamp::now().as_millisecond() + 3 * 86_400_000;
    let sql = "UPDATE token SET authorized_until = ?1, missing_scopes = '[\"users.write\"]'";
    database.execute(sql, [soon]).unwrap();
    let listed = desk.purser.ok("connection list");
    assert!(
        listed.contains("the authorization ends on") && listed.contains("users.write"),
        "{listed}"
    );
}

#[test]
fn a_connection_whose_token_cannot_be_revoked_is_kept() {
    let desk = Desk::connected(&[], "web-basic");
    desk.fault(json!({ "revocation-status": 503 }));
    desk.purser.run("connection delete main").assert_refused(
        5,
        "application",
        "could not be revoked",
    );
    assert_eq!(desk.connection("main")["state"], "active");
    let deleted = desk.purser.ok("connection delete main --no-revoke");
    assert!(deleted.contains("was not revoked"), "{deleted}");
    assert_eq!(desk.purser.json("connection list"), json!([]));
}
