//! Several profiles at once.

use purser_sample_app::Fault;
use purser_tests::{CONNECTOR, Stage};
use std::time::Duration;

/// Profiles `boards`, `b1`, `b2` and `b3` of one connection.
fn four() -> Stage {
    let stage = Stage::ready(300);
    for number in 1..=3 {
        stage.purser.ok(&format!(
            "profile create b{number} --connector {CONNECTOR} --alias acme"
        ));
    }
    stage
}

#[test]
fn several_profiles_are_read_at_once() {
    let stage = four();
    stage.app.inject(Fault::Slow {
        each: Duration::from_millis(100),
    });
    let runs = stage.purser.json("run boards b1 b2 b3 --at-once 3");
    let runs = runs.as_array().unwrap();
    assert!(
        runs.len() == 4 && runs.iter().all(|run| run["state"] == "complete"),
        "{runs:#?}"
    );
    assert_eq!(stage.app.max_in_flight(), 3);
    for profile in ["boards", "b1", "b2", "b3"] {
        assert_eq!(
            stage
                .purser
                .json(&format!("accounts {profile}"))
                .as_array()
                .unwrap()
                .len(),
            300
        );
    }
}

#[test]
fn one_profile_that_cannot_be_run_keeps_no_other_from_it() {
    let stage = four();
    let answer = stage.purser.run("run b1 nobody b2");
    answer.assert_refused(3, "input or configuration", "no profile nobody");
    assert!(answer.stderr.contains("nobody: not run"), "{answer:#?}");
    let runs = stage.purser.json("runs list");
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
fn all_is_what_is_published() {
    let stage = four();
    stage.purser.run("run --all").assert_refused(
        3,
        "input or configuration",
        "no profile is published",
    );
    for profile in ["boards", "b2"] {
        stage.purser.ok(&format!("profile publish {profile}"));
    }
    let runs = stage.purser.json("run --all");
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
    stage.purser.run(both).assert_refused(
        3,
        "input or configuration",
        "--stream, --connection and --record",
    );
}
