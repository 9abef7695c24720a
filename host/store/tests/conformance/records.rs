//! Pages: their records, committed as a whole or not at all.

use super::fixture::{
    TestStore, account, accounts, accounts_page, activity_page, at, cursor, products_page, source,
    used,
};
use purser_model::{
    Account, AccountKind, AccountStatus, Activity, LastActivity, Page, RejectedRow, StreamKind,
};
use purser_store::{Committed, Completion, StoreError};

const NEVER: LastActivity = LastActivity::Never;
const UNKNOWN: LastActivity = LastActivity::Unknown;

fn last_activity(test: &TestStore, id: &str) -> LastActivity {
    let accounts = test.store.accounts(&source()).unwrap();
    let found = accounts.iter().find(|account| account.id == id);
    found.unwrap().last_activity
}

fn read_products(test: &TestStore, stream: &str, rows: &[(&str, u32)]) -> Completion {
    let page = products_page(rows, None);
    test.read(stream, StreamKind::Products, page)
}

#[test]
fn accounts_read_back_as_they_were_reported() {
    let test = TestStore::ready();
    let bare = Account {
        id: "bare".into(),
        ..Account::default()
    };
    let full = Account {
        last_activity: used(123),
        given_name: Some(String::new()),
        family_name: Some("'; DROP TABLE account; --".into()),
        employee_number: Some("007".into()),
        ..account("é🦀 /%00?")
    };

    test.read_users(vec![full.clone(), bare.clone()]);

    assert_eq!(test.store.accounts(&source()).unwrap(), [bare, full]);
}

#[test]
fn accounts_are_visited_by_identifier_and_by_source() {
    let test = TestStore::ready();
    let other = test.add_other_source();
    test.read_users(accounts(&["b", "a"]));

    let mut seen = Vec::new();
    test.store
        .each_account(&source(), |known| seen.push(known.account.id))
        .unwrap();

    assert_eq!(seen, ["a", "b"]);
    assert!(test.store.accounts(&other).unwrap().is_empty());
}

#[test]
fn accounts_after_an_identifier_come_in_batches() {
    let test = TestStore::ready();
    test.read_users(accounts(&["a", "b", "c"]));
    let batch = |after, most| -> Vec<String> {
        let found = test.store.accounts_after(&source(), after, most).unwrap();
        found.into_iter().map(|account| account.id).collect()
    };

    assert_eq!(batch(None, 2), ["a", "b"]);
    assert_eq!(batch(Some("b"), 2), ["c"]);
    assert!(batch(Some("c"), 2).is_empty());
}

#[test]
fn account_that_changed_in_any_field_is_updated() {
    let test = TestStore::ready();
    let changes: [fn(&mut Account); 12] = [
        |account| account.principal_name = None,
        |account| account.emails.clear(),
        |account| account.display_name = Some("other".into()),
        |account| account.given_name = Some("other".into()),
        |account| account.family_name = Some("other".into()),
        |account| account.employee_number = Some("other".into()),
        |account| account.kind = AccountKind::Guest,
        |account| account.status = AccountStatus::Suspended,
        |account| account.created_at = None,
        |account| account.seats.clear(),
        |account| account.attributes.clear(),
        |account| account.last_activity = used(1),
    ];
    let mut expected = account("a");
    test.read_users(vec![expected.clone()]);

    for change in changes {
        change(&mut expected);
        test.read_users(vec![expected.clone()]);

        let stored = test.store.accounts(&source()).unwrap();
        assert_eq!(stored, std::slice::from_ref(&expected));
    }
}

#[test]
fn account_repeated_in_a_later_page_is_rejected_and_the_first_report_stays() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin_users(run);
    test.commit_users(run, accounts(&["a", "b"]), Some("1"))
        .unwrap();
    let moved = Account {
        display_name: Some("second report".into()),
        ..account("b")
    };
    let mut page = accounts_page(vec![moved, account("c")], None);
    page.rejected = vec![RejectedRow {
        id: None,
        row: "4".into(),
        reason: "no id".into(),
    }];

    let committed = test.commit(run, "users", page).unwrap();

    let expected = Committed {
        records: 1,
        repeated: 1,
        rejected: 2,
        fresh: 1,
    };
    assert_eq!(committed, expected);
    let stored = test.store.accounts(&source()).unwrap();
    assert_eq!(stored, accounts(&["a", "b", "c"]));

    let rejected = test.store.rejected_rows(run).unwrap();
    assert_eq!(rejected[0].row.row, "4");
    assert_eq!(rejected[1].row.row, "b");
    let reason = &rejected[1].row.reason;
    assert!(reason.starts_with("seen before in this read"), "{reason}");
    let counts = test.store.run(run).unwrap().streams[0].counts;
    assert_eq!((counts.pages, counts.records, counts.rejected), (2, 3, 2));
}

