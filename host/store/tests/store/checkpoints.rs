//! Generations: going on, starting over, completing, and what a complete read may remove.

use crate::fixture::{
    Fixture, GUARD, account, accounts, accounts_page, at, commit_page, left, name, source,
};
use purser_model::{Account, StreamKind};
use purser_store::{Completion, RequestStats, StreamStart, ShiftPolicy, ShrinkGuard, StoreError, StreamRead};

fn commit(
    fixture: &Fixture,
    run: i64,
    rows: Vec<Account>,
    next: Option<&str>,
) -> Result<(), StoreError> {
    commit_page(
        &fixture.store,
        run,
        &name("users"),
        &accounts_page(rows, next),
        RequestStats::default(),
    )
    .map(drop)
}

fn start(generation: i64, from: StreamStart) -> StreamRead {
    StreamRead { generation, from }
}

fn numbered(range: std::ops::Range<u32>) -> Vec<Account> {
    range
        .map(|number| account(&format!("user-{number:04}")))
        .collect()
}

#[test]
fn an_unfinished_read_goes_on_where_it_stopped() {
    let fixture = Fixture::ready();
    let first = fixture.run();
    assert_eq!(fixture.users(first), start(1, StreamStart::Beginning));
    let nothing_read = fixture.run();
    assert_eq!(fixture.users(nothing_read), start(1, StreamStart::Beginning));
    commit(&fixture, nothing_read, accounts(&["a"]), Some("page-2")).unwrap();

    let second = fixture.run();
    assert_eq!(fixture.users(second), start(1, left("page-2")));
    assert!(fixture.store.run(second).unwrap().streams[0].resumed);
    commit(&fixture, second, accounts(&["b"]), None).unwrap();

    let third = fixture.run();
    assert_eq!(fixture.users(third), start(1, StreamStart::End));
    let done = fixture
        .store
        .complete_stream(third, &name("users"), GUARD, ShiftPolicy::ReadAgain, at(77))
        .unwrap();
    assert_eq!(done, Completion::Complete { removed: 0 });
    assert!(fixture.store.run(third).unwrap().streams[0].complete);
    assert_eq!(
        fixture
            .store
            .last_complete_at(&source(), &name("users"))
            .unwrap(),
        Some(at(77))
    );

    let fourth = fixture.run();
    assert_eq!(fixture.users(fourth), start(2, StreamStart::Beginning));
    assert_eq!(
        fixture
            .store
            .last_complete_at(&source(), &name("users"))
            .unwrap(),
        Some(at(77))
    );
}

#[test]
fn another_stamp_starts_a_new_generation() {
    let fixture = Fixture::ready();
    let run = fixture.run();
    fixture.users(run);
    commit(&fixture, run, accounts(&["a"]), Some("page-2")).unwrap();
    let run = fixture.run();
    let begun = fixture
        .store
        .begin_stream(run, &name("users"), StreamKind::Accounts, "other")
        .unwrap();
    assert_eq!(begun, start(2, StreamStart::Beginning));
    // What was met by the generation given up does not count.
    commit(&fixture, run, accounts(&["a"]), Some("page-2")).unwrap();
    assert!(fixture.store.rejected_rows(run).unwrap().is_empty());
}

#[test]
fn a_checkpoint_that_is_no_longer_accepted_is_given_up() {
    let fixture = Fixture::ready();
    let run = fixture.run();
    fixture.users(run);
    commit(&fixture, run, accounts(&["a"]), Some("page-2")).unwrap();
    assert_eq!(
        fixture.store.restart_stream(run, &name("users")).unwrap(),
        start(2, StreamStart::Beginning)
    );
    commit(&fixture, run, accounts(&["a"]), None).unwrap();
    assert!(fixture.store.rejected_rows(run).unwrap().is_empty());
    assert_eq!(
        fixture.users(fixture.run()),
        start(2, StreamStart::End),
        "the fingerprint is still the same"
    );
}

#[test]
fn a_stream_does_not_change_its_kind() {
    let fixture = Fixture::ready();
    fixture.users(fixture.run());
    let run = fixture.run();
    let error = fixture
        .store
        .begin_stream(run, &name("users"), StreamKind::Products, "fingerprint")
        .unwrap_err();
    assert!(matches!(error, StoreError::WrongKind { .. }), "{error}");
}

#[test]
fn steps_out_of_turn_are_refused() {
    let fixture = Fixture::ready();
    let users = name("users");
    let run = fixture.run();
    let refused = |result: Result<(), StoreError>| match result.unwrap_err() {
        StoreError::OutOfTurn { why, .. } => why,
        other => panic!("{other}"),
    };
    let complete = || {
        fixture
            .store
            .complete_stream(run, &users, GUARD, ShiftPolicy::ReadAgain, at(0))
            .map(drop)
    };
    assert_eq!(
        refused(commit(&fixture, run, Vec::new(), None)),
        "it was not begun"
    );
    assert_eq!(refused(complete()), "it was not begun");
    assert_eq!(
        refused(fixture.store.record_request_stats(run, &users, RequestStats::default())),
        "it was not begun"
    );
    fixture.users(run);
    assert_eq!(
        refused(complete()),
        "it cannot be completed before its last page is committed"
    );
    commit(&fixture, run, Vec::new(), None).unwrap();
    assert_eq!(
        refused(commit(&fixture, run, Vec::new(), None)),
        "a page came after the last one"
    );
    complete().unwrap();
    assert_eq!(
        refused(complete()),
        "it cannot be completed before its last page is committed"
    );
}

