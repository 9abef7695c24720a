//! Streams that are read in parts beside one another, and account by account.

use purser_sample_app::{Fault, SampleOptions};
use purser_tests::Stage;
use serde_json::Value;
use std::process::Stdio;
use std::time::Duration;

/// A profile `boards` of the connector that reads by position, 20 members a page.
pub(crate) fn by_position(members: usize) -> Stage {
    let stage = Stage::empty(
        members,
        SampleOptions {
            page_limit: 20,
            ..SampleOptions::default()
        },
    );
    stage.purser.upload_and_grant("clerk");
    stage.make_profile("clerk", "");
    stage
}

fn stream(run: &Value, name: &str) -> Value {
    let streams = run["run"]["streams"].as_array().unwrap();
    streams
        .iter()
        .find(|stream| stream["stream"] == name)
        .unwrap()
        .clone()
}

#[test]
fn parts_are_read_beside_one_another_and_each_page_once() {
    let stage = by_position(3_000);
    stage.app.inject(Fault::Slow {
        each: Duration::from_millis(20),
    });
    stage.purser.ok("run boards --stream members");
    assert_eq!(stage.account_ids(), stage.member_ids());
    assert_eq!(stage.app.responses().repeated(), Vec::<&str>::new());
    assert_eq!(
        stage.app.responses().count("GET /members?offset=", 200),
        150
    );
    let most = stage.app.max_in_flight();
    assert!((4..=8).contains(&most), "{most} requests at once");
    assert_eq!(stream(&stage.last_run(), "members")["counts"]["pages"], 150);
}

#[test]
fn a_killed_run_goes_on_with_every_part() {
    let stage = by_position(3_000);
    stage.app.inject(Fault::Slow {
        each: Duration::from_millis(40),
    });
    let asked = stage.app.requests();
    let mut run = stage.spawn("run boards --stream members");
    stage.until_asked(asked + 70, &mut run);
    run.kill().unwrap();
    run.wait().unwrap();
    let kept = stage.account_ids().len();
    assert!(
        (20..3_000).contains(&kept),
        "{kept} accounts were committed before the kill"
    );
    stage.app.clear_faults();
    stage.app.clear_responses();
    stage.purser.ok("run boards --stream members");
    assert_eq!(stage.account_ids(), stage.member_ids());
    let pages = stage.app.responses().count("GET /members?offset=", 200);
    assert_eq!(
        pages,
        150 - kept as u64 / 20,
        "only what was missing was read"
    );
    assert_eq!(stage.app.responses().repeated(), Vec::<&str>::new());
    assert_eq!(stream(&stage.last_run(), "members")["resumed"], true);
}

#[test]
fn members_who_come_and_go_while_the_list_is_read_cost_nobody_else() {
    for (fault, expected) in [
        (Fault::MemberLeavesBefore { offset: 600 }, 1_199),
        (Fault::MemberJoinsBefore { offset: 600 }, 1_201),
    ] {
        let stage = by_position(1_200);
        stage.app.inject(fault);
        stage.purser.ok("run boards --stream members");
        let run = stage.last_run();
        assert_eq!(run["run"]["state"], "complete");
        let said = run["log"]
            .as_array()
            .unwrap()
            .iter()
            .any(|line| line["text"].as_str().unwrap().contains("read again"));
        assert!(said, "{run:#}");
        let ids = stage.account_ids();
        assert_eq!(ids.len(), expected, "{fault:?}");
        let missing = stage
            .member_ids()
            .into_iter()
            .filter(|id| !ids.contains(id))
            .count();
        assert_eq!(missing, usize::from(expected == 1_199), "only who left");
    }
}

