//! Runs that the application makes wait, and runs that a person ends.

use crate::parts;
use purser_sample_app::Fault;
use purser_tests::Stage;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// From the second stream on, for longer than a run sits out.
const HOUR: Fault = Fault::RateLimits {
    after: 0,
    requests: u64::MAX / 2,
    status: 429,
    retry_after: Some(3600),
};

/// Lets the time of a parked run come in so many milliseconds.
fn due_in(stage: &Stage, ms: i64) {
    let database = rusqlite::Connection::open(stage.purser.home().join("purser.db")).unwrap();
    let due = jiff::Timestamp::now().as_millisecond() + ms;
    let changed = database
        .execute(
            "UPDATE run SET parked_until = ?1 WHERE state = 'parked'",
            [due],
        )
        .unwrap();
    assert_eq!(changed, 1);
}

/// A run that was parked after its first stream, which has 300 members in 3 pages.
fn parked() -> Stage {
    let stage = Stage::ready(300);
    let Fault::RateLimits {
        requests,
        status,
        retry_after,
        ..
    } = HOUR
    else {
        unreachable!()
    };
    stage.app.inject(Fault::RateLimits {
        after: stage.app.requests() + 3,
        requests,
        status,
        retry_after,
    });
    let refused = stage.purser.run("run boards");
    refused.assert_refused(5, "SaaS application", "parked");
    stage
}

#[test]
fn a_parked_run_sends_nothing_before_its_time_and_goes_on_after_it() {
    let stage = parked();
    let run = &stage.purser.json("runs list")[0];
    assert_eq!(
        (&run["state"], &run["id"]),
        (&"parked".into(), &1.into()),
        "{run:#}"
    );
    let until: jiff::Timestamp = run["parked_until"].as_str().unwrap().parse().unwrap();
    let wait = until.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((3_500..=3_600).contains(&wait), "{wait} s");
    assert_eq!(
        (&run["ended_at"], &run["outcome"]["class"]),
        (&().into(), &"rate-limited".into())
    );
    assert!(stage.purser.ok("runs show 1").contains("parked until"));

    let asked = stage.app.requests();
    stage
        .purser
        .run("run boards")
        .assert_refused(5, "SaaS application", "parked");
    assert_eq!(
        stage.app.requests(),
        asked,
        "another process keeps to it, too"
    );

    stage.app.clear_faults();
    stage.app.clear_responses();
    due_in(&stage, -1);
    stage.purser.ok("run boards");
    let runs = stage.purser.json("runs list");
    assert_eq!(
        (runs.as_array().unwrap().len(), &runs[0]["state"]),
        (1, &"complete".into()),
        "{runs:#}"
    );
    assert_eq!(
        stage.app.responses().count("GET /members?", 200),
        0,
        "what was complete is not read again"
    );
    assert!(stage.app.responses().count("GET /activity", 200) > 0);
    assert_eq!(stage.accounts().as_array().unwrap().len(), 300);
}

#[test]
fn who_says_so_waits_for_a_parked_run() {
    let stage = parked();
    stage.app.clear_faults();
    due_in(&stage, 1_500);
    let began = Instant::now();
    stage.purser.ok("run boards --wait");
    assert!(began.elapsed() >= Duration::from_millis(1_000));
    assert_eq!(stage.purser.json("runs list")[0]["state"], "complete");
}

#[test]
fn a_parked_run_that_is_waited_for_can_be_cancelled() {
    let stage = parked();
    let mut waiting = stage.purser.command("run boards --wait");
    let mut waiting = waiting
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(waiting.stderr.take().unwrap())
        .read_line(&mut said)
        .unwrap();
    assert!(said.contains("parked for"), "{said}");
    let asked = stage.app.requests();
    assert_eq!(stage.purser.json("runs cancel 1")["state"], "cancelled");
    assert_eq!(waiting.wait().unwrap().code(), Some(3));
    assert_eq!(stage.app.requests(), asked, "nothing was sent");
}

