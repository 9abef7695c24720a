//! A run that is killed, and the run that takes over.

use purser_sample_app::Fault;
use purser_tests::Stage;
use std::process::Stdio;
use std::time::Duration;

#[test]
fn a_killed_run_is_taken_over_with_nothing_lost_and_nothing_doubled() {
    let stage = Stage::ready(900);
    stage.app.inject(Fault::Slow {
        each: Duration::from_millis(100),
    });
    let asked = stage.app.requests();
    let mut run = stage.spawn("run boards");
    stage.until_asked(asked + 5, &mut run);
    // SIGKILL: nothing gets a chance to clean up.
    run.kill().unwrap();
    run.wait().unwrap();

    let kept = stage.accounts().as_array().unwrap().len();
    assert!(
        (100..900).contains(&kept),
        "{kept} accounts were committed before the kill"
    );
    let killed = &stage.purser.json("runs list")[0];
    assert_eq!(
        (&killed["state"], &killed["outcome"]["class"]),
        (&"failed".into(), &"interrupted".into())
    );

    stage.app.clear_faults();
    stage.app.clear_responses();
    stage.purser.ok("run boards");
    let runs = stage.purser.json("runs list");
    assert_eq!(
        (&runs[0]["state"], &runs[1]["state"]),
        (&"complete".into(), &"failed".into())
    );
    assert_eq!(runs[1]["outcome"]["class"], "interrupted");
    let members = &runs[0]["streams"][0];
    assert_eq!(
        (&members["resumed"], &members["complete"]),
        (&true.into(), &true.into())
    );
    assert_eq!(
        members["counts"]["records"],
        900 - kept as u64,
        "only what was missing was read"
    );

    let undisturbed = Stage::synced(900);
    let ids = |stage: &Stage| -> Vec<String> {
        stage
            .accounts()
            .as_array()
            .unwrap()
            .iter()
            .map(|account| account["id"].to_string())
            .collect()
    };
    assert_eq!(ids(&stage), ids(&undisturbed));
}

#[test]
fn two_runs_of_a_profile_never_overlap() {
    let stage = Stage::ready(300);
    stage.app.inject(Fault::Slow {
        each: Duration::from_millis(300),
    });
    let asked = stage.app.requests();
    let mut first = stage.spawn("run boards");
    while stage.app.requests() < asked + 1 {
        std::thread::sleep(Duration::from_millis(5));
    }
    stage
        .purser
        .run("run boards")
        .assert_refused(3, "input or configuration", "under way");
    stage.app.clear_faults();
    assert!(first.wait().unwrap().success());
}
