//! Whatever ends the making of a connection, it is there whole or not at all.

use crate::desk::{Desk, Person, signed_in, started, visit};
use purser_sample_app::{Fault, SampleOptions};
use purser_tests::{CONNECTOR, Stage};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// How long one undisturbed `connection create` may take at most.
const PATIENCE: Duration = Duration::from_secs(60);

/// Nothing of a connection is in any table.
fn assert_no_trace(home: &std::path::Path) {
    let database =
        Connection::open_with_flags(home.join("purser.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)
            .unwrap();
    for table in ["connection", "token"] {
        let rows: i64 = database
            .query_row(&format!("SELECT count(*) FROM {table}"), (), |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(rows, 0, "{table}");
    }
}

/// Everything up to the command that connects, and that command.
fn about_to_connect() -> (Stage, String) {
    let stage = Stage::empty(30, SampleOptions::default());
    stage.purser.upload_and_grant("sample");
    stage
        .purser
        .ok(&format!("alias create acme --connector {CONNECTOR}"));
    let token = stage.purser.file("token", stage.app.token());
    let words = format!(
        "connection create main --alias acme --base-url {} --template bearer --private-network --secret-file {token}",
        stage.app.base_url()
    );
    (stage, words)
}

#[test]
fn killed_at_every_request_it_leaves_nothing() {
    let (stage, words) = about_to_connect();
    stage.app.inject(Fault::Slow {
        each: Duration::from_millis(60),
    });
    let before = stage.app.requests();
    stage.purser.ok(&words);
    let requests = stage.app.requests() - before;
    assert!(requests >= 3, "trying it out takes {requests} requests");
    stage.purser.ok("connection delete main");

    for kill_at in 1..=requests {
        let before = stage.app.requests();
        let mut create = stage
            .purser
            .command(&words)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let began = Instant::now();
        while stage.app.requests() < before + kill_at {
            assert!(
                create.try_wait().unwrap().is_none() && began.elapsed() < PATIENCE,
                "at request {kill_at}"
            );
            std::thread::sleep(Duration::from_millis(1));
        }
        create.kill().unwrap();
        create.wait().unwrap();
        assert_no_trace(&stage.purser.home());
    }
    stage.app.clear_faults();
    stage.purser.ok(&words);
    stage.purser.ok("connection test main");
}

#[test]
fn killed_at_any_moment_it_is_whole_or_not_there() {
    let (stage, words) = about_to_connect();
    let began = Instant::now();
    stage.purser.ok(&words);
    let whole = began.elapsed();
    stage.purser.ok("connection delete main");
    let (mut there, mut not_there) = (0, 0);
    for step in 1..=24 {
        let mut create = stage
            .purser
            .command(&words)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * step / 20);
        drop(create.kill());
        create.wait().unwrap();
        if stage.purser.json("connection list") == json!([]) {
            assert_no_trace(&stage.purser.home());
            not_there += 1;
        } else {
            stage.purser.ok("connection test main");
            stage.purser.ok("connection delete main");
            there += 1;
        }
    }
    assert!(
        not_there > 0,
        "{there} were there whole, {not_there} not at all"
    );
}

#[test]
fn killed_at_each_step_of_signing_in_it_leaves_nothing() {
    let desk = Desk::open(&[("PAGE_DELAY_MS", "300")]);
    // Before anybody has come back.
    let mut waiting = started(desk.create_by_consent("main", "web-basic", &[]))
        .ok()
        .unwrap();
    waiting.kill();
    assert_no_trace(&desk.purser.home());
    // While the code is exchanged.
    desk.fault(json!({ "slow-token-ms": 2000 }));
    let mut waiting = started(desk.create_by_consent("main", "web-basic", &[]))
        .ok()
        .unwrap();
    visit(&waiting.url, &[]);
    std::thread::sleep(Duration::from_millis(500));
    waiting.kill();
    assert_no_trace(&desk.purser.home());
    // With the token, while it is tried out.
    desk.fault(json!({}));
    let exchanged = |desk: &Desk| {
        desk.events()
            .iter()
            .filter(|event| event["outcome"] == "ok")
            .count()
    };
    let before = exchanged(&desk);
    let mut waiting = started(desk.create_by_consent("main", "web-basic", &[]))
        .ok()
        .unwrap();
    visit(&waiting.url, &[]);
    while exchanged(&desk) == before {
        std::thread::sleep(Duration::from_millis(5));
    }
    waiting.kill();
    assert_no_trace(&desk.purser.home());
    assert_eq!(
        signed_in(
            desk.create_by_consent("main", "web-basic", &[]),
            Person::Agrees
        )
        .code,
        0
    );
}

#[test]
fn a_token_that_is_not_kept_is_given_back() {
    let desk = Desk::open(&[]);
    // The token is good, and the address is not that of the application.
    let elsewhere = format!("{}/nowhere", desk.server.base_url);
    let command = desk.create_by_consent("main", "web-basic", &["--base-url", &elsewhere]);
    let answer = signed_in(command, Person::Agrees);
    assert!(answer.stderr.contains("was not kept"), "{answer:#?}");
    assert_no_trace(&desk.purser.home());
    let revoked = desk
        .events()
        .iter()
        .filter(|event| event["event"] == "revocation")
        .count();
    assert!(revoked > 0, "{:#?}", desk.events());
}
