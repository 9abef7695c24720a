//! Runs that a person cancels.

use super::rate_limits::parked_env;
use purser_sample_app::Fault;
use purser_tests::TestEnv;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

#[test]
fn awaited_parked_run_can_be_cancelled() {
    let env = parked_env();
    let mut waiting = env.purser.command("run boards --wait");
    let mut waiting = waiting
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();

    BufReader::new(waiting.stderr.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(line.contains("parked for"), "{line}");

    let requests_before = env.app.requests();
    assert_eq!(env.purser.json("runs cancel 1")["state"], "cancelled");
    assert_eq!(waiting.wait().unwrap().code(), Some(3));
    assert_eq!(env.app.requests(), requests_before, "nothing was sent");
}

#[test]
fn run_cancelled_from_another_process_ends_at_once_and_keeps_its_pages() {
    let env = TestEnv::ready(900);
    env.app.inject(Fault::Slow {
        each: Duration::from_millis(100),
    });
    let requests_before = env.app.requests();
    let mut run = env.spawn("run boards");

    env.wait_for_requests(requests_before + 5, &mut run);

    // The cancelled run must not wait for the response to the request in flight.
    env.app.inject(Fault::Slow {
        each: Duration::from_secs(60),
    });
    env.wait_for_requests(requests_before + 6, &mut run);
    let began = Instant::now();

    let cancelled = env.purser.json("runs cancel 1");
    assert_eq!(cancelled["state"], "cancelled");
    assert_eq!(cancelled["outcome"]["class"], "cancelled");
    assert_eq!(run.wait().unwrap().code(), Some(3));
    assert!(began.elapsed() < Duration::from_secs(20));

    let committed = env.accounts().as_array().unwrap().len();
    assert!((100..900).contains(&committed), "{committed} accounts");
    env.purser
        .run("runs cancel 1")
        .assert_refused(3, "input or configuration", "ended already");
    env.purser
        .run("runs cancel 9")
        .assert_refused(3, "input or configuration", "no run 9");

    env.app.clear_faults();
    env.purser.ok("run boards");

    let members = &env.last_run()["run"]["streams"][0];
    assert_eq!(members["resumed"], true);
    assert_eq!(members["counts"]["records"], 900 - committed);
}

#[test]
fn killed_or_parked_run_can_be_cancelled() {
    let env = TestEnv::ready(300);
    env.app.inject(Fault::Slow {
        each: Duration::from_millis(200),
    });
    let requests_before = env.app.requests();
    let mut run = env.spawn("run boards");

    env.wait_for_requests(requests_before + 1, &mut run);
    assert_eq!(env.purser.json("runs list")[0]["state"], "running");

    run.kill().unwrap();
    run.wait().unwrap();
    assert_eq!(env.purser.json("runs cancel 1")["state"], "cancelled");

    let env = parked_env();
    assert_eq!(env.purser.json("runs cancel 1")["state"], "cancelled");

    env.app.clear_faults();
    env.purser.ok("run boards");
    assert_eq!(env.purser.json("runs list")[0]["id"], 2, "a new run");
}
