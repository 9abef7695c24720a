//! Generations: resuming, starting over, completing, and the deletions of a complete read.

use super::fixture::{TestStore, account, accounts, continue_at, name, source, terms};
use purser_model::{Account, RequestStats, RunId, StreamKind};
use purser_store::{Completion, ShiftPolicy, ShrinkGuard, StoreError, StreamRead, StreamStart};

const ALL: ShrinkGuard = ShrinkGuard { max_percent: 100 };

fn read(generation: i64, start: StreamStart) -> StreamRead {
    StreamRead { generation, start }
}

fn numbered(range: std::ops::Range<u32>) -> Vec<Account> {
    range
        .map(|number| account(&format!("user-{number:04}")))
        .collect()
}

/// Completes the stream `users`, allowing it to delete every account.
fn complete_confirmed(test: &TestStore, run: RunId) -> Completion {
    let policy = ShiftPolicy::ReadAgain;
    test.store
        .complete_stream(run, &name("users"), &terms(ALL, policy, &[name("users")]))
        .unwrap()
}

#[test]
fn unfinished_generation_resumes_at_its_checkpoint() {
    let test = TestStore::ready();
    let first = test.begin_run();
    assert_eq!(test.begin_users(first), read(1, StreamStart::Beginning));

    let without_pages = test.begin_run();
    let started = test.begin_users(without_pages);
    assert_eq!(started, read(1, StreamStart::Beginning));
    test.commit_users(without_pages, accounts(&["a"]), Some("page-2"))
        .unwrap();

    let second = test.begin_run();
    assert_eq!(test.begin_users(second), read(1, continue_at("page-2")));
    assert!(test.store.run(second).unwrap().streams[0].resumed);
}

#[test]
fn generation_whose_last_page_was_committed_only_needs_completion() {
    let test = TestStore::ready();
    let first = test.begin_run();
    test.begin_users(first);
    test.commit_users(first, accounts(&["b"]), None).unwrap();

    let second = test.begin_run();
    assert_eq!(test.begin_users(second), read(1, StreamStart::End));
    let completed = test.complete(second, "users").unwrap();

    assert_eq!(completed, Completion::removed(0));
    assert!(test.store.run(second).unwrap().streams[0].complete);
    let third = test.begin_run();
    assert_eq!(test.begin_users(third), read(2, StreamStart::Beginning));
}

#[test]
fn stream_completed_before_its_run_was_parked_is_done() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin_users(run);
    test.commit_users(run, accounts(&["a"]), None).unwrap();
    test.complete(run, "users").unwrap();

    assert_eq!(test.begin_users(run), read(1, StreamStart::Done));
}

#[test]
fn another_fingerprint_starts_a_new_generation() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin_users(run);
    test.commit_users(run, accounts(&["a"]), Some("page-2"))
        .unwrap();

    let run = test.begin_run();
    let begun = test
        .store
        .begin_stream(run, &name("users"), StreamKind::Accounts, "other")
        .unwrap();
    assert_eq!(begun, read(2, StreamStart::Beginning));

    // The rows and cursors of the generation given up do not count as repeated.
    test.commit_users(run, accounts(&["a"]), Some("page-2"))
        .unwrap();
    assert!(test.store.rejected_rows(run).unwrap().is_empty());
}

#[test]
fn restarted_stream_begins_a_generation_with_the_same_fingerprint() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin_users(run);
    test.commit_users(run, accounts(&["a"]), Some("page-2"))
        .unwrap();

    let restarted = test.store.restart_stream(run, &name("users")).unwrap();
    assert_eq!(restarted, read(2, StreamStart::Beginning));

    test.commit_users(run, accounts(&["a"]), None).unwrap();
    assert!(test.store.rejected_rows(run).unwrap().is_empty());
    let next = test.begin_users(test.begin_run());
    assert_eq!(next, read(2, StreamStart::End));
}

#[test]
fn stream_of_another_kind_is_refused() {
    let test = TestStore::ready();
    test.begin_users(test.begin_run());
    let run = test.begin_run();

    let error = test
        .store
        .begin_stream(run, &name("users"), StreamKind::Products, "fingerprint")
        .unwrap_err();

    assert!(matches!(error, StoreError::WrongKind { .. }), "{error}");
}

#[test]
fn steps_out_of_order_are_refused() {
    let test = TestStore::ready();
    let run = test.begin_run();
    let why = |result: Result<(), StoreError>| match result.unwrap_err() {
        StoreError::OutOfOrder { why, .. } => why,
        other => panic!("{other}"),
    };
    let commit = || test.commit_users(run, Vec::new(), None).map(drop);
    let complete = || test.complete(run, "users").map(drop);
    let stats = RequestStats::default();
    let record = || test.store.record_request_stats(run, &name("users"), stats);

    assert_eq!(why(commit()), "it was not begun");
    assert_eq!(why(complete()), "it was not begun");
    assert_eq!(why(record()), "it was not begun");

    test.begin_users(run);
    let early = "it cannot be completed before its last page is committed";
    assert_eq!(why(complete()), early);

    commit().unwrap();
    assert_eq!(why(commit()), "a page came after the last one");

    complete().unwrap();
    assert_eq!(why(complete()), early);
}