#[test]
fn page_with_two_accounts_of_one_id_keeps_the_first() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin_users(run);
    let second = Account {
        display_name: Some("second".into()),
        ..account("x")
    };
    let rows = vec![account("x"), account("y"), second];

    let committed = test.commit_users(run, rows, Some("1")).unwrap();

    assert_eq!((committed.records, committed.rejected), (2, 1));
    let stored = test.store.accounts(&source()).unwrap();
    assert_eq!(stored, accounts(&["x", "y"]));
}

#[test]
fn page_with_two_products_of_one_id_keeps_the_first() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin(run, "skus", StreamKind::Products);

    let page = products_page(&[("p", 1), ("p", 2)], None);
    let committed = test.commit(run, "skus", page).unwrap();

    assert_eq!((committed.records, committed.rejected), (1, 1));
    assert_eq!(test.store.products(&source()).unwrap()[0].assigned, Some(1));
}

#[test]
fn page_of_activity_that_came_before_in_the_read_is_repeated() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin(run, "logins", StreamKind::Activity);
    let page = |next: &str| Page {
        next: Some(cursor(next)),
        ..activity_page(&[("a", None, used(1))])
    };

    let first = test.commit(run, "logins", page("1")).unwrap();
    let second = test.commit(run, "logins", page("2")).unwrap();

    assert_eq!((first.records, first.fresh), (1, 1));
    assert_eq!((second.repeated, second.fresh), (1, 0));
}

#[test]
fn page_of_another_kind_is_refused() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin_users(run);

    let error = test
        .commit(run, "users", products_page(&[], None))
        .unwrap_err();

    let StoreError::WrongKind { expected, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(expected, StreamKind::Accounts);
}

#[test]
fn activity_only_moves_forward() {
    let test = TestStore::ready();

    for (of_account, of_stream, expected) in [
        (UNKNOWN, UNKNOWN, UNKNOWN),
        (NEVER, UNKNOWN, NEVER),
        (UNKNOWN, UNKNOWN, NEVER),
        (used(-5), NEVER, used(-5)),
        (used(10), NEVER, used(10)),
        (NEVER, used(30), used(30)),
        (used(20), used(25), used(30)),
        (used(40), used(29), used(40)),
        (UNKNOWN, UNKNOWN, used(40)),
    ] {
        let reported = Account {
            last_activity: of_account,
            ..account("a")
        };
        test.read_users(vec![reported]);
        test.read_logins(&[("a", None, of_stream)]);

        let mut latest = last_activity(&test, "a");
        for row in test.activity() {
            latest = latest.latest(row.last_activity);
        }
        assert_eq!(latest, expected);
    }
}

#[test]
fn activity_is_as_old_as_its_last_complete_read() {
    let test = TestStore::ready();
    assert_eq!(test.store.activity_read_at(&source()).unwrap(), None);

    test.read_users(accounts(&["a"]));
    assert_eq!(test.store.activity_read_at(&source()).unwrap(), None);

    test.read_logins(&[("a", None, used(1))]);
    assert!(test.store.activity_read_at(&source()).unwrap().is_some());
}

#[test]
fn activity_of_a_wrong_clock_can_be_forgotten() {
    let test = TestStore::ready();
    let future = Account {
        last_activity: used(9_000),
        ..account("a")
    };
    test.read_users(vec![future, account("b")]);
    test.read_logins(&[("a", None, used(9_000)), ("b", None, used(4))]);

    test.store.forget_activity_after(&source(), at(5)).unwrap();

    assert_eq!(last_activity(&test, "a"), UNKNOWN);
    let kept = Activity {
        account: "b".into(),
        product: None,
        last_activity: used(4),
    };
    assert_eq!(test.activity(), [kept]);
    let right = Account {
        last_activity: used(3),
        ..account("a")
    };
    test.read_users(vec![right, account("b")]);
    assert_eq!(last_activity(&test, "a"), used(3));
}

#[test]
fn activity_survives_a_change_of_the_account() {
    let test = TestStore::ready();
    let first = Account {
        last_activity: used(9),
        ..account("a")
    };
    let changed = Account {
        last_activity: used(3),
        display_name: None,
        ..account("a")
    };

    test.read_users(vec![first]);
    test.read_users(vec![changed]);

    assert_eq!(last_activity(&test, "a"), used(9));
}

