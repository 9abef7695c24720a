//! Streams read in partitions, pages committed together, and rows that shift during a read.

use super::fixture::{GUARD, TestStore, accounts, accounts_page, cursor, name, terms};
use purser_model::{Account, Page, RejectedRow, RequestStats, RunId};
use purser_store::{
    Completion, PartialCommit, Partition, PartitionPage, Removal, RemovalHold, ShiftPolicy,
    StoreError, StreamStart,
};

fn page_of(partition: u32, page: Page) -> PartitionPage {
    PartitionPage {
        partition,
        page,
        stats: RequestStats {
            attempts: 1,
            ..RequestStats::default()
        },
    }
}

/// The first page of a stream, which names the starts of other partitions.
fn first_page(rows: Vec<Account>, next: Option<&str>, starts: &[&str]) -> PartitionPage {
    let page = Page {
        partitions: starts.iter().map(|start| cursor(start)).collect(),
        ..accounts_page(rows, next)
    };
    page_of(0, page)
}

fn partition(number: u32, at: &str) -> Partition {
    Partition {
        number,
        cursor: Some(cursor(at)),
    }
}

fn commit(test: &TestStore, run: RunId, pages: &[PartitionPage]) -> Result<usize, PartialCommit> {
    test.store
        .commit_pages(run, &name("users"), pages)
        .map(|committed| committed.len())
}

fn complete(test: &TestStore, run: RunId, policy: ShiftPolicy) -> Completion {
    test.store
        .complete_stream(run, &name("users"), &terms(GUARD, policy, &[name("users")]))
        .unwrap()
}

#[test]
fn each_partition_resumes_at_its_checkpoint() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin_users(run);
    let page = |id: &str, next| accounts_page(accounts(&[id]), next);
    let pages = [
        first_page(accounts(&["a"]), None, &["1", "2", "3"]),
        page_of(2, page("c", Some("2b"))),
        page_of(3, page("d", None)),
    ];
    assert_eq!(commit(&test, run, &pages).unwrap(), 3);

    let run = test.begin_run();
    let left = vec![partition(1, "1"), partition(2, "2b")];
    assert_eq!(test.begin_users(run).start, StreamStart::Partitions(left));
    let error = test.complete(run, "users").unwrap_err();
    assert!(matches!(error, StoreError::OutOfOrder { .. }), "{error}");

    // A partition may reach the start of another: the connector decides where its partitions end.
    let pages = [
        page_of(1, page("b", Some("2"))),
        page_of(2, page("c2", None)),
    ];
    commit(&test, run, &pages).unwrap();
    let left = vec![partition(1, "2")];
    assert_eq!(test.begin_users(run).start, StreamStart::Partitions(left));

    commit(&test, run, &[page_of(1, page("b2", None))]).unwrap();
    assert_eq!(test.begin_users(run).start, StreamStart::End);
    let completed = complete(&test, run, ShiftPolicy::ReadAgain);
    assert_eq!(completed, Completion::removed(0));
    assert_eq!(test.ids(), ["a", "b", "b2", "c", "c2", "d"]);

    let next = test.begin_users(test.begin_run());
    assert_eq!(next.start, StreamStart::Beginning);
}

#[test]
fn page_of_a_partition_that_ended_or_was_never_named_is_refused() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin_users(run);
    let pages = [
        first_page(accounts(&["a"]), None, &["1", "2"]),
        page_of(2, accounts_page(accounts(&["c"]), None)),
    ];
    commit(&test, run, &pages).unwrap();

    for number in [0, 2, 9] {
        let page = page_of(number, accounts_page(accounts(&["x"]), None));
        let PartialCommit { error, .. } = commit(&test, run, &[page]).unwrap_err();
        assert!(matches!(error, StoreError::OutOfOrder { .. }), "{error}");
    }
}

#[test]
fn partition_that_leads_back_to_its_start_is_refused() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin_users(run);
    commit(&test, run, &[first_page(accounts(&["a"]), None, &["1"])]).unwrap();

    let page = page_of(1, accounts_page(Vec::new(), Some("1")));
    let PartialCommit { error, .. } = commit(&test, run, &[page]).unwrap_err();

    assert!(matches!(error, StoreError::RepeatedCursor(_)), "{error}");
}

#[test]
fn pages_before_one_that_fails_are_committed() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin_users(run);
    let page = |ids: &[&str], next| page_of(0, accounts_page(accounts(ids), Some(next)));
    let pages = [
        page(&["a"], "1"),
        page(&["b", "c"], "2"),
        page(&["x"], "1"),
        page(&["d"], "4"),
    ];

    let PartialCommit { committed, error } = commit(&test, run, &pages).unwrap_err();

    assert!(matches!(error, StoreError::RepeatedCursor(_)), "{error}");
    let records: Vec<_> = committed.iter().map(|page| page.records).collect();
    assert_eq!(records, [1, 2]);
    assert_eq!(test.ids(), ["a", "b", "c"]);
    let left = vec![partition(0, "2")];
    assert_eq!(test.begin_users(run).start, StreamStart::Partitions(left));
    let counts = test.store.run(run).unwrap().streams[0].counts;
    assert_eq!(counts.requests, 2);
}

