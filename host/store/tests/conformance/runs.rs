//! Runs: beginning, parking, ending, taking over, and their history.

use super::fixture::{
    TestStore, accounts, accounts_page, at, connection, name, not_found, profile, sealed, source,
};
use purser_model::{
    Blame, Counts, NextStep, Outcome, OutcomeClass, ProfileName, RejectedRow, RequestStats, RunId,
    RunState, StreamKind,
};
use purser_store::{LogLine, PartitionPage, Source, StoreError};
use std::time::Duration;

fn outcome() -> Outcome {
    Outcome {
        class: OutcomeClass::AuthRejected,
        blame: Blame::Operator,
        message: "401".into(),
        next_step: Some(NextStep::AuthorizeConnection {
            connection: name("acme"),
        }),
    }
}

#[test]
fn run_that_began_is_running_and_one_that_ended_keeps_its_outcome() {
    let test = TestStore::ready();
    let run = test.begin_run();
    let stored = test.store.run(run).unwrap();
    assert_eq!(stored.id, RunId(1));
    assert_eq!(stored.state, RunState::Running);
    assert_eq!(stored.started_at, at(1000));
    assert_eq!(stored.ended_at, None);

    test.store
        .finish_run(run, RunState::Failed, Some(&outcome()), at(1500))
        .unwrap();

    let stored = test.store.run(run).unwrap();
    assert_eq!(stored.state, RunState::Failed);
    assert_eq!(stored.ended_at, Some(at(1500)));
    assert_eq!(stored.outcome, Some(outcome()));
}

#[test]
fn run_that_ended_cannot_end_again() {
    let test = TestStore::ready();
    let run = test.begin_run();
    let finish = || test.store.finish_run(run, RunState::Complete, None, at(1));
    finish().unwrap();

    let error = finish().unwrap_err();

    assert!(matches!(error, StoreError::RunEnded(ended) if ended == run));
}

#[test]
fn run_that_does_not_exist_is_not_found() {
    let test = TestStore::ready();
    let unknown = RunId(99);

    assert_eq!(not_found(test.store.run(unknown)), "run 99");
    assert_eq!(not_found(test.store.run_log(unknown)), "run 99");
    assert_eq!(not_found(test.store.log_lines(unknown, &[])), "run 99");
    assert_eq!(not_found(test.store.rejected_rows(unknown)), "run 99");
}

#[test]
fn run_needs_its_profile_and_connection() {
    let test = TestStore::ready();
    let begin = |profile: &str, connection: &str| {
        let source = Source {
            profile: name(profile),
            connection: name(connection),
        };
        test.store.begin_run(&source, at(0))
    };

    assert_eq!(not_found(begin("crm", "acme")), "profile crm");
    assert_eq!(not_found(begin("hub", "crm")), "connection crm");
    assert!(test.store.sources().unwrap().is_empty());
}

#[test]
fn run_whose_process_died_is_interrupted_by_the_next_and_writes_no_more() {
    let test = TestStore::ready();
    let died = test.begin_run();
    test.begin_users(died);

    let next = test.store.begin_run(&source(), at(3000)).unwrap();

    let stored = test.store.run(died).unwrap();
    assert_eq!(stored.state, RunState::Failed);
    assert_eq!(stored.ended_at, Some(at(3000)));
    let outcome = stored.outcome.unwrap();
    assert_eq!(outcome.class, OutcomeClass::Interrupted);
    assert_eq!(outcome.blame, Blame::Host);

    test.begin_users(next);
    let error = test
        .commit_users(died, accounts(&["late"]), None)
        .unwrap_err();
    assert!(matches!(error, StoreError::RunEnded(_)), "{error}");
    assert!(test.ids().is_empty());
    assert_eq!(test.store.run(next).unwrap().state, RunState::Running);
}

#[test]
fn run_whose_process_died_is_ended_with_the_other_abandoned_runs_of_its_profile() {
    let test = TestStore::ready();
    let died = test.begin_run();

    test.store.end_abandoned(&name("hub"), at(9)).unwrap();

    let stored = test.store.run(died).unwrap();
    assert_eq!(stored.outcome.unwrap().class, OutcomeClass::Interrupted);
}

#[test]
fn run_of_another_source_keeps_running() {
    let test = TestStore::ready();
    let other = test.add_other_source();
    let first = test.begin_run();

    test.store.begin_run(&other, at(2000)).unwrap();

    assert_eq!(test.store.run(first).unwrap().state, RunState::Running);
}

#[test]
fn parked_run_is_found_and_resumes() {
    let test = TestStore::ready();
    let run = test.begin_run();

    test.store.park_run(run, at(5000), &outcome()).unwrap();
    let parked = test.store.parked_run(&source()).unwrap().unwrap();
    assert_eq!(parked.id, run);
    assert_eq!(parked.state, RunState::Parked);
    assert_eq!(parked.parked_until, Some(at(5000)));
    assert_eq!(parked.outcome, Some(outcome()));

    test.store.resume_run(run).unwrap();
    let resumed = test.store.run(run).unwrap();
    assert_eq!(resumed.state, RunState::Running);
    assert_eq!(resumed.parked_until, None);
    assert_eq!(resumed.outcome, None);
    assert_eq!(test.store.parked_run(&source()).unwrap(), None);
    let error = test.store.resume_run(run).unwrap_err();
    assert!(matches!(error, StoreError::RunEnded(_)), "{error}");
}

