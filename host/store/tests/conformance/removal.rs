//! Removal: what a complete read lacks is gone only when the evidence is enough.

use super::fixture::{GUARD, TestStore, account, accounts, accounts_page, at, name, source, terms};
use purser_model::{Account, Page, RejectedRow, RunId, Seat, StreamKind, StreamName, Timestamp};
use purser_store::{Completion, Removal, RemovalHold, ShiftPolicy};

fn removal(completion: Completion) -> Removal {
    let Completion::Complete(removal) = completion else {
        panic!("{completion:?}")
    };
    removal
}

fn missing(count: u64) -> Completion {
    Completion::Complete(Removal {
        missing: count,
        ..Removal::default()
    })
}

fn by_offset(ids: &[&str]) -> Page {
    Page {
        offset_paged: true,
        total: Some(ids.len() as u64),
        ..accounts_page(accounts(ids), None)
    }
}

/// Reads these accounts as all of an offset-paged stream `users`.
fn read_by_offset(test: &TestStore, ids: &[&str]) -> Completion {
    test.read("users", StreamKind::Accounts, by_offset(ids))
}

/// Returns when an account went missing.
fn missing_since(test: &TestStore, id: &str) -> Option<Timestamp> {
    let mut found = None;
    test.store
        .each_account(&source(), |known| {
            if known.account.id == id {
                found = known.missing_since;
            }
        })
        .unwrap();
    found
}

fn rejected(id: Option<&str>) -> RejectedRow {
    RejectedRow {
        id: id.map(Into::into),
        row: "row".into(),
        reason: "active: 7 is not a boolean".into(),
    }
}

#[test]
fn account_that_an_offset_paged_list_lacks_is_removed_by_the_second_read() {
    let test = TestStore::ready();
    let all = ["a", "b", "c", "d", "e", "f"];
    read_by_offset(&test, &all);

    assert_eq!(read_by_offset(&test, &all[1..]), missing(1));
    assert_eq!(test.ids(), all, "it still counts");
    assert_eq!(missing_since(&test, "a"), Some(at(2000)));
    assert_eq!(test.store.read_state(&source()).unwrap().missing, 1);

    assert_eq!(read_by_offset(&test, &all[1..]), Completion::removed(1));
    assert_eq!(test.ids(), all[1..]);
    assert_eq!(test.store.read_state(&source()).unwrap().missing, 0);
}

#[test]
fn missing_account_that_is_seen_again_is_not_removed_later() {
    let test = TestStore::ready();
    let all = ["a", "b", "c", "d", "e", "f"];
    read_by_offset(&test, &all);
    read_by_offset(&test, &all[1..]);

    read_by_offset(&test, &all);
    assert_eq!(missing_since(&test, "a"), None);

    assert_eq!(read_by_offset(&test, &all[1..]), missing(1));
    assert_eq!(test.ids(), all);
}

#[test]
fn read_that_ends_incomplete_confirms_nothing() {
    let test = TestStore::ready();
    let all = ["a", "b", "c", "d", "e", "f"];
    read_by_offset(&test, &all);
    read_by_offset(&test, &all[1..]);

    let run = test.begin_run();
    test.begin_users(run);
    test.commit_users(run, accounts(&all[1..3]), Some("1"))
        .unwrap();

    assert_eq!(test.ids(), all);
}

