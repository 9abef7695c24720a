//! Evidence that a read found every row: totals, repeated pages, and rejected rows.

use super::fixture::{GUARD, TestStore, account, accounts, accounts_page, name, terms};
use purser_model::{Account, Page, RejectedRow, RunId, StreamKind};
use purser_store::{Completion, Removal, RemovalHold, ShiftPolicy, StreamStart};

/// A page of a list, with the total that the application states.
fn page(ids: &[&str], total: Option<u64>, next: Option<&str>) -> Page {
    Page {
        total,
        ..accounts_page(accounts(ids), next)
    }
}

fn by_offset(page: Page) -> Page {
    Page {
        offset_paged: true,
        ..page
    }
}

fn rejected(id: Option<&str>) -> RejectedRow {
    RejectedRow {
        id: id.map(Into::into),
        row: "row".into(),
        reason: "active: \"yes\" is not a boolean".into(),
    }
}

fn with_rejected(page: Page, ids: &[Option<&str>]) -> Page {
    Page {
        rejected: ids.iter().map(|id| rejected(*id)).collect(),
        ..page
    }
}

/// Reads pages as one pass of the stream `users`.
fn pass(test: &TestStore, run: RunId, pages: &[Page], policy: ShiftPolicy) -> Completion {
    for page in pages {
        test.commit(run, "users", page.clone()).unwrap();
    }
    let users = [name("users")];
    test.store
        .complete_stream(run, &users[0], &terms(GUARD, policy, &users))
        .unwrap()
}

/// Reads a stream whose every pass has the same pages, as often as the engine does.
fn read(test: &TestStore, pages: &[Page]) -> Completion {
    let run = test.begin_run();
    let first = test.begin_users(run).generation;

    for number in 1..=3 {
        let policy = if number < 3 {
            ShiftPolicy::ReadAgain
        } else {
            ShiftPolicy::Since(first)
        };
        let completion = pass(test, run, pages, policy);
        if completion != Completion::Shifted {
            return completion;
        }
        test.store.restart_stream(run, &name("users")).unwrap();
    }
    panic!("the last pass is judged");
}

#[test]
fn list_that_ends_before_its_total_is_short_whatever_its_paging() {
    let pages = [
        page(&["a", "b"], Some(7), Some("1")),
        page(&["c"], Some(7), None),
    ];

    for pages in [pages.clone(), pages.map(by_offset)] {
        let test = TestStore::ready();
        test.read_users(accounts(&["a", "b", "c", "d"]));

        let completion = read(&test, &pages);

        assert_eq!(completion, Completion::Short { found: 3, total: 7 });
        assert_eq!(test.ids(), ["a", "b", "c", "d"], "nothing is removed");
        let next = test.begin_users(test.begin_run());
        assert_eq!(next.start, StreamStart::Beginning);
    }
}

#[test]
fn total_of_a_page_does_not_fail_a_read_whose_passes_agree() {
    let test = TestStore::ready();
    let pages = [
        page(&["a", "b", "c"], Some(3), Some("1")),
        page(&["d", "e", "f"], Some(3), Some("2")),
        page(&["g"], Some(1), None),
    ]
    .map(by_offset);

    assert_eq!(read(&test, &pages), Completion::removed(0));
    assert_eq!(test.ids().len(), 7);
}

#[test]
fn pages_that_overlap_in_every_pass_are_not_complete_without_a_total_that_is_reached() {
    let overlapping = |total| {
        [
            page(&["a", "b", "c"], total, Some("1")),
            page(&["c", "d", "e"], total, None),
        ]
        .map(by_offset)
    };

    for total in [None, Some(3)] {
        let completion = read(&TestStore::ready(), &overlapping(total));
        assert_eq!(completion, Completion::Repeating { repeated: 1 });
    }
    let reached = read(&TestStore::ready(), &overlapping(Some(5)));
    assert_eq!(reached, Completion::removed(0));
}

