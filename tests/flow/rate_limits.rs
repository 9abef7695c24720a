//! Runs that wait for a rate limit: in place for a short one, parked for a long one.

use super::partitions;
use purser_sample_app::Fault;
use purser_tests::TestEnv;
use std::time::{Duration, Instant};

/// A rate limit on all requests, longer than a run waits in place.
const HOUR_LIMIT: Fault = Fault::RateLimits {
    after: 0,
    requests: u64::MAX / 2,
    status: 429,
    retry_after: Some(3600),
};

/// Makes a parked run due in this many milliseconds.
fn make_due_in(env: &TestEnv, ms: i64) {
    let database = rusqlite::Connection::open(env.purser.home().join("purser.db")).unwrap();
    let due = jiff::Timestamp::now().as_millisecond() + ms;

    let changed = database
        .execute(
            "UPDATE run SET parked_until = ?1 WHERE state = 'parked'",
            [due],
        )
        .unwrap();
    assert_eq!(changed, 1);
}

/// Returns an environment with a run that was parked after its first stream of 300 members in 3
/// pages.
pub(super) fn parked_env() -> TestEnv {
    let env = TestEnv::ready(300);
    let Fault::RateLimits {
        requests,
        status,
        retry_after,
        ..
    } = HOUR_LIMIT
    else {
        unreachable!()
    };

    env.app.inject(Fault::RateLimits {
        after: env.app.requests() + 3,
        requests,
        status,
        retry_after,
    });

    let refused = env.purser.run("run boards");
    refused.assert_refused(5, "SaaS application", "parked");

    env
}

#[test]
fn parked_run_sends_nothing_before_its_time_and_resumes_after_it() {
    let env = parked_env();
    let run = &env.purser.json("runs list")[0];
    assert_eq!(run["state"], "parked", "{run:#}");
    assert_eq!(run["id"], 1, "{run:#}");

    let until: jiff::Timestamp = run["parked_until"].as_str().unwrap().parse().unwrap();
    let wait = until.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((3_500..=3_600).contains(&wait), "{wait} s");
    assert_eq!(run["ended_at"], serde_json::Value::Null);
    assert_eq!(run["outcome"]["class"], "rate-limited");
    assert!(env.purser.ok("runs show 1").contains("parked until"));

    let requests_before = env.app.requests();
    env.purser
        .run("run boards")
        .assert_refused(5, "SaaS application", "parked");
    assert_eq!(
        env.app.requests(),
        requests_before,
        "another process also waits"
    );

    env.app.clear_faults();
    env.app.clear_responses();
    make_due_in(&env, -1);
    env.purser.ok("run boards");

    let runs = env.purser.json("runs list");
    assert_eq!(runs.as_array().unwrap().len(), 1, "{runs:#}");
    assert_eq!(runs[0]["state"], "complete", "{runs:#}");
    assert_eq!(
        env.app.responses().count("GET /members?", 200),
        0,
        "a complete stream is not read again"
    );
    assert!(env.app.responses().count("GET /activity", 200) > 0);
    assert_eq!(env.accounts().as_array().unwrap().len(), 300);
}

#[test]
fn run_with_wait_waits_for_a_parked_run() {
    let env = parked_env();
    env.app.clear_faults();
    make_due_in(&env, 1_500);

    let began = Instant::now();
    env.purser.ok("run boards --wait");
    assert!(began.elapsed() >= Duration::from_millis(1_000));
    assert_eq!(env.purser.json("runs list")[0]["state"], "complete");
}

#[test]
fn parked_run_fails_when_its_profile_is_deleted() {
    let env = parked_env();
    env.purser.ok("profile delete boards");

    let run = &env.purser.json("runs list")[0];
    assert_eq!(run["state"], "failed", "{run:#}");
    assert_eq!(run["outcome"]["class"], "superseded", "{run:#}");
}

#[test]
fn short_rate_limit_is_waited_for_and_counted() {
    let env = TestEnv::ready(300);
    env.app.inject(Fault::RateLimits {
        after: env.app.requests() + 1,
        requests: 1,
        status: 429,
        retry_after: Some(1),
    });
    env.purser.ok("run boards");

    let members = &env.last_run()["run"]["streams"][0]["counts"];
    assert_eq!(members["retries"], 1, "{members:#}");
    assert!(
        members["waited_ms"].as_u64().unwrap() >= 1_000,
        "{members:#}"
    );
}

#[test]
fn response_that_the_connector_declares_a_rate_limit_is_retried() {
    let env = partitions::offset_paged_env(100);
    env.app.inject(Fault::RateLimits {
        after: env.app.requests() + 1,
        requests: 2,
        status: 403,
        retry_after: None,
    });
    env.purser.ok("run boards --stream members");

    assert_eq!(env.accounts().as_array().unwrap().len(), 100);
    assert_eq!(env.last_run()["run"]["streams"][0]["counts"]["retries"], 2);
}