#[test]
fn repeated_cursor_is_refused_across_runs() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin_users(run);
    test.commit_users(run, accounts(&["a"]), Some("1")).unwrap();
    test.commit_users(run, accounts(&["b"]), Some("2")).unwrap();

    let run = test.begin_run();
    test.begin_users(run);
    for repeated in ["1", "2"] {
        let error = test
            .commit_users(run, accounts(&["c"]), Some(repeated))
            .unwrap_err();
        assert!(matches!(error, StoreError::RepeatedCursor(_)), "{error}");
    }

    assert_eq!(test.ids(), ["a", "b"], "nothing of the page is stored");
    assert_eq!(test.begin_users(run), read(1, continue_at("2")));
}

#[test]
fn next_generation_may_use_the_same_cursors() {
    let test = TestStore::ready();

    for _ in 0..2 {
        let run = test.begin_run();
        test.begin_users(run);
        test.commit_users(run, accounts(&["a"]), Some("1")).unwrap();
        test.commit_users(run, accounts(&["b"]), None).unwrap();
        test.complete(run, "users").unwrap();
    }

    assert_eq!(test.ids(), ["a", "b"]);
}

#[test]
fn complete_read_deletes_accounts_that_are_gone() {
    let test = TestStore::ready();
    test.read_users(numbered(0..10));

    let completed = test.read_users(numbered(2..12));

    assert_eq!(completed, Completion::removed(2));
    assert_eq!(test.ids().len(), 10);
    assert_eq!(test.ids()[0], "user-0002");
    let run = test.store.run(RunId(2)).unwrap();
    assert_eq!(run.streams[0].counts.removed, 2);
}

#[test]
fn incomplete_read_deletes_nothing() {
    let test = TestStore::ready();
    test.read_users(numbered(0..10));

    let run = test.begin_run();
    test.begin_users(run);
    test.commit_users(run, numbered(0..1), Some("1")).unwrap();

    assert_eq!(test.ids().len(), 10);
}

#[test]
fn shrink_beyond_the_guard_is_refused() {
    let test = TestStore::ready();
    test.read_users(numbered(0..100));
    let refused = Completion::ShrinkRefused {
        would_remove: 21,
        had: 100,
    };

    assert_eq!(test.read_users(numbered(21..100)), refused);
    assert_eq!(test.ids().len(), 100);
    assert!(!test.store.run(RunId(2)).unwrap().streams[0].complete);

    // Growth does not make up for it, and rows that the refused read added count for nothing.
    assert_eq!(test.read_users(numbered(21..300)), refused);
    let within = test.read_users(numbered(20..100));
    assert_eq!(within, Completion::removed(220));
}

#[test]
fn shrink_beyond_the_guard_is_accepted_after_confirmation() {
    let test = TestStore::ready();
    test.read_users(numbered(20..100));

    let run = test.begin_run();
    assert_eq!(test.begin_users(run).start, StreamStart::Beginning);
    test.commit_users(run, numbered(99..100), None).unwrap();
    let completed = complete_confirmed(&test, run);

    assert_eq!(completed, Completion::removed(79));
}

#[test]
fn empty_read_never_deletes_even_after_confirmation() {
    let test = TestStore::ready();
    let first = test.read_users(Vec::new());
    assert_eq!(first, Completion::removed(0));
    test.read_users(numbered(0..3));

    let run = test.begin_run();
    test.begin_users(run);
    test.commit_users(run, Vec::new(), None).unwrap();
    let refused = complete_confirmed(&test, run);

    let expected = Completion::ShrinkRefused {
        would_remove: 3,
        had: 3,
    };
    assert_eq!(refused, expected);
    assert_eq!(test.ids().len(), 3);
}

#[test]
fn rows_that_no_complete_read_had_are_not_guarded() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin_users(run);
    test.commit_users(run, numbered(0..50), Some("1")).unwrap();

    test.store.restart_stream(run, &name("users")).unwrap();
    test.commit_users(run, numbered(0..10), None).unwrap();
    let completed = test.complete(run, "users").unwrap();

    assert_eq!(completed, Completion::removed(40));
}

#[test]
fn source_that_was_never_run_has_no_records() {
    let test = TestStore::ready();

    assert!(test.store.accounts(&source()).unwrap().is_empty());
    assert!(test.store.products(&source()).unwrap().is_empty());
    assert!(test.activity().is_empty());
}