#[test]
fn a_cursor_that_comes_again_is_refused_across_runs() {
    let fixture = Fixture::ready();
    let run = fixture.run();
    fixture.users(run);
    commit(&fixture, run, accounts(&["a"]), Some("1")).unwrap();
    commit(&fixture, run, accounts(&["b"]), Some("2")).unwrap();
    let run = fixture.run();
    fixture.users(run);
    let error = commit(&fixture, run, accounts(&["c"]), Some("1")).unwrap_err();
    assert!(matches!(error, StoreError::RepeatedCursor(_)), "{error}");
    assert_eq!(fixture.ids(), ["a", "b"], "nothing of the page is stored");
    assert_eq!(fixture.users(run), start(1, left("2")));
    assert!(matches!(
        commit(&fixture, run, Vec::new(), Some("2")),
        Err(StoreError::RepeatedCursor(_))
    ));
}

#[test]
fn the_next_generation_may_use_the_same_cursors() {
    let fixture = Fixture::ready();
    for _ in 0..2 {
        let run = fixture.run();
        fixture.users(run);
        commit(&fixture, run, accounts(&["a"]), Some("1")).unwrap();
        commit(&fixture, run, accounts(&["b"]), None).unwrap();
        fixture
            .store
            .complete_stream(run, &name("users"), GUARD, ShiftPolicy::ReadAgain, at(0))
            .unwrap();
    }
    assert_eq!(fixture.ids(), ["a", "b"]);
}

#[test]
fn a_complete_read_removes_what_is_gone() {
    let fixture = Fixture::ready();
    fixture.sync(numbered(0..10));
    assert_eq!(
        fixture.sync(numbered(2..12)),
        Completion::Complete { removed: 2 }
    );
    assert_eq!(fixture.ids().len(), 10);
    assert_eq!(fixture.ids()[0], "user-0002");
    assert_eq!(fixture.store.run(2).unwrap().streams[0].counts.removed, 2);
}

#[test]
fn an_incomplete_read_removes_nothing() {
    let fixture = Fixture::ready();
    fixture.sync(numbered(0..10));
    let run = fixture.run();
    fixture.users(run);
    commit(&fixture, run, numbered(0..1), Some("1")).unwrap();
    assert_eq!(fixture.ids().len(), 10);
}

#[test]
fn a_shrink_beyond_the_guard_is_refused_until_approved() {
    let fixture = Fixture::ready();
    fixture.sync(numbered(0..100));
    let refused = Completion::ShrinkRefused {
        would_remove: 21,
        had: 100,
    };
    assert_eq!(fixture.sync(numbered(21..100)), refused);
    assert_eq!(fixture.ids().len(), 100);
    assert!(!fixture.store.run(2).unwrap().streams[0].complete);
    // Growth does not make up for it, and what the refused read added counts for nothing.
    assert_eq!(fixture.sync(numbered(21..300)), refused);
    assert_eq!(
        fixture.sync(numbered(20..100)),
        Completion::Complete { removed: 220 }
    );

    let run = fixture.run();
    assert_eq!(fixture.users(run).from, StreamStart::Beginning);
    commit(&fixture, run, numbered(99..100), None).unwrap();
    let approved = ShrinkGuard { max_percent: 100 };
    let done = fixture
        .store
        .complete_stream(run, &name("users"), approved, ShiftPolicy::ReadAgain, at(0))
        .unwrap();
    assert_eq!(done, Completion::Complete { removed: 79 });
}

#[test]
fn an_empty_answer_never_erases() {
    let fixture = Fixture::ready();
    assert_eq!(
        fixture.sync(Vec::new()),
        Completion::Complete { removed: 0 },
        "nothing was there"
    );
    fixture.sync(numbered(0..3));
    let run = fixture.run();
    fixture.users(run);
    commit(&fixture, run, Vec::new(), None).unwrap();
    let everything = ShrinkGuard { max_percent: 100 };
    let refused = fixture
        .store
        .complete_stream(run, &name("users"), everything, ShiftPolicy::ReadAgain, at(0))
        .unwrap();
    assert_eq!(
        refused,
        Completion::ShrinkRefused {
            would_remove: 3,
            had: 3
        }
    );
    assert_eq!(fixture.ids().len(), 3);
}

#[test]
fn what_no_complete_read_ever_had_is_not_guarded() {
    let fixture = Fixture::ready();
    let run = fixture.run();
    fixture.users(run);
    commit(&fixture, run, numbered(0..50), Some("1")).unwrap();
    fixture.store.restart_stream(run, &name("users")).unwrap();
    commit(&fixture, run, numbered(0..10), None).unwrap();
    let done = fixture
        .store
        .complete_stream(run, &name("users"), GUARD, ShiftPolicy::ReadAgain, at(0))
        .unwrap();
    assert_eq!(done, Completion::Complete { removed: 40 });
}

#[test]
fn a_source_that_was_never_run_knows_nothing() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::ready();
    assert_eq!(
        store.last_complete_at(&source(), &name("users")).unwrap(),
        None
    );
    assert!(
        store.accounts(&source()).unwrap().is_empty()
            && store.products(&source()).unwrap().is_empty()
    );
    assert_eq!(store.active_without_account(&source()).unwrap(), 0);
}