#[test]
fn counts_are_those_of_the_last_pass() {
    let test = TestStore::ready();
    let page = with_rejected(
        by_offset(page(&["a", "b", "c", "d", "e"], Some(9), None)),
        &[None],
    );

    read(&test, &[page]);

    let counts = test.store.run(RunId(1)).unwrap().streams[0].counts;
    assert_eq!((counts.pages, counts.records, counts.rejected), (1, 5, 1));
    assert_eq!(test.store.rejected_rows(RunId(1)).unwrap().len(), 1);
}

#[test]
fn rejected_rows_count_as_found() {
    let test = TestStore::ready();
    test.read_users(accounts(&["a", "b", "c", "d", "e", "f"]));

    // "f" is known, "new" was never stored, and one row cannot be told.
    let page = page(
        &["a", "b", "c", "d", "e", "g", "h", "i", "j", "k", "l", "m"],
        Some(15),
        None,
    );
    let completion = read(
        &test,
        &[with_rejected(page, &[Some("f"), Some("new"), None])],
    );

    let hold = RemovalHold::Unidentified { rows: 1 };
    let Completion::Complete(removal) = completion else {
        panic!("{completion:?}")
    };
    assert_eq!(removal.hold, Some(hold));
}

#[test]
fn row_that_is_rejected_on_two_pages_is_found_once() {
    let test = TestStore::ready();
    let reject = |page| with_rejected(page, &[Some("odd")]);
    let pages = [
        reject(page(&["a", "b", "c", "d"], Some(7), Some("1"))),
        reject(page(&["e"], Some(7), None)),
    ];

    assert_eq!(
        read(&test, &pages),
        Completion::Short { found: 6, total: 7 }
    );
}

#[test]
fn row_that_is_twice_on_one_page_counts_towards_the_total() {
    let test = TestStore::ready();
    let page = page(&["a", "b", "c", "d"], Some(6), None);

    let completion = read(&test, &[with_rejected(page, &[Some("a"), Some("a")])]);

    assert_eq!(
        completion,
        Completion::removed(0),
        "duplicates lose nothing"
    );
}

#[test]
fn read_that_lost_too_many_rows_is_not_complete() {
    let test = TestStore::ready();
    test.read_users(accounts(&["a", "b"]));

    let lost = [Some("x"), Some("y"), None];
    let completion = read(&test, &[with_rejected(page(&["a"], None, None), &lost)]);

    let expected = Completion::TooManyRejected {
        rejected: 3,
        rows: 4,
    };
    assert_eq!(completion, expected);
    assert_eq!(test.ids(), ["a", "b"]);
}

#[test]
fn stream_of_activity_that_lost_too_many_rows_is_not_complete() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin(run, "logins", StreamKind::Activity);
    let page = Page {
        rejected: vec![rejected(Some("a")); 3],
        ..super::fixture::activity_page(&[])
    };
    test.commit(run, "logins", page).unwrap();

    let completion = test.complete(run, "logins").unwrap();

    let expected = Completion::TooManyRejected {
        rejected: 3,
        rows: 3,
    };
    assert_eq!(completion, expected);
}

#[test]
fn accounts_with_warnings_are_counted() {
    let test = TestStore::ready();
    let odd = Account {
        warnings: vec!["title: 5 is not a text".into()],
        ..account("odd")
    };
    test.read_users(vec![account("a"), odd]);

    let counts = test.store.run(RunId(1)).unwrap().streams[0].counts;
    assert_eq!((counts.with_warnings, counts.lost()), (1, 0));
}

#[test]
fn list_paged_by_offset_without_a_total_is_known_to_be_unchecked() {
    let test = TestStore::ready();
    let pages = [by_offset(page(&["a"], None, None))];

    let expected = Removal {
        stability_unchecked: true,
        ..Removal::default()
    };
    assert_eq!(read(&test, &pages), Completion::Complete(expected));
}
