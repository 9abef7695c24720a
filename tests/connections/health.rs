//! The health of connections, and how it is reported.

use crate::oauth_env::{OAuthEnv, Person, sign_in};
use purser_sample_app::Fault;
use purser_tests::TestEnv;
use serde_json::json;
use std::process::Stdio;
use std::time::Duration;

#[test]
fn refused_credential_pauses_the_profile_until_it_is_replaced() {
    let env = TestEnv::synced(60);
    env.app.inject(Fault::TokenRevokedAfter { requests: 0 });

    let output = env.purser.run("run boards");
    output.assert_refused(
        3,
        "input or configuration",
        "purser connection authorize acme-main",
    );

    let listed = env.purser.ok("connection list");
    assert!(
        listed.contains("needs-attention")
            && listed.contains("purser connection authorize acme-main"),
        "{listed}"
    );
    assert!(env.purser.ok("profile list").contains("published, paused"));
    assert_eq!(env.purser.json("profile show boards")["paused"], true);
    env.purser
        .run("run boards")
        .assert_refused(3, "input or configuration", "is paused");

    let wrong = env.purser.run_with(
        "connection authorize acme-main --secret-stdin",
        "qb-some-other-token",
    );
    assert_ne!(wrong.code, 0);
    assert_eq!(
        env.purser.json("connection show acme-main")["state"],
        "needs-attention",
        "the old credential is kept"
    );

    env.app.clear_faults();

    let right = env.purser.run_with(
        "connection authorize acme-main --secret-stdin",
        env.app.token(),
    );
    assert_eq!(right.code, 0, "{right:#?}");

    env.purser.ok("run boards");
    assert_eq!(env.purser.json("profile show boards")["paused"], false);
}

#[test]
fn connection_that_needs_attention_is_left_out_of_runs() {
    let env = TestEnv::synced(60);

    let words = format!(
        "other --alias acme --base-url {} --template bearer --private-network --keep-failing",
        env.app.base_url()
    );
    assert_eq!(
        env.purser.connect(&words, "qb-a-token-nobody-knows").code,
        0
    );
    assert_eq!(
        env.purser.json("connection show other")["state"],
        "needs-attention"
    );

    let output = env.purser.run("run boards");
    assert_eq!(output.code, 0, "{output:#?}");
    assert!(output.stderr.contains("other: skipped"), "{output:#?}");

    let shown = env.purser.ok("profile show boards");
    assert!(
        shown.contains("leave these connections out: other"),
        "{shown}"
    );
}

#[test]
fn new_credential_of_another_tenant_is_refused() {
    let env = TestEnv::ready(30);
    let home = env.purser.home();
    let database = rusqlite::Connection::open(home.join("purser.db")).unwrap();
    database
        .execute("UPDATE connection SET tenant = 'Somebody else'", ())
        .unwrap();

    let output = env.purser.run_with(
        "connection authorize acme-main --secret-stdin",
        env.app.token(),
    );
    output.assert_refused(3, "input or configuration", "is for Somebody else");
    assert_eq!(
        env.purser.json("connection show acme-main")["tenant"],
        "Somebody else"
    );
}

#[test]
fn connection_in_use_by_a_run_cannot_be_deleted() {
    let env = OAuthEnv::connected(&[("PAGE_DELAY_MS", "700")], "web-basic");
    let mut run = env
        .purser
        .command("run people")
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();

    while env.purser.json("runs list").as_array().unwrap().is_empty() {
        std::thread::sleep(Duration::from_millis(20));
    }

    env.purser.run("connection delete main").assert_refused(
        3,
        "input or configuration",
        "in use by run 1",
    );
    assert!(
        run.wait().unwrap().success(),
        "its token was not revoked during the run"
    );
    assert!(
        env.events()
            .iter()
            .all(|event| event["event"] != "revocation")
    );
}

