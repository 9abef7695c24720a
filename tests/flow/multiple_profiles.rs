//! Several profiles in one command.

use purser_sample_app::Fault;
use purser_tests::{CONNECTOR, TestEnv};
use std::time::Duration;

/// Returns an environment with the profiles `boards`, `b1`, `b2` and `b3` of one connection.
fn env_with_four_profiles() -> TestEnv {
    let env = TestEnv::ready(300);
    for number in 1..=3 {
        env.purser.ok(&format!(
            "profile create b{number} --connector {CONNECTOR} --alias acme"
        ));
    }
    env
}

#[test]
fn profiles_run_concurrently_up_to_the_given_number() {
    let env = env_with_four_profiles();
    env.app.inject(Fault::Slow {
        each: Duration::from_millis(100),
    });
    let runs = env.purser.json("run boards b1 b2 b3 --at-once 3");

    let runs = runs.as_array().unwrap();
    assert!(
        runs.len() == 4 && runs.iter().all(|run| run["state"] == "complete"),
        "{runs:#?}"
    );
    assert_eq!(env.app.max_in_flight(), 3);

    for profile in ["boards", "b1", "b2", "b3"] {
        assert_eq!(
            env.purser
                .json(&format!("accounts {profile}"))
                .as_array()
                .unwrap()
                .len(),
            300
        );
    }
}

#[test]
fn unknown_profile_does_not_stop_the_other_runs() {
    let env = env_with_four_profiles();
    let output = env.purser.run("run b1 nobody b2");
    output.assert_refused(3, "input or configuration", "no profile nobody");
    assert!(output.stderr.contains("nobody: not run"), "{output:#?}");

    let runs = env.purser.json("runs list");
    assert!(
        runs.as_array()
            .unwrap()
            .iter()
            .all(|run| run["state"] == "complete"),
        "{runs:#}"
    );
    assert_eq!(runs.as_array().unwrap().len(), 2);
}

#[test]
fn run_all_runs_the_published_profiles_only() {
    let env = env_with_four_profiles();
    env.purser.run("run --all").assert_refused(
        3,
        "input or configuration",
        "no profile is published",
    );

    for profile in ["boards", "b2"] {
        env.purser.ok(&format!("profile publish {profile}"));
    }

    let runs = env.purser.json("run --all");

    let profiles: Vec<_> = runs
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["profile"].as_str().unwrap())
        .collect();
    assert_eq!(profiles.len(), 2, "{profiles:?}");
    assert!(
        profiles.contains(&"boards") && profiles.contains(&"b2"),
        "{profiles:?}"
    );

    let both = "run boards b2 --stream members";
    env.purser.run(both).assert_refused(
        3,
        "input or configuration",
        "--stream, --connection and --record",
    );
}