#[test]
fn activity_is_stored_by_product_and_apart_from_the_accounts() {
    let test = TestStore::ready();

    test.read_logins(&[
        ("a", Some("docs"), used(5)),
        ("a", None, used(3)),
        ("a", Some("docs"), used(4)),
    ]);
    // Activity may be reported before its account.
    test.read_logins(&[("ghost", None, NEVER), ("silent", None, UNKNOWN)]);
    test.read_users(accounts(&["a"]));

    let row = |account: &str, product: Option<&str>, last_activity| Activity {
        account: account.into(),
        product: product.map(Into::into),
        last_activity,
    };
    let expected = [
        row("a", None, used(3)),
        row("a", Some("docs"), used(5)),
        row("ghost", None, NEVER),
    ];
    assert_eq!(test.activity(), expected);
    assert_eq!(last_activity(&test, "a"), UNKNOWN);
}

#[test]
fn empty_read_of_activity_deletes_nothing() {
    let test = TestStore::ready();
    test.read_users(accounts(&["a"]));
    test.read_logins(&[("a", None, used(5))]);

    let completed = test.read_logins(&[]);

    assert_eq!(completed, Completion::removed(0));
    assert_eq!(test.activity().len(), 1);
}

#[test]
fn products_are_replaced_and_deleted_when_gone() {
    let test = TestStore::ready();
    let mut rows: Vec<_> = ["a", "b", "c", "d", "e", "f"].map(|id| (id, 1)).into();
    read_products(&test, "skus", &rows);

    rows.remove(0);
    rows[0].1 = 7;
    let completed = read_products(&test, "skus", &rows);

    assert_eq!(completed, Completion::removed(1));
    let products = test.store.products(&source()).unwrap();
    assert_eq!(products.len(), 5);
    assert_eq!(products[0].id, "b");
    assert_eq!(products[0].name, "B");
    assert_eq!(products[0].assigned, Some(7));
}

#[test]
fn empty_read_of_products_is_refused() {
    let test = TestStore::ready();
    read_products(&test, "skus", &[("a", 1), ("b", 1)]);

    let refused = read_products(&test, "skus", &[]);

    let expected = Completion::ShrinkRefused {
        would_remove: 2,
        had: 2,
    };
    assert_eq!(refused, expected);
    assert_eq!(test.store.products(&source()).unwrap().len(), 2);
}

#[test]
fn product_repeated_in_a_later_page_is_rejected() {
    let test = TestStore::ready();
    let run = test.begin_run();
    test.begin(run, "skus", StreamKind::Products);
    test.commit(run, "skus", products_page(&[("a", 1)], Some("1")))
        .unwrap();

    let page = products_page(&[("a", 2)], None);
    let committed = test.commit(run, "skus", page).unwrap();

    let expected = Committed {
        records: 0,
        repeated: 1,
        rejected: 1,
        fresh: 0,
    };
    assert_eq!(committed, expected);
    let products = test.store.products(&source()).unwrap();
    assert_eq!(products[0].assigned, Some(1));
}

#[test]
fn product_of_two_streams_is_shown_as_the_later_stream_reports_it() {
    let test = TestStore::ready();
    read_products(&test, "plans", &[("a", 1), ("b", 1)]);
    read_products(&test, "add-ons", &[("b", 2), ("c", 2)]);
    read_products(&test, "plans", &[("a", 1), ("b", 1)]);

    let products = test.store.products(&source()).unwrap();

    let shown: Vec<_> = products
        .iter()
        .map(|product| (product.id.as_str(), product.assigned.unwrap()))
        .collect();
    assert_eq!(shown, [("a", 1), ("b", 2), ("c", 2)]);
}

#[test]
fn accounts_of_one_source_are_not_touched_by_another() {
    let test = TestStore::ready();
    let other = test.add_other_source();
    test.read_users(accounts(&["a", "b", "c", "d", "e"]));

    let run = test.store.begin_run(&other, at(0)).unwrap();
    test.begin_users(run);
    test.commit_users(run, accounts(&["a", "z"]), None).unwrap();
    test.complete(run, "users").unwrap();

    assert_eq!(test.ids(), ["a", "b", "c", "d", "e"]);
    let of_other = || test.store.accounts(&other).unwrap();
    assert_eq!(of_other(), accounts(&["a", "z"]));
    test.read_users(accounts(&["b", "c", "d", "e"]));
    assert_eq!(of_other(), accounts(&["a", "z"]));
}