#[test]
fn connection_shows_its_tenant_and_identity() {
    let env = TestEnv::ready(30);
    let connection = env.purser.json("connection show acme-main");
    assert!(
        connection["tenant"].is_string() && connection["identity"].is_string(),
        "{connection:#}"
    );

    let listed = env.purser.ok("connection list");
    assert!(
        listed.contains(connection["tenant"].as_str().unwrap()),
        "{listed}"
    );
}

#[test]
fn expiring_authorization_and_missing_scopes_are_listed() {
    let env = OAuthEnv::open(&[]);
    let more = ["--set", "token-auth=post", "--set", "scopes=users.read"];
    assert_eq!(
        sign_in(
            env.create("main", "oauth-client-credentials", "machine-ro", &more),
            Person::Agrees
        )
        .code,
        0
    );
    assert_eq!(env.connection("main")["advice"], json!([]));

    // The same state as with a provider that limits the life of refresh tokens and grants fewer
    // scopes than requested.
    let database = rusqlite::Connection::open(env.purser.home().join("purser.db")).unwrap();
    let soon = jiff::Timestamp::now().as_millisecond() + 3 * 86_400_000;
    let sql = "UPDATE token SET authorized_until = ?1, missing_scopes = '[\"users.write\"]'";
    database.execute(sql, [soon]).unwrap();

    let listed = env.purser.ok("connection list");
    assert!(
        listed.contains("the authorization ends on") && listed.contains("users.write"),
        "{listed}"
    );
}

#[test]
fn connection_whose_token_cannot_be_revoked_is_not_deleted() {
    let env = OAuthEnv::connected(&[], "web-basic");
    env.set_faults(json!({ "revocation-status": 503 }));
    env.purser.run("connection delete main").assert_refused(
        5,
        "application",
        "could not be revoked",
    );
    assert_eq!(env.connection("main")["state"], "active");

    let deleted = env.purser.ok("connection delete main --no-revoke");
    assert!(deleted.contains("was not revoked"), "{deleted}");
    assert_eq!(env.purser.json("connection list"), json!([]));
}

#[test]
fn tenant_that_is_connected_twice_is_told() {
    let env = TestEnv::ready(30);
    let note = "it seems to reach the same tenant as acme-main";

    let output = env.connect("again", env.app.token());

    assert_eq!(output.code, 0, "{output:#?}");
    assert!(output.stdout.contains(note), "{output:#?}");
    let listed = env.purser.ok("connection list");
    assert!(listed.contains(&format!("again: {note}")), "{listed}");

    env.purser.ok("connection delete again");
    assert!(!env.purser.ok("connection list").contains(note));
}

#[test]
fn test_of_an_application_that_is_down_says_so_and_keeps_the_state() {
    let env = TestEnv::ready(30);
    env.app.inject(Fault::CrashesAfter { requests: 0 });

    let output = env.purser.run("connection test acme-main");

    assert_ne!(output.code, 0);
    assert!(
        output.stdout.contains("its state stays active"),
        "{output:#?}"
    );
}

#[test]
fn plain_http_names_the_option_that_allows_it() {
    let env = TestEnv::ready(30);
    let words = format!(
        "other --alias acme --base-url {} --template bearer",
        env.app.base_url()
    );

    let output = env.purser.connect(&words, env.app.token());

    output.assert_refused(3, "input or configuration", "unencrypted http");
    assert!(output.stderr.contains("--private-network"), "{output:#?}");
}

#[test]
fn wrong_base_url_of_a_new_connection_asks_for_the_base_url() {
    let env = TestEnv::ready(30);
    let words = format!(
        "other --alias acme --base-url {}/nowhere --template bearer --private-network",
        env.app.base_url()
    );

    let output = env.purser.connect(&words, env.app.token());

    output.assert_refused(3, "input or configuration", "was not kept");
    assert!(
        output.stderr.contains("check --base-url") && !output.stderr.contains("setting"),
        "{output:#?}"
    );
}
