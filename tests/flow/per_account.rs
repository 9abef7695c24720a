//! Activity that is read account by account, in batches.

use super::partitions::{offset_paged_env, stream};
use purser_sample_app::Fault;
use purser_tests::{CONNECTOR, TestEnv};
use std::time::Duration;

#[test]
fn per_account_activity_is_read_with_concurrent_requests() {
    let env = offset_paged_env(1_000);
    env.purser.ok("run boards --stream members");
    env.app.inject(Fault::Slow {
        each: Duration::from_millis(10),
    });
    env.app.clear_responses();
    env.purser.ok("run boards --stream uses --look-back 3650");

    assert_eq!(env.app.responses().count("GET /members/", 200), 1_000);
    assert_eq!(env.app.responses().repeated(), Vec::<&str>::new());

    let most = env.app.max_in_flight();
    assert!((9..=32).contains(&most), "{most} requests at once");

    let uses = stream(&env.last_run(), "uses");
    assert_eq!(uses["counts"]["pages"], 3);
    assert_eq!(uses["complete"], true);

    // The records equal those of the connector that reads a list of activity.
    let listed = TestEnv::synced(1_000);
    let expected = stream(&listed.last_run(), "activity")["counts"]["records"].clone();
    assert_eq!(uses["counts"]["records"], expected);
}

#[test]
fn killed_per_account_read_resumes_after_the_last_committed_batch() {
    let env = offset_paged_env(1_000);
    env.purser.ok("run boards --stream members");
    env.app.inject(Fault::Slow {
        each: Duration::from_millis(15),
    });

    let requests_before = env.app.requests();
    let mut run = env.spawn("run boards --stream uses");
    env.wait_for_requests(requests_before + 960, &mut run);
    run.kill().unwrap();
    run.wait().unwrap();
    env.app.clear_faults();
    env.app.clear_responses();
    env.purser.ok("run boards --stream uses");

    let again = env.app.responses().count("GET /members/", 200);
    assert!(
        (1..1_000).contains(&again) && again.is_multiple_of(200),
        "{again} accounts were requested again"
    );
    assert_eq!(stream(&env.last_run(), "uses")["complete"], true);
}

/// Returns the number of seats with known use, and how many of them were last used more than a
/// month ago.
fn used(look_back: &str) -> (i64, i64) {
    let env = offset_paged_env(300);
    env.purser.ok(&format!("run boards {look_back}"));
    let month_ago = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(30 * 24);
    let database = rusqlite::Connection::open(env.purser.home().join("purser.db")).unwrap();
    let count = |sql: &str| -> i64 {
        database
            .query_row(sql, [month_ago.as_millisecond()], |row| row.get(0))
            .unwrap()
    };

    let all = count("SELECT count(*) FROM activity WHERE last_activity > 0 AND ?1 > 0");

    (
        all,
        count("SELECT count(*) FROM activity WHERE last_activity > 0 AND last_activity < ?1"),
    )
}

#[test]
fn activity_older_than_the_look_back_is_not_stored() {
    let (all, old) = used("--look-back 3650");
    let (recent, none) = used("--look-back 30");
    assert!(old > 0 && none == 0, "{old} and {none}");
    assert_eq!(recent, all - old);
}

#[test]
fn endless_pages_of_an_account_batch_end_as_a_stall() {
    let env = offset_paged_env(100);
    env.purser
        .ok("profile create endless --connector per-account --alias acme --set endless=true");
    env.purser.ok("run endless --stream members");
    env.app.clear_responses();

    env.purser.run("run endless --stream uses").assert_refused(
        5,
        "SaaS application",
        "3 pages in a row",
    );

    let pages_requested = env.app.responses().count("GET /members/", 200) / 100;
    assert!(pages_requested <= 26, "{pages_requested} pages were read");
}

#[test]
fn list_with_more_pages_than_the_grant_allows_is_stopped() {
    let env = offset_paged_env(100);
    env.purser
        .ok("connector grant per-account --all --limit pages=2");

    env.purser
        .run("run boards --stream members")
        .assert_refused(4, "connector", "more than the 2 pages");
}

#[test]
fn pages_are_requested_within_the_granted_rows() {
    let env = TestEnv::ready(40);
    env.purser.ok(&format!(
        "connector grant {CONNECTOR} --all --limit page-rows=7"
    ));

    env.purser.ok("run boards --stream members");

    assert_eq!(env.account_ids(), env.member_ids());
}

#[test]
fn per_account_stream_without_accounts_completes_empty() {
    let env = offset_paged_env(0);
    env.purser.ok("run boards");

    let run = env.last_run();
    assert_eq!(run["run"]["state"], "complete", "{run:#}");
    assert_eq!(stream(&run, "uses")["counts"]["records"], 0);
}
