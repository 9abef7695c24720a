//! Grants that lack a request: blame, advice, and the additions that follow it.

use purser_tests::{CONNECTOR, TestEnv};

/// Grants the connector with these options and these lines after `--allow`.
fn grant(env: &TestEnv, options: &str, allowed: &[&str]) {
    let mut command = env
        .purser
        .command(&format!("connector grant {CONNECTOR} {options}"));
    for line in allowed {
        command.args(["--allow", line]);
    }

    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

fn rules(env: &TestEnv) -> usize {
    let shown = env.purser.json(&format!("connector inspect {CONNECTOR}"));
    shown["grant"]["rules"].as_array().unwrap().len()
}

#[test]
fn missing_grant_says_nothing_about_the_credential() {
    let env = TestEnv::synced(30);
    grant(&env, "--replace", &["read:members GET /members"]);

    let output = env.purser.run("connection test acme-main");

    output.assert_refused(
        3,
        "input or configuration",
        "purser connector grant quayboard --allow 'check GET /",
    );
    let shown = env.purser.json("connection show acme-main");
    assert_eq!(shown["state"], "active");
    assert_eq!(env.purser.json("profile show boards")["paused"], false);
}

#[test]
fn allow_and_limit_add_to_the_grant_and_replace_replaces_it() {
    let env = TestEnv::ready(30);
    let all = rules(&env);

    grant(&env, "", &["check GET /somewhere"]);
    assert_eq!(rules(&env), all + 1);
    grant(&env, "", &["check GET /somewhere"]);
    assert_eq!(rules(&env), all + 1, "the same line is added once");

    grant(&env, "--limit pages=77", &[]);
    grant(&env, "", &["check GET /elsewhere"]);
    assert_eq!(rules(&env), all + 2);
    let shown = env.purser.json(&format!("connector inspect {CONNECTOR}"));
    assert_eq!(shown["grant"]["limits"]["pages"], 77, "limits are kept");

    grant(&env, "--replace", &["check GET /somewhere"]);
    assert_eq!(rules(&env), 1);
}