#[test]
fn a_parked_run_whose_profile_goes_away_ends() {
    let stage = parked();
    stage.purser.ok("profile delete boards");
    let run = &stage.purser.json("runs list")[0];
    assert_eq!(
        (&run["state"], &run["outcome"]["class"]),
        (&"failed".into(), &"superseded".into()),
        "{run:#}"
    );
}

#[test]
fn a_short_limit_is_sat_out_and_accounted_for() {
    let stage = Stage::ready(300);
    stage.app.inject(Fault::RateLimits {
        after: stage.app.requests() + 1,
        requests: 1,
        status: 429,
        retry_after: Some(1),
    });
    stage.purser.ok("run boards");
    let members = &stage.last_run()["run"]["streams"][0]["counts"];
    assert_eq!(members["retries"], 1, "{members:#}");
    assert!(
        members["waited_ms"].as_u64().unwrap() >= 1_000,
        "{members:#}"
    );
}

#[test]
fn an_answer_that_the_connector_describes_as_a_limit_is_one() {
    let stage = parts::by_position(100);
    stage.app.inject(Fault::RateLimits {
        after: stage.app.requests() + 1,
        requests: 2,
        status: 403,
        retry_after: None,
    });
    stage.purser.ok("run boards --stream members");
    assert_eq!(stage.accounts().as_array().unwrap().len(), 100);
    assert_eq!(
        stage.last_run()["run"]["streams"][0]["counts"]["retries"],
        2
    );
}

#[test]
fn a_run_is_cancelled_from_another_process_at_once_and_keeps_what_it_had() {
    let stage = Stage::ready(900);
    stage.app.inject(Fault::Slow {
        each: Duration::from_millis(100),
    });
    let asked = stage.app.requests();
    let mut run = stage.spawn("run boards");
    stage.until_asked(asked + 5, &mut run);
    // What it does not wait for: the answer to the request under way.
    stage.app.inject(Fault::Slow {
        each: Duration::from_secs(60),
    });
    stage.until_asked(asked + 6, &mut run);
    let began = Instant::now();
    let cancelled = stage.purser.json("runs cancel 1");
    assert_eq!(
        (&cancelled["state"], &cancelled["outcome"]["class"]),
        (&"cancelled".into(), &"cancelled".into())
    );
    assert_eq!(run.wait().unwrap().code(), Some(3));
    assert!(began.elapsed() < Duration::from_secs(20));
    let kept = stage.accounts().as_array().unwrap().len();
    assert!((100..900).contains(&kept), "{kept} accounts");

    stage
        .purser
        .run("runs cancel 1")
        .assert_refused(3, "input or configuration", "ended already");
    stage
        .purser
        .run("runs cancel 9")
        .assert_refused(3, "input or configuration", "no run 9");
    stage.app.clear_faults();
    stage.purser.ok("run boards");
    let members = &stage.last_run()["run"]["streams"][0];
    assert_eq!(
        (&members["resumed"], &members["counts"]["records"]),
        (&true.into(), &(900 - kept).into())
    );
}

#[test]
fn a_run_that_nobody_works_on_any_more_can_be_cancelled() {
    let stage = Stage::ready(300);
    stage.app.inject(Fault::Slow {
        each: Duration::from_millis(200),
    });
    let asked = stage.app.requests();
    let mut run = stage.spawn("run boards");
    stage.until_asked(asked + 1, &mut run);
    assert_eq!(stage.purser.json("runs list")[0]["state"], "running");
    run.kill().unwrap();
    run.wait().unwrap();
    assert_eq!(stage.purser.json("runs cancel 1")["state"], "cancelled");

    let stage = parked();
    assert_eq!(stage.purser.json("runs cancel 1")["state"], "cancelled");
    stage.app.clear_faults();
    stage.purser.ok("run boards");
    assert_eq!(
        stage.purser.json("runs list")[0]["id"],
        2,
        "a run of its own"
    );
}
