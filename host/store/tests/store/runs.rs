//! Runs: beginning, ending, taking over, and what is kept of them.

use crate::fixture::{
    Fixture, accounts, accounts_page, at, commit_page, connection, name, profile, sealed, source,
};
use purser_model::{Blame, Outcome, RejectedRow, RunState, StreamKind};
use purser_store::{RequestStats, LogLine, Source, StoreError};

fn outcome() -> Outcome {
    Outcome {
        class: "auth-rejected".into(),
        blame: Blame::Operator,
        message: "401".into(),
        next_step: None,
    }
}

#[test]
fn a_run_from_beginning_to_end() {
    let fixture = Fixture::ready();
    let run = fixture.run();
    assert_eq!(run, 1);
    let stored = fixture.store.run(run).unwrap();
    assert_eq!(
        (stored.state, stored.started_at, stored.ended_at),
        (RunState::Running, at(1000), None)
    );
    fixture
        .store
        .finish_run(run, RunState::Failed, Some(&outcome()), at(1500))
        .unwrap();
    let stored = fixture.store.run(run).unwrap();
    assert_eq!(
        (stored.state, stored.ended_at, stored.outcome),
        (RunState::Failed, Some(at(1500)), Some(outcome()))
    );
    let error = fixture
        .store
        .finish_run(run, RunState::Complete, None, at(1600))
        .unwrap_err();
    assert!(matches!(error, StoreError::RunEnded(1)), "{error}");
    assert!(matches!(
        fixture.store.run(99),
        Err(StoreError::NotFound { .. })
    ));
}

#[test]
fn a_run_needs_its_profile_and_connection() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::ready();
    let unknown = Source {
        profile: name("crm"),
        connection: name("acme"),
    };
    assert_eq!(
        store.begin_run(&unknown, at(0)).unwrap_err().to_string(),
        "there is no profile crm"
    );
    let unknown = Source {
        profile: name("hub"),
        connection: name("crm"),
    };
    assert_eq!(
        store.begin_run(&unknown, at(0)).unwrap_err().to_string(),
        "there is no connection crm"
    );
    assert!(store.sources().unwrap().is_empty());
}

#[test]
fn a_run_that_died_is_marked_and_can_write_no_more() {
    let fixture = Fixture::ready();
    let died = fixture.run();
    fixture.users(died);
    let next = fixture.store.begin_run(&source(), at(3000)).unwrap();
    let stored = fixture.store.run(died).unwrap();
    assert_eq!(
        (stored.state, stored.ended_at),
        (RunState::Failed, Some(at(3000)))
    );
    let outcome = stored.outcome.unwrap();
    assert_eq!(
        (outcome.class.as_str(), outcome.blame),
        ("interrupted", Blame::Host)
    );

    fixture.users(next);
    let page = accounts_page(accounts(&["late"]), None);
    let error = commit_page(
        &fixture.store,
        died,
        &name("users"),
        &page,
        RequestStats::default(),
    )
    .unwrap_err();
    assert!(matches!(error, StoreError::RunEnded(_)), "{error}");
    assert!(fixture.ids().is_empty());
    assert_eq!(fixture.store.run(next).unwrap().state, RunState::Running);
}

#[test]
fn runs_of_other_sources_are_left_alone() {
    let fixture = Fixture::ready();
    fixture
        .store
        .add_connection(&connection("other"), sealed(b""))
        .unwrap();
    let first = fixture.run();
    let other = Source {
        profile: name("hub"),
        connection: name("other"),
    };
    fixture.store.begin_run(&other, at(2000)).unwrap();
    assert_eq!(fixture.store.run(first).unwrap().state, RunState::Running);
}

#[test]
fn runs_are_listed_newest_first() {
    let fixture = Fixture::ready();
    fixture.store.add_profile(&profile("second")).unwrap();
    let second = Source {
        profile: name("second"),
        connection: name("acme"),
    };
    let order = [
        fixture.run(),
        fixture.store.begin_run(&second, at(2)).unwrap(),
        fixture.run(),
    ];
    let listed = |profile: Option<&str>, limit| -> Vec<i64> {
        let profile = profile.map(name);
        fixture
            .store
            .runs(profile.as_ref(), limit)
            .unwrap()
            .into_iter()
            .map(|run| run.id)
            .collect()
    };
    assert_eq!(order, [1, 2, 3]);
    assert_eq!(listed(None, 10), [3, 2, 1]);
    assert_eq!(listed(None, 2), [3, 2]);
    assert_eq!(listed(Some("hub"), 10), [3, 1]);
    assert!(listed(Some("nobody"), 10).is_empty());
}