#[test]
fn a_list_that_never_rests_is_read_a_few_times_and_loses_nobody() {
    let stage = by_position(400);
    stage.purser.ok("run boards --stream members");
    stage.app.clear_responses();
    // One joins in each of the reads.
    for _ in 0..3 {
        stage.app.inject(Fault::MemberJoinsBefore { offset: 200 });
        stage.app.inject(Fault::MemberLeavesBefore { offset: 300 });
    }
    stage.purser.ok("run boards --stream members");
    let ids = stage.account_ids();
    let gone: Vec<_> = stage
        .member_ids()
        .into_iter()
        .filter(|id| !ids.contains(id))
        .collect();
    assert!(gone.len() <= 3, "{gone:?}");
    assert!(
        stage.app.responses().count("GET /members?offset=", 200) <= 70,
        "it does not go on for ever"
    );
}

#[test]
fn activity_is_read_account_by_account_with_requests_beside_one_another() {
    let stage = by_position(1_000);
    stage.purser.ok("run boards --stream members");
    stage.app.inject(Fault::Slow {
        each: Duration::from_millis(10),
    });
    stage.app.clear_responses();
    stage.purser.ok("run boards --stream uses --look-back 3650");
    assert_eq!(stage.app.responses().count("GET /members/", 200), 1_000);
    assert_eq!(stage.app.responses().repeated(), Vec::<&str>::new());
    let most = stage.app.max_in_flight();
    assert!((9..=32).contains(&most), "{most} requests at once");
    let uses = stream(&stage.last_run(), "uses");
    assert_eq!(
        (&uses["counts"]["pages"], &uses["complete"]),
        (&3.into(), &true.into())
    );

    // The same figures as those of the connector that reads a list of activity.
    let listed = Stage::synced(1_000);
    let expected = stream(&listed.last_run(), "activity")["counts"]["records"].clone();
    assert_eq!(uses["counts"]["records"], expected);
}

#[test]
fn a_killed_read_by_account_goes_on_behind_the_last_account() {
    let stage = by_position(1_000);
    stage.purser.ok("run boards --stream members");
    stage.app.inject(Fault::Slow {
        each: Duration::from_millis(15),
    });
    let asked = stage.app.requests();
    let mut run = stage.spawn("run boards --stream uses");
    stage.until_asked(asked + 960, &mut run);
    run.kill().unwrap();
    run.wait().unwrap();
    stage.app.clear_faults();
    stage.app.clear_responses();
    stage.purser.ok("run boards --stream uses");
    let again = stage.app.responses().count("GET /members/", 200);
    assert!(
        (1..1_000).contains(&again) && again.is_multiple_of(200),
        "{again} accounts were asked about again"
    );
    assert_eq!(stream(&stage.last_run(), "uses")["complete"], true);
}

/// How many seats of the profile are known to have been used, and how many of them more than a month ago.
fn used(look_back: &str) -> (i64, i64) {
    let stage = by_position(300);
    stage.purser.ok(&format!("run boards {look_back}"));
    let month_ago = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(30 * 24);
    let database = rusqlite::Connection::open(stage.purser.home().join("purser.db")).unwrap();
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
fn activity_is_read_so_far_back_and_no_further() {
    let ((all, old), (recent, none)) = (used("--look-back 3650"), used("--look-back 30"));
    assert!(old > 0 && none == 0, "{old} and {none}");
    assert_eq!(recent, all - old);
}

#[test]
fn a_connector_that_never_comes_to_an_end_with_some_accounts_is_stopped() {
    let stage = by_position(100);
    stage
        .purser
        .ok("connector grant clerk --all --limit pages=20");
    stage
        .purser
        .ok("profile create endless --connector clerk --alias acme --set endless=true");
    stage.purser.ok("run endless --stream members");
    stage.app.clear_responses();
    stage
        .purser
        .run("run endless --stream uses")
        .assert_refused(4, "connector", "20 pages");
    let asked = stage.app.responses().count("GET /members/", 200) / 100;
    assert!(
        (20..=26).contains(&asked),
        "{asked} pages were read, and were not gathered meanwhile"
    );
}

#[test]
fn no_account_is_no_activity() {
    let stage = by_position(0);
    stage.purser.ok("run boards");
    let run = stage.last_run();
    assert_eq!(run["run"]["state"], "complete", "{run:#}");
    assert_eq!(stream(&run, "uses")["counts"]["records"], 0);
}