#[test]
fn missing_accounts_pass_the_guard_once() {
    let test = TestStore::ready();
    let ids: Vec<String> = (0..10).map(|number| format!("u{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    read_by_offset(&test, &ids);

    let refused = Completion::ShrinkRefused {
        would_remove: 3,
        had: 10,
    };
    assert_eq!(read_by_offset(&test, &ids[3..]), refused, "at first sight");
    assert_eq!(read_by_offset(&test, &ids[2..]), missing(2));

    // One more is lacking. The two have passed the guard and do not count again.
    let both = Removal {
        removed: 2,
        missing: 1,
        ..Removal::default()
    };
    assert_eq!(read_by_offset(&test, &ids[3..]), Completion::Complete(both));
}

#[test]
fn account_of_a_rejected_row_is_still_listed() {
    let test = TestStore::ready();
    let all = ["a", "b", "c", "d", "e", "f"];
    test.read_users(accounts(&all));

    let mut page = accounts_page(accounts(&all[1..]), None);
    page.rejected.push(rejected(Some("a")));
    let completion = test.read("users", StreamKind::Accounts, page);

    assert_eq!(completion, Completion::removed(0));
    assert_eq!(test.ids(), all);
    assert_eq!(test.read_users(accounts(&all[1..])), Completion::removed(1));
}

#[test]
fn rejected_row_makes_a_missing_account_listed_again() {
    let test = TestStore::ready();
    let all = ["a", "b", "c", "d", "e", "f"];
    read_by_offset(&test, &all);
    read_by_offset(&test, &all[1..]);

    let page = Page {
        rejected: vec![rejected(Some("a"))],
        total: Some(6),
        ..by_offset(&all[1..])
    };
    test.read("users", StreamKind::Accounts, page);

    assert_eq!(missing_since(&test, "a"), None);
    assert_eq!(read_by_offset(&test, &all[1..]), missing(1));
}

#[test]
fn rejected_row_that_could_be_any_account_removes_nobody() {
    let test = TestStore::ready();
    let all = ["a", "b", "c", "d", "e", "f"];
    test.read_users(accounts(&all));

    let mut page = accounts_page(accounts(&all[1..]), None);
    page.rejected.push(rejected(None));
    let completion = test.read("users", StreamKind::Accounts, page);

    let hold = RemovalHold::Unidentified { rows: 1 };
    assert_eq!(removal(completion).hold, Some(hold));
    assert_eq!(test.ids(), all);
    assert_eq!(missing_since(&test, "a"), None, "nor is it missing");
}

#[test]
fn products_stay_while_a_rejected_row_could_be_one_of_them() {
    let test = TestStore::ready();
    let rows: Vec<_> = ["a", "b", "c", "d", "e", "f"].map(|id| (id, 1)).into();
    let page = |from: usize, id| Page {
        rejected: vec![rejected(id)],
        ..super::fixture::products_page(&rows[from..], None)
    };
    test.read("skus", StreamKind::Products, page(0, Some("x")));

    for id in [None, Some("a")] {
        test.read("skus", StreamKind::Products, page(1, id));
        assert_eq!(test.store.products(&source()).unwrap().len(), 6, "{id:?}");
    }
    test.read("skus", StreamKind::Products, page(1, Some("x")));
    assert_eq!(test.store.products(&source()).unwrap().len(), 5);
}

/// The streams of a source with two lists of accounts.
fn both() -> [StreamName; 2] {
    [name("guests"), name("staff")]
}

/// Reads a stream of the source with two lists, in a run that may have read the other.
fn read_in(test: &TestStore, run: RunId, stream: &str, ids: &[&str]) -> Completion {
    test.begin(run, stream, StreamKind::Accounts);
    test.commit(run, stream, accounts_page(accounts(ids), None))
        .unwrap();
    test.store
        .complete_stream(
            run,
            &name(stream),
            &terms(GUARD, ShiftPolicy::ReadAgain, &both()),
        )
        .unwrap()
}

const STAFF: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const GUESTS: [&str; 6] = ["u", "v", "w", "x", "y", "z"];

fn read_both(test: &TestStore, staff: &[&str], guests: &[&str]) -> Completion {
    let run = test.begin_run();
    let first = read_in(test, run, "staff", staff);
    assert_eq!(removal(first).hold, Some(RemovalHold::OtherStreams));
    read_in(test, run, "guests", guests)
}

#[test]
fn account_of_one_of_two_lists_is_removed_by_the_second_read_of_both() {
    let test = TestStore::ready();
    read_both(&test, &STAFF, &GUESTS);

    assert_eq!(read_both(&test, &STAFF[1..], &GUESTS), missing(1));
    assert_eq!(test.ids().len(), 12);
    assert_eq!(
        read_both(&test, &STAFF[1..], &GUESTS),
        Completion::removed(1)
    );
    assert_eq!(test.ids().len(), 11);
}

#[test]
fn list_that_was_not_read_removes_nobody_of_the_other() {
    let test = TestStore::ready();
    read_both(&test, &STAFF, &GUESTS);

    for _ in 0..3 {
        let run = test.begin_run();
        let completion = read_in(&test, run, "staff", &STAFF[1..]);
        assert_eq!(removal(completion).hold, Some(RemovalHold::OtherStreams));
    }
    assert_eq!(test.ids().len(), 12);
    assert_eq!(missing_since(&test, "a"), None);
}

#[test]
fn person_who_moves_between_two_lists_during_the_read_stays() {
    let test = TestStore::ready();
    read_both(&test, &STAFF, &GUESTS);

    // "a" left the staff before that list was read, and came to the guests after theirs was.
    assert_eq!(read_both(&test, &STAFF[1..], &GUESTS), missing(1));
    let moved = [&["a"][..], &GUESTS].concat();
    assert_eq!(read_both(&test, &STAFF[1..], &moved), missing(0));

    assert_eq!(test.ids().len(), 12);
    assert_eq!(missing_since(&test, "a"), None);
}

#[test]
fn account_of_both_lists_is_removed_when_both_lack_it() {
    let test = TestStore::ready();
    let staff = [&STAFF[..], &["both"]].concat();
    let guests = [&GUESTS[..], &["both"]].concat();
    read_both(&test, &staff, &guests);

    for _ in 0..2 {
        assert_eq!(read_both(&test, &STAFF, &guests), missing(0));
    }
    assert_eq!(test.ids().len(), 13, "the guests have it");
    assert_eq!(read_both(&test, &STAFF, &GUESTS), missing(1));
    assert_eq!(read_both(&test, &STAFF, &GUESTS), Completion::removed(1));
    assert_eq!(test.ids().len(), 12);
}

#[test]
fn account_that_a_retired_stream_had_too_goes_when_the_others_lack_it() {
    let test = TestStore::ready();
    let guests = [&GUESTS[..], &["a"]].concat();
    read_both(&test, &STAFF, &guests);

    // The connector has only one stream from here on: the one of the same name.
    test.read(
        "staff",
        StreamKind::Accounts,
        accounts_page(accounts(&STAFF), None),
    );
    let completion = test.read(
        "staff",
        StreamKind::Accounts,
        accounts_page(accounts(&STAFF[1..]), None),
    );

    assert_eq!(removal(completion).removed, 1);
    assert_eq!(test.ids().len(), 11, "guests that no other list had stay");
}

#[test]
fn repeated_row_defers_the_removals_of_a_list_paged_by_cursor() {
    let test = TestStore::ready();
    let all = ["a", "b", "c", "d", "e", "f"];
    test.read_users(accounts(&all));

    let run = test.begin_run();
    test.begin_users(run);
    test.commit_users(run, accounts(&all[1..]), Some("1"))
        .unwrap();
    test.commit_users(run, accounts(&["f"]), None).unwrap();

    assert_eq!(test.complete(run, "users").unwrap(), missing(1));
    assert_eq!(test.ids(), all);
}

/// An account with one seat.
fn holder(product: &str) -> Account {
    Account {
        seats: vec![Seat {
            product: product.into(),
            assigned_at: None,
            inherited_from: None,
        }],
        ..account("both")
    }
}

/// Reads both lists, in this order, with the account that each reports as `both`.
fn read_shared(
    test: &TestStore,
    order: [&str; 2],
    staff: Option<&Account>,
    guest: Option<&Account>,
) {
    let run = test.begin_run();
    for stream in order {
        let (ids, shared) = if stream == "staff" {
            (&STAFF, staff)
        } else {
            (&GUESTS, guest)
        };
        let rows = accounts(ids).into_iter().chain(shared.cloned()).collect();
        test.begin(run, stream, StreamKind::Accounts);
        test.commit(run, stream, accounts_page(rows, None)).unwrap();
        test.store
            .complete_stream(
                run,
                &name(stream),
                &terms(GUARD, ShiftPolicy::ReadAgain, &both()),
            )
            .unwrap();
    }
}

/// Returns the products of the shared account's seats.
fn products(test: &TestStore) -> Vec<String> {
    let accounts = test.store.accounts(&source()).unwrap();
    let shared = accounts.into_iter().find(|account| account.id == "both");
    let seats = shared.unwrap().seats.into_iter();
    seats.map(|seat| seat.product).collect()
}

#[test]
fn account_of_two_lists_has_what_both_tell_in_any_order() {
    let orders = [["staff", "guests"], ["guests", "staff"]];
    for order in orders {
        let test = TestStore::ready();
        for _ in 0..2 {
            read_shared(&test, order, Some(&holder("pro")), Some(&holder("wiki")));
            assert_eq!(products(&test), ["pro", "wiki"], "{order:?}");
        }

        // One list no longer tells of its seat, and the other one's stays.
        read_shared(&test, order, Some(&holder("crm")), Some(&holder("wiki")));
        assert_eq!(products(&test), ["crm", "wiki"]);
        let bare = Account {
            seats: Vec::new(),
            ..holder("")
        };
        read_shared(&test, order, Some(&bare), Some(&holder("wiki")));
        assert_eq!(products(&test), ["wiki"]);
    }
}

#[test]
fn what_a_list_told_stays_until_a_second_read_lacks_the_account() {
    let test = TestStore::ready();
    let order = ["staff", "guests"];
    read_shared(&test, order, Some(&holder("pro")), Some(&holder("wiki")));

    read_shared(&test, order, None, Some(&holder("wiki")));
    assert_eq!(products(&test), ["pro", "wiki"], "one read is not enough");
    read_shared(&test, order, None, Some(&holder("wiki")));
    assert_eq!(products(&test), ["wiki"]);

    // What the list told before is not remembered when the account is back.
    read_shared(&test, order, None, Some(&holder("docs")));
    read_shared(&test, order, Some(&holder("crm")), Some(&holder("docs")));
    assert_eq!(products(&test), ["crm", "docs"]);
}

#[test]
fn list_that_rejects_the_account_of_another_list_tells_nothing_of_it() {
    let test = TestStore::ready();
    let order = ["staff", "guests"];
    read_shared(&test, order, Some(&holder("pro")), None);
    let run = test.begin_run();
    test.begin(run, "guests", StreamKind::Accounts);
    let mut page = accounts_page(accounts(&GUESTS), None);
    page.rejected.push(rejected(Some("both")));
    test.commit(run, "guests", page).unwrap();
    test.complete(run, "guests").unwrap();

    read_shared(&test, order, Some(&holder("crm")), None);

    assert_eq!(products(&test), ["crm"]);
}