#[test]
fn parked_run_is_superseded_by_the_next() {
    let test = TestStore::ready();
    let parked = test.begin_run();
    test.store.park_run(parked, at(5000), &outcome()).unwrap();

    test.begin_run();

    let stored = test.store.run(parked).unwrap();
    assert_eq!(stored.state, RunState::Failed);
    assert_eq!(stored.outcome.unwrap().class, OutcomeClass::Superseded);
}

#[test]
fn parked_run_ends_with_its_profile_or_connection() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.store.park_run(run, at(5000), &outcome()).unwrap();

    test.store.delete_connection(&name("acme")).unwrap();

    let stored = test.store.run(run).unwrap();
    assert_eq!(stored.outcome.unwrap().class, OutcomeClass::Superseded);
}

#[test]
fn open_run_can_be_asked_to_cancel_and_an_ended_one_cannot() {
    let test = TestStore::ready();
    let run = test.begin_run();
    assert!(!test.store.is_to_be_cancelled(run).unwrap());

    test.store.ask_to_cancel(run, at(1)).unwrap();
    assert!(test.store.is_to_be_cancelled(run).unwrap());

    test.store
        .finish_run(run, RunState::Cancelled, None, at(2))
        .unwrap();
    let error = test.store.ask_to_cancel(run, at(3)).unwrap_err();
    assert!(matches!(error, StoreError::RunEnded(_)), "{error}");
}

#[test]
fn runs_are_listed_newest_first_by_profile_and_up_to_a_limit() {
    let test = TestStore::ready();
    test.store.add_profile(&profile("second")).unwrap();
    let second = Source {
        profile: name("second"),
        connection: name("acme"),
    };
    test.begin_run();
    test.store.begin_run(&second, at(2)).unwrap();
    test.begin_run();

    let listed = |profile: Option<&str>, limit| -> Vec<i64> {
        let profile = profile.map(name::<ProfileName>);
        let runs = test.store.runs(profile.as_ref(), limit).unwrap();
        runs.into_iter().map(|run| run.id.0).collect()
    };

    assert_eq!(listed(None, 10), [3, 2, 1]);
    assert_eq!(listed(None, 2), [3, 2]);
    assert_eq!(listed(Some("hub"), 10), [3, 1]);
    assert!(listed(Some("unknown"), 10).is_empty());
}

#[test]
fn run_log_keeps_its_order_and_takes_lines_after_the_end() {
    let test = TestStore::ready();
    let run = test.begin_run();
    let line = |text: &str| LogLine {
        at: at(1),
        level: "info".into(),
        text: text.into(),
    };

    test.store
        .log_lines(run, &[line("one"), line("two")])
        .unwrap();
    test.store
        .finish_run(run, RunState::Complete, None, at(2))
        .unwrap();
    test.store.log_lines(run, &[line("three")]).unwrap();

    let expected = [line("one"), line("two"), line("three")];
    assert_eq!(test.store.run_log(run).unwrap(), expected);
}

#[test]
fn rejected_rows_are_all_counted_and_the_first_are_stored() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin_users(run);

    for (first, next) in [(0, Some("1")), (6000, None)] {
        let row = |number: i32| RejectedRow {
            id: None,
            row: number.to_string(),
            reason: "no id".into(),
        };
        let mut page = accounts_page(Vec::new(), next);
        page.rejected = (first..first + 6000).map(row).collect();
        test.commit(run, "users", page).unwrap();
    }

    let stored = test.store.rejected_rows(run).unwrap();
    assert_eq!(stored.len(), 10_000);
    assert_eq!(stored[9999].row.row, "9999");
    assert_eq!(stored[0].stream, name("users"));
    let counts = test.store.run(run).unwrap().streams[0].counts;
    assert_eq!(counts.rejected, 12_000);
}

#[test]
fn streams_of_a_run_are_listed_in_order_with_their_counts() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin_users(run);
    test.begin(run, "activity", StreamKind::Activity);
    let page = PartitionPage {
        partition: 0,
        page: accounts_page(accounts(&["a", "b"]), Some("2")),
        stats: RequestStats {
            attempts: 3,
            retries: 1,
            waited: Duration::from_millis(250),
            ..RequestStats::default()
        },
    };
    let without_page = RequestStats {
        attempts: 5,
        ..RequestStats::default()
    };

    let users = name("users");
    test.store.commit_pages(run, &users, &[page]).unwrap();
    test.store
        .record_request_stats(run, &users, without_page)
        .unwrap();

    let streams = test.store.run(run).unwrap().streams;
    assert_eq!(streams[0].stream.as_str(), "users");
    assert_eq!(streams[0].kind, StreamKind::Accounts);
    assert!(!streams[0].complete);
    assert!(!streams[0].resumed);
    let expected = Counts {
        pages: 1,
        records: 2,
        requests: 8,
        retries: 1,
        waited_ms: 250,
        ..Counts::default()
    };
    assert_eq!(streams[0].counts, expected);
    assert_eq!(streams[1].stream.as_str(), "activity");
    assert_eq!(streams[1].counts, Counts::default());
}

#[test]
fn sources_are_those_that_were_run_and_whose_connection_exists() {
    let test = TestStore::ready();
    assert!(test.store.sources().unwrap().is_empty());

    let run = test.begin_run();
    assert_eq!(test.store.sources().unwrap(), [source()]);

    test.store
        .finish_run(run, RunState::Complete, None, at(9))
        .unwrap();
    test.store.delete_connection(&name("acme")).unwrap();
    assert!(test.store.sources().unwrap().is_empty());

    test.store
        .add_connection(&connection("acme"), sealed(b"again"))
        .unwrap();
    let run = test.begin_run();
    assert_eq!(test.begin_users(run).generation, 1, "nothing is left");
}
