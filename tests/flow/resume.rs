//! A killed run, and the run that resumes it.

use purser_sample_app::Fault;
use purser_tests::TestEnv;
use std::time::Duration;

#[test]
fn killed_run_is_resumed_with_nothing_lost_or_duplicated() {
    let env = TestEnv::ready(900);
    env.app.inject(Fault::Slow {
        each: Duration::from_millis(100),
    });
    let requests_before = env.app.requests();
    let mut run = env.spawn("run boards");

    env.wait_for_requests(requests_before + 5, &mut run);

    // SIGKILL leaves no chance to clean up.
    run.kill().unwrap();
    run.wait().unwrap();

    let committed = env.accounts().as_array().unwrap().len();
    assert!(
        (100..900).contains(&committed),
        "{committed} accounts were committed before the kill"
    );

    let killed = &env.purser.json("runs list")[0];
    assert_eq!(killed["state"], "failed");
    assert_eq!(killed["outcome"]["class"], "interrupted");

    env.app.clear_faults();
    env.app.clear_responses();
    env.purser.ok("run boards");

    let runs = env.purser.json("runs list");
    assert_eq!(runs[0]["state"], "complete");
    assert_eq!(runs[1]["state"], "failed");
    assert_eq!(runs[1]["outcome"]["class"], "interrupted");

    let members = &runs[0]["streams"][0];
    assert_eq!(members["resumed"], true);
    assert_eq!(members["complete"], true);
    assert_eq!(
        members["counts"]["records"],
        900 - committed as u64,
        "only missing records are read"
    );

    let undisturbed = TestEnv::synced(900);

    let ids = |env: &TestEnv| -> Vec<String> {
        env.accounts()
            .as_array()
            .unwrap()
            .iter()
            .map(|account| account["id"].to_string())
            .collect()
    };
    assert_eq!(ids(&env), ids(&undisturbed));
}

#[test]
fn second_run_of_a_running_profile_is_refused() {
    let env = TestEnv::ready(300);
    env.app.inject(Fault::Slow {
        each: Duration::from_millis(300),
    });
    let requests_before = env.app.requests();
    let mut first = env.spawn("run boards");

    while env.app.requests() < requests_before + 1 {
        std::thread::sleep(Duration::from_millis(5));
    }

    env.purser
        .run("run boards")
        .assert_refused(3, "input or configuration", "in progress");

    env.app.clear_faults();
    assert!(first.wait().unwrap().success());
}
