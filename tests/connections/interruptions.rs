//! Interrupted creation of a connection: the connection is complete or does not exist.

use crate::oauth_env::{OAuthEnv, Person, sign_in, start_sign_in, visit};
use purser_sample_app::{Fault, SampleOptions};
use purser_tests::{CONNECTOR, TestEnv};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Upper limit for one undisturbed `connection create`.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asserts that the tables hold no part of a connection.
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

/// Returns an environment that is ready to connect, and the command that connects.
fn ready_to_connect() -> (TestEnv, String) {
    let env = TestEnv::empty(30, SampleOptions::default());
    env.purser.upload_and_grant("sample");
    env.purser
        .ok(&format!("alias create acme --connector {CONNECTOR}"));

    let token = env.purser.file("token", env.app.token());
    let words = format!(
        "connection create main --alias acme --base-url {} --template bearer --private-network --secret-file {token}",
        env.app.base_url()
    );

    (env, words)
}

#[test]
fn create_killed_at_every_request_stores_nothing() {
    let (env, words) = ready_to_connect();
    env.app.inject(Fault::Slow {
        each: Duration::from_millis(60),
    });
    let before = env.app.requests();
    env.purser.ok(&words);

    let requests = env.app.requests() - before;
    assert!(
        requests >= 3,
        "checking the connection takes {requests} requests"
    );

    env.purser.ok("connection delete main");

    for kill_at in 1..=requests {
        let before = env.app.requests();
        let mut create = env
            .purser
            .command(&words)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();

        let began = Instant::now();
        while env.app.requests() < before + kill_at {
            assert!(
                create.try_wait().unwrap().is_none() && began.elapsed() < PATIENCE,
                "killed at request {kill_at}"
            );
            std::thread::sleep(Duration::from_millis(1));
        }

        create.kill().unwrap();
        create.wait().unwrap();
        assert_no_trace(&env.purser.home());
    }

    env.app.clear_faults();
    env.purser.ok(&words);
    env.purser.ok("connection test main");
}

#[test]
fn create_killed_at_any_moment_is_complete_or_absent() {
    let (env, words) = ready_to_connect();
    let began = Instant::now();
    env.purser.ok(&words);

    let whole = began.elapsed();
    env.purser.ok("connection delete main");
    let mut there = 0;

    let mut not_there = 0;
    for step in 1..=24 {
        let mut create = env
            .purser
            .command(&words)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * step / 20);
        drop(create.kill());
        create.wait().unwrap();

        if env.purser.json("connection list") == json!([]) {
            assert_no_trace(&env.purser.home());
            not_there += 1;
        } else {
            env.purser.ok("connection test main");
            env.purser.ok("connection delete main");
            there += 1;
        }
    }

    assert!(
        not_there > 0,
        "{there} complete connections, {not_there} absent ones"
    );
}

#[test]
fn sign_in_killed_at_each_step_stores_nothing() {
    let env = OAuthEnv::open(&[("PAGE_DELAY_MS", "300")]);

    // Before the person returns from the provider.
    let mut waiting = start_sign_in(env.create_by_consent("main", "web-basic", &[]))
        .ok()
        .unwrap();
    waiting.kill();
    assert_no_trace(&env.purser.home());

    // During the exchange of the code.
    env.set_faults(json!({ "slow-token-ms": 2000 }));
    let mut waiting = start_sign_in(env.create_by_consent("main", "web-basic", &[]))
        .ok()
        .unwrap();
    visit(&waiting.url, &[]);
    std::thread::sleep(Duration::from_millis(500));
    waiting.kill();

    assert_no_trace(&env.purser.home());

    // With the token, during the checks of the connection.
    env.set_faults(json!({}));
    let exchanged = |env: &OAuthEnv| {
        env.events()
            .iter()
            .filter(|event| event["outcome"] == "ok")
            .count()
    };
    let before = exchanged(&env);
    let mut waiting = start_sign_in(env.create_by_consent("main", "web-basic", &[]))
        .ok()
        .unwrap();

    visit(&waiting.url, &[]);

    while exchanged(&env) == before {
        std::thread::sleep(Duration::from_millis(5));
    }

    waiting.kill();
    assert_no_trace(&env.purser.home());
    assert_eq!(
        sign_in(
            env.create_by_consent("main", "web-basic", &[]),
            Person::Agrees
        )
        .code,
        0
    );
}

#[test]
fn token_of_a_connection_that_fails_its_checks_is_revoked() {
    let env = OAuthEnv::open(&[]);

    // The token is valid, but the base URL is not that of the application.
    let wrong_base_url = format!("{}/nowhere", env.server.base_url);
    let command = env.create_by_consent("main", "web-basic", &["--base-url", &wrong_base_url]);

    let output = sign_in(command, Person::Agrees);
    assert!(output.stderr.contains("was not kept"), "{output:#?}");
    assert_no_trace(&env.purser.home());

    let revoked = env
        .events()
        .iter()
        .filter(|event| event["event"] == "revocation")
        .count();
    assert!(revoked > 0, "{:#?}", env.events());
}