#[test]
fn commit_of_no_pages_changes_nothing() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin_users(run);

    assert_eq!(commit(&test, run, &[]).unwrap(), 0);
    assert_eq!(test.begin_users(run).start, StreamStart::Beginning);
}

/// A page of a stream paged by offset: its identifiers, the total, and the number of rejected rows.
type OffsetPage<'a> = (&'a [&'a str], u64, usize);

/// Reads a stream paged by offset, completes it, and restarts it if its rows shifted.
fn read_by_offset(test: &TestStore, policy: ShiftPolicy, pages: &[OffsetPage<'_>]) -> Completion {
    let run = test.begin_run();
    test.begin_users(run);
    for (index, (ids, total, unusable)) in pages.iter().enumerate() {
        let next = (index + 1 < pages.len()).then(|| index.to_string());
        let row = RejectedRow {
            id: None,
            row: "7".into(),
            reason: "no id".into(),
        };
        let page = Page {
            offset_paged: true,
            total: Some(*total),
            rejected: vec![row; *unusable],
            ..accounts_page(accounts(ids), next.as_deref())
        };
        commit(test, run, &[page_of(0, page)]).unwrap();
    }

    let completion = complete(test, run, policy);
    if completion == Completion::Shifted {
        assert_eq!(test.begin_users(run).start, StreamStart::End);
        test.store.restart_stream(run, &name("users")).unwrap();
    }
    completion
}

#[test]
fn rows_that_shift_leave_the_stream_incomplete_and_delete_nothing() {
    let test = TestStore::ready();
    let read = |pages: &[OffsetPage<'_>]| read_by_offset(&test, ShiftPolicy::ReadAgain, pages);
    let first = read(&[(&["a", "b"], 5, 1), (&["c", "d"], 5, 0)]);
    let Completion::Complete(removal) = first else {
        panic!("{first:?}")
    };
    assert_eq!(removal.hold, Some(RemovalHold::Unidentified { rows: 1 }));

    let shifts: [&[OffsetPage<'_>]; 4] = [
        // One row was removed before "c", which moved to a page that was already read.
        &[(&["a", "b"], 4, 0), (&["d"], 3, 0)],
        // One row was added before "b", which came a second time.
        &[(&["a", "b"], 4, 0), (&["b", "c", "d"], 4, 0)],
        // One row was removed and one added: only the number of rows differs.
        &[(&["a", "b"], 4, 0), (&["d"], 4, 0)],
        // More rows than the total says.
        &[(&["a", "b"], 4, 0), (&["c", "d"], 4, 1)],
    ];
    for pages in shifts {
        assert_eq!(read(pages), Completion::Shifted, "{pages:?}");
        assert_eq!(test.ids(), ["a", "b", "c", "d"]);
    }

    // The signs do not outlive the read that had them.
    let refused = read(&[(&["a", "b"], 3, 0), (&["d"], 3, 0)]);
    let expected = Completion::ShrinkRefused {
        would_remove: 1,
        had: 4,
    };
    assert_eq!(refused, expected);
}

#[test]
fn rows_that_keep_shifting_are_missing_if_no_read_has_seen_them() {
    let test = TestStore::ready();
    let ids: Vec<String> = (0..20).map(|number| format!("u{number:02}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    read_by_offset(&test, ShiftPolicy::ReadAgain, &[(&ids, 20, 0)]);

    // "u00" is only in the first of the following reads, "u01" only in the second, "u02" in
    // neither.
    let first_shifted = 2;
    let one = [&ids[..1], &ids[3..]].concat();
    let other = [&ids[1..2], &ids[3..]].concat();
    let shifted = read_by_offset(&test, ShiftPolicy::ReadAgain, &[(&one, 19, 0)]);
    let since = ShiftPolicy::Since(first_shifted);
    let completed = read_by_offset(&test, since, &[(&other, 19, 0)]);

    assert_eq!(shifted, Completion::Shifted);
    let missing = Removal {
        missing: 1,
        ..Removal::default()
    };
    assert_eq!(completed, Completion::Complete(missing));
    assert_eq!(test.ids(), ids, "one read is not enough");

    let all = [&ids[..2], &ids[3..]].concat();
    let confirmed = read_by_offset(&test, ShiftPolicy::ReadAgain, &[(&all, 19, 0)]);
    assert_eq!(confirmed, Completion::removed(1));
    assert_eq!(test.ids(), all);
}

#[test]
fn stream_paged_by_cursor_may_change_its_total() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin_users(run);
    let page = |ids: &[&str], total, next| {
        let page = Page {
            total: Some(total),
            ..accounts_page(accounts(ids), next)
        };
        page_of(0, page)
    };

    let pages = [page(&["a"], 2, Some("1")), page(&["b", "c"], 3, None)];
    commit(&test, run, &pages).unwrap();

    let completed = complete(&test, run, ShiftPolicy::ReadAgain);
    assert_eq!(completed, Completion::removed(0));
    assert_eq!(test.ids(), ["a", "b", "c"]);
}