#[test]
fn a_log_keeps_its_order_and_goes_on_after_the_end() {
    let fixture = Fixture::ready();
    let run = fixture.run();
    let line = |text: &str| LogLine {
        at: at(1),
        level: "info".into(),
        text: text.into(),
    };
    fixture
        .store
        .log_lines(run, &[line("one"), line("two")])
        .unwrap();
    fixture
        .store
        .finish_run(run, RunState::Complete, None, at(2))
        .unwrap();
    fixture.store.log_lines(run, &[line("three")]).unwrap();
    assert_eq!(
        fixture.store.run_log(run).unwrap(),
        [line("one"), line("two"), line("three")]
    );
    assert!(matches!(
        fixture.store.log_lines(99, &[]),
        Err(StoreError::NotFound { .. })
    ));
    assert!(matches!(
        fixture.store.run_log(99),
        Err(StoreError::NotFound { .. })
    ));
}

#[test]
fn rejected_rows_are_all_counted_and_so_many_kept() {
    let fixture = Fixture::ready();
    let run = fixture.run();
    fixture.users(run);
    for (first, next) in [(0, Some("1")), (6000, None)] {
        let mut page = accounts_page(Vec::new(), next);
        let row = |number: i32| RejectedRow {
            row: number.to_string(),
            reason: "no id".into(),
        };
        page.rejected = (first..first + 6000).map(row).collect();
        commit_page(
            &fixture.store,
            run,
            &name("users"),
            &page,
            RequestStats::default(),
        )
        .unwrap();
    }
    let kept = fixture.store.rejected_rows(run).unwrap();
    assert_eq!((kept.len(), kept[9999].row.row.as_str()), (10_000, "9999"));
    assert_eq!(kept[0].stream, name("users"));
    assert_eq!(
        fixture.store.run(run).unwrap().streams[0].counts.rejected,
        12_000
    );
    assert!(matches!(
        fixture.store.rejected_rows(99),
        Err(StoreError::NotFound { .. })
    ));
}

#[test]
fn streams_are_listed_as_they_were_read_with_their_numbers() {
    let fixture = Fixture::ready();
    let store = &fixture.store;
    let run = fixture.run();
    fixture.users(run);
    store
        .begin_stream(run, &name("activity"), StreamKind::Activity, "fingerprint")
        .unwrap();
    let stats = RequestStats {
        requests: 3,
        retries: 1,
        waited_ms: 250,
    };
    commit_page(
        store,
        run,
        &name("users"),
        &accounts_page(accounts(&["a", "b"]), Some("2")),
        stats,
    )
    .unwrap();
    store
        .record_request_stats(
            run,
            &name("users"),
            RequestStats {
                requests: 5,
                ..RequestStats::default()
            },
        )
        .unwrap();
    let streams = store.run(run).unwrap().streams;
    assert_eq!(
        streams
            .iter()
            .map(|stream| stream.stream.as_str())
            .collect::<Vec<_>>(),
        ["users", "activity"]
    );
    let counts = streams[0].counts;
    assert_eq!((counts.pages, counts.records, counts.requests), (1, 2, 8));
    assert_eq!(
        (counts.retries, counts.waited_ms, counts.removed),
        (1, 250, 0)
    );
    assert_eq!(
        (streams[0].kind, streams[0].complete, streams[0].resumed),
        (StreamKind::Accounts, false, false)
    );
    assert_eq!(streams[1].counts, purser_model::Counts::default());
}

#[test]
fn a_source_knows_when_it_was_last_complete() {
    let fixture = Fixture::ready();
    let known = || fixture.store.sources().unwrap()[0].last_complete_at;
    for (state, end, expected) in [
        (RunState::Failed, 10, None),
        (RunState::Complete, 20, Some(at(20))),
        (RunState::Complete, 30, Some(at(30))),
        (RunState::Failed, 40, Some(at(30))),
    ] {
        let run = fixture.run();
        fixture.store.finish_run(run, state, None, at(end)).unwrap();
        assert_eq!(known(), expected);
    }
}
