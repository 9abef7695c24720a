//! Streams that are read in concurrent partitions.

use purser_sample_app::{Fault, SampleOptions};
use purser_tests::TestEnv;
use serde_json::Value;
use std::time::Duration;

/// Returns an environment whose profile `boards` reads by offset, 20 members on a page.
pub(crate) fn offset_paged_env(members: usize) -> TestEnv {
    let env = TestEnv::empty(
        members,
        SampleOptions {
            page_limit: 20,
            ..SampleOptions::default()
        },
    );
    env.purser.upload_and_grant("per-account");
    env.create_profile("per-account", "");

    env
}

pub(super) fn stream(run: &Value, name: &str) -> Value {
    let streams = run["run"]["streams"].as_array().unwrap();
    streams
        .iter()
        .find(|stream| stream["stream"] == name)
        .unwrap()
        .clone()
}

#[test]
fn partitions_are_read_concurrently_and_every_page_once() {
    let env = offset_paged_env(3_000);
    env.app.inject(Fault::Slow {
        each: Duration::from_millis(20),
    });
    env.purser.ok("run boards --stream members");

    assert_eq!(env.account_ids(), env.member_ids());
    assert_eq!(env.app.responses().repeated(), Vec::<&str>::new());
    // 150 pages, and the one after the total that shows the end of the list.
    assert_eq!(env.app.responses().count("GET /members?offset=", 200), 151);

    let most = env.app.max_in_flight();
    assert!((4..=8).contains(&most), "{most} requests at once");
    assert_eq!(stream(&env.last_run(), "members")["counts"]["pages"], 151);
}

#[test]
fn killed_run_resumes_every_partition() {
    let env = offset_paged_env(3_000);
    env.app.inject(Fault::Slow {
        each: Duration::from_millis(40),
    });
    let requests_before = env.app.requests();
    let mut run = env.spawn("run boards --stream members");

    env.wait_for_requests(requests_before + 70, &mut run);
    run.kill().unwrap();
    run.wait().unwrap();

    let committed = env.account_ids().len();
    assert!(
        (20..3_000).contains(&committed),
        "{committed} accounts were committed before the kill"
    );

    env.app.clear_faults();
    env.app.clear_responses();
    env.purser.ok("run boards --stream members");

    assert_eq!(env.account_ids(), env.member_ids());

    let pages = env.app.responses().count("GET /members?offset=", 200);
    assert_eq!(
        pages,
        151 - committed as u64 / 20,
        "only missing records are read"
    );
    assert_eq!(env.app.responses().repeated(), Vec::<&str>::new());
    assert_eq!(stream(&env.last_run(), "members")["resumed"], true);
}

#[test]
fn member_joining_or_leaving_during_the_read_loses_no_other_member() {
    for (fault, expected) in [
        (Fault::MemberLeavesBefore { offset: 600 }, 1_199),
        (Fault::MemberJoinsBefore { offset: 600 }, 1_201),
    ] {
        let env = offset_paged_env(1_200);
        env.app.inject(fault);
        env.purser.ok("run boards --stream members");
        let run = env.last_run();
        assert_eq!(run["run"]["state"], "complete");
        let logged = run["log"]
            .as_array()
            .unwrap()
            .iter()
            .any(|line| line["text"].as_str().unwrap().contains("read again"));
        assert!(logged, "{run:#}");
        let accounts = env.accounts();
        let listed = accounts.as_array().unwrap().iter();
        // The member who left was seen once, and is missing until another run lacks them too.
        let ids: Vec<_> = listed
            .filter(|account| account["missing_since"].is_null())
            .map(|account| account["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids.len(), expected, "{fault:?}");
        let missing = env
            .member_ids()
            .into_iter()
            .filter(|id| !ids.contains(id))
            .count();
        assert_eq!(
            missing,
            usize::from(expected == 1_199),
            "only the member who left is missing"
        );
    }
}

#[test]
fn list_that_keeps_changing_is_reread_a_bounded_number_of_times() {
    let env = offset_paged_env(400);
    env.purser.ok("run boards --stream members");
    env.app.clear_responses();

    // One member joins during each of the reads.
    for _ in 0..3 {
        env.app.inject(Fault::MemberJoinsBefore { offset: 200 });
        env.app.inject(Fault::MemberLeavesBefore { offset: 300 });
    }

    env.purser.ok("run boards --stream members");
    let ids = env.account_ids();

    let gone: Vec<_> = env
        .member_ids()
        .into_iter()
        .filter(|id| !ids.contains(id))
        .collect();
    assert!(gone.len() <= 3, "{gone:?}");
    assert!(
        env.app.responses().count("GET /members?offset=", 200) <= 70,
        "the number of reads is bounded"
    );
}

#[test]
fn member_who_left_an_offset_paged_list_is_missing_until_a_second_run_lacks_them() {
    let env = offset_paged_env(400);
    env.purser.ok("run boards --stream members");
    env.app.inject(Fault::MemberLeavesBefore { offset: 0 });

    env.purser.ok("run boards --stream members");
    let accounts = env.accounts();
    let missing: Vec<_> = accounts
        .as_array()
        .unwrap()
        .iter()
        .filter(|account| !account["missing_since"].is_null())
        .collect();
    assert_eq!(missing.len(), 1);
    assert_eq!(env.account_ids().len(), 400, "the account still counts");
    let counts = stream(&env.last_run(), "members")["counts"].clone();
    assert_eq!(
        (&counts["missing"], &counts["removed"]),
        (&1.into(), &0.into())
    );
    let table = env.purser.ok("accounts boards");
    assert!(table.contains("missing since"), "{table}");

    env.purser.ok("run boards --stream members");
    assert_eq!(env.account_ids().len(), 399, "the second read confirmed it");
    let counts = stream(&env.last_run(), "members")["counts"].clone();
    assert_eq!(
        (&counts["missing"], &counts["removed"]),
        (&0.into(), &1.into())
    );
}
