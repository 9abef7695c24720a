//! Pages: what is stored of them, and that it is all or nothing.

use crate::fixture::{
    Fixture, GUARD, account, accounts, accounts_page, activity_page, at, commit_page, connection,
    name, products_page, sealed, source, used,
};
use purser_model::{Account, Activity, Blame, Blamed, LastActivity, Page, RejectedRow, StreamKind};
use purser_store::{Committed, Completion, RequestStats, StreamStart, ShiftPolicy, Source, StoreError};

const NEVER: LastActivity = LastActivity::Never;
const UNKNOWN: LastActivity = LastActivity::Unknown;

fn commit(fixture: &Fixture, run: i64, stream: &str, page: &Page) -> Result<Committed, StoreError> {
    commit_page(&fixture.store, run, &name(stream), page, RequestStats::default())
}

/// A run that reads one page of a stream, and completes it.
fn read(fixture: &Fixture, stream: &str, kind: StreamKind, page: &Page) -> Completion {
    let run = fixture.run();
    fixture
        .store
        .begin_stream(run, &name(stream), kind, "fingerprint")
        .unwrap();
    commit(fixture, run, stream, page).unwrap();
    fixture
        .store
        .complete_stream(run, &name(stream), GUARD, ShiftPolicy::ReadAgain, at(0))
        .unwrap()
}

fn activity(fixture: &Fixture, rows: &[(&str, Option<&str>, LastActivity)]) {
    read(
        fixture,
        "logins",
        StreamKind::Activity,
        &activity_page(rows, None),
    );
}

fn last_activity(fixture: &Fixture, id: &str) -> LastActivity {
    let accounts = fixture.store.accounts(&source()).unwrap();
    accounts
        .iter()
        .find(|account| account.id == id)
        .unwrap()
        .last_activity
}

#[test]
fn accounts_come_back_as_they_were_reported() {
    let fixture = Fixture::ready();
    let bare = Account {
        id: "bare".into(),
        ..Account::default()
    };
    let mut full = account("é🦀 /%00?");
    full.last_activity = used(123);
    full.given_name = Some(String::new());
    full.family_name = Some("'; DROP TABLE account; --".into());
    full.employee_number = Some("007".into());
    fixture.sync(vec![full.clone(), bare.clone()]);
    assert_eq!(fixture.store.accounts(&source()).unwrap(), [bare, full]);
}

#[test]
fn accounts_are_shown_one_by_one_and_by_source() {
    let fixture = Fixture::ready();
    fixture
        .store
        .add_connection(&connection("other"), sealed(b""))
        .unwrap();
    fixture.sync(accounts(&["b", "a"]));
    let mut seen = Vec::new();
    fixture
        .store
        .each_account(&source(), |account| seen.push(account.id))
        .unwrap();
    assert_eq!(seen, ["a", "b"]);
    let other = Source {
        profile: name("hub"),
        connection: name("other"),
    };
    assert!(fixture.store.accounts(&other).unwrap().is_empty());
}

#[test]
fn an_account_that_changed_is_written_anew() {
    let fixture = Fixture::ready();
    let changes: [fn(&mut Account); 12] = [
        |account| account.principal_name = None,
        |account| account.emails.clear(),
        |account| account.display_name = Some("other".into()),
        |account| account.given_name = Some("other".into()),
        |account| account.family_name = Some("other".into()),
        |account| account.employee_number = Some("other".into()),
        |account| account.kind = purser_model::AccountKind::Guest,
        |account| account.status = purser_model::AccountStatus::Suspended,
        |account| account.created_at = None,
        |account| account.seats.clear(),
        |account| account.attributes.clear(),
        |account| account.last_activity = used(1),
    ];
    let mut expected = account("a");
    fixture.sync(vec![expected.clone()]);
    for change in changes {
        change(&mut expected);
        fixture.sync(vec![expected.clone()]);
        assert_eq!(
            fixture.store.accounts(&source()).unwrap(),
            std::slice::from_ref(&expected)
        );
    }
}

#[test]
fn a_row_repeated_in_a_later_page_is_rejected_and_the_first_kept() {
    let fixture = Fixture::ready();
    let run = fixture.run();
    fixture.users(run);
    commit(
        &fixture,
        run,
        "users",
        &accounts_page(accounts(&["a", "b"]), Some("1")),
    )
    .unwrap();
    let mut moved = account("b");
    moved.display_name = Some("second report".into());
    let mut page = accounts_page(vec![moved, account("c")], None);
    page.rejected = vec![RejectedRow {
        row: "4".into(),
        reason: "no id".into(),
    }];
    let committed = commit(&fixture, run, "users", &page).unwrap();
    assert_eq!(
        committed,
        Committed {
            records: 1,
            repeated: 1,
            rejected: 2
        }
    );
    assert_eq!(
        fixture.store.accounts(&source()).unwrap(),
        accounts(&["a", "b", "c"])
    );
    let rejected = fixture.store.rejected_rows(run).unwrap();
    assert_eq!(
        (rejected[0].row.row.as_str(), rejected[1].row.row.as_str()),
        ("4", "b")
    );
    assert!(
        rejected[1]
            .row
            .reason
            .starts_with("seen before in this read")
    );
    let counts = fixture.store.run(run).unwrap().streams[0].counts;
    assert_eq!((counts.pages, counts.records, counts.rejected), (2, 3, 2));
}

#[test]
fn two_of_one_id_in_a_page_store_nothing_of_it() {
    let fixture = Fixture::ready();
    let run = fixture.run();
    fixture.users(run);
    let error = commit(
        &fixture,
        run,
        "users",
        &accounts_page(accounts(&["x", "y", "x"]), Some("1")),
    )
    .unwrap_err();
    assert_eq!(error.to_string(), "account \"x\" occurs twice");
    assert_eq!(error.blame(), Blame::Guest);
    assert!(fixture.ids().is_empty());
    assert_eq!(fixture.users(run).from, StreamStart::Beginning);
    assert_eq!(fixture.store.run(run).unwrap().streams[0].counts.pages, 0);

    fixture
        .store
        .begin_stream(run, &name("skus"), StreamKind::Products, "fingerprint")
        .unwrap();
    let error = commit(
        &fixture,
        run,
        "skus",
        &products_page(&[("p", 1), ("p", 2)], None),
    )
    .unwrap_err();
    assert_eq!(
        (error.to_string().as_str(), error.blame()),
        ("product \"p\" occurs twice", Blame::Guest)
    );
}

#[test]
fn records_of_another_kind_are_refused() {
    let fixture = Fixture::ready();
    let run = fixture.run();
    fixture.users(run);
    let error = commit(&fixture, run, "users", &products_page(&[], None)).unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::WrongKind {
                expected: StreamKind::Accounts,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn activity_only_moves_forward() {
    let fixture = Fixture::ready();
    let with = |last_activity| {
        vec![Account {
            last_activity,
            ..account("a")
        }]
    };
    for (told_by_account, told_by_stream, expected) in [
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
        fixture.sync(with(told_by_account));
        activity(&fixture, &[("a", None, told_by_stream)]);
        let mut latest = last_activity(&fixture, "a");
        fixture
            .store
            .each_activity(&source(), |row| latest = latest.latest(row.last_activity))
            .unwrap();
        assert_eq!(latest, expected);
    }
}

#[test]
fn activity_survives_a_change_of_the_account() {
    let fixture = Fixture::ready();
    fixture.sync(vec![Account {
        last_activity: used(9),
        ..account("a")
    }]);
    fixture.sync(vec![Account {
        last_activity: used(3),
        display_name: None,
        ..account("a")
    }]);
    assert_eq!(last_activity(&fixture, "a"), used(9));
}

#[test]
fn activity_is_kept_by_product_and_apart_from_what_accounts_came_with() {
    let fixture = Fixture::ready();
    activity(
        &fixture,
        &[
            ("a", Some("docs"), used(5)),
            ("a", None, used(3)),
            ("a", Some("docs"), used(4)),
        ],
    );
    activity(
        &fixture,
        &[("ghost", None, NEVER), ("silent", None, UNKNOWN)],
    );
    let mut all = Vec::new();
    fixture
        .store
        .each_activity(&source(), |row| all.push(row))
        .unwrap();
    let row = |account: &str, product: Option<&str>, last_activity| Activity {
        account: account.into(),
        product: product.map(Into::into),
        last_activity,
    };
    assert_eq!(
        all,
        [
            row("a", None, used(3)),
            row("a", Some("docs"), used(5)),
            row("ghost", None, NEVER)
        ]
    );
    assert_eq!(
        fixture.store.active_without_account(&source()).unwrap(),
        2,
        "it may come before its account"
    );
    fixture.sync(accounts(&["a"]));
    assert_eq!(
        last_activity(&fixture, "a"),
        UNKNOWN,
        "use of one product says nothing of the others"
    );
    assert_eq!(fixture.store.active_without_account(&source()).unwrap(), 1);
}

#[test]
fn an_empty_read_of_activity_takes_nothing_away() {
    let fixture = Fixture::ready();
    fixture.sync(accounts(&["a"]));
    activity(&fixture, &[("a", None, used(5))]);
    assert_eq!(
        read(
            &fixture,
            "logins",
            StreamKind::Activity,
            &activity_page(&[], None)
        ),
        Completion::Complete { removed: 0 }
    );
    let mut told = Vec::new();
    fixture
        .store
        .each_activity(&source(), |row| told.push(row.last_activity))
        .unwrap();
    assert_eq!(told, [used(5)]);
}

#[test]
fn products_are_replaced_and_swept() {
    let fixture = Fixture::ready();
    let rows: Vec<_> = ["a", "b", "c", "d", "e", "f"].map(|id| (id, 1)).into();
    read(
        &fixture,
        "skus",
        StreamKind::Products,
        &products_page(&rows, None),
    );
    let mut rows = rows[1..].to_vec();
    rows[0].1 = 7;
    let done = read(
        &fixture,
        "skus",
        StreamKind::Products,
        &products_page(&rows, None),
    );
    assert_eq!(done, Completion::Complete { removed: 1 });
    let products = fixture.store.products(&source()).unwrap();
    assert_eq!(products.len(), 5);
    assert_eq!(
        (
            products[0].id.as_str(),
            products[0].name.as_str(),
            products[0].assigned
        ),
        ("b", "B", Some(7))
    );
    let refused = read(
        &fixture,
        "skus",
        StreamKind::Products,
        &products_page(&[], None),
    );
    assert_eq!(
        refused,
        Completion::ShrinkRefused {
            would_remove: 5,
            had: 5
        }
    );
}

#[test]
fn a_product_repeated_in_a_later_page_is_rejected() {
    let fixture = Fixture::ready();
    let run = fixture.run();
    fixture
        .store
        .begin_stream(run, &name("skus"), StreamKind::Products, "fingerprint")
        .unwrap();
    commit(
        &fixture,
        run,
        "skus",
        &products_page(&[("a", 1)], Some("1")),
    )
    .unwrap();
    let committed = commit(&fixture, run, "skus", &products_page(&[("a", 2)], None)).unwrap();
    assert_eq!(
        committed,
        Committed {
            records: 0,
            repeated: 1,
            rejected: 1
        }
    );
    assert_eq!(
        fixture.store.products(&source()).unwrap()[0].assigned,
        Some(1)
    );
}

#[test]
fn two_streams_share_accounts_and_sweep_only_their_own() {
    let fixture = Fixture::ready();
    let staff = |ids: &[&str]| {
        read(
            &fixture,
            "staff",
            StreamKind::Accounts,
            &accounts_page(accounts(ids), None),
        )
    };
    let guests = |ids: &[&str]| {
        read(
            &fixture,
            "guests",
            StreamKind::Accounts,
            &accounts_page(accounts(ids), None),
        )
    };
    staff(&["a", "b", "c", "d", "e", "both"]);
    guests(&["both", "u", "v", "w", "x", "y"]);
    assert_eq!(
        staff(&["a", "b", "c", "d", "e"]),
        Completion::Complete { removed: 0 },
        "guests still has it"
    );
    assert_eq!(fixture.ids().len(), 11);
    assert_eq!(
        guests(&["u", "v", "w", "x", "y"]),
        Completion::Complete { removed: 1 }
    );
    assert_eq!(
        fixture.ids(),
        ["a", "b", "c", "d", "e", "u", "v", "w", "x", "y"]
    );
}

#[test]
fn a_product_of_two_streams_is_shown_once() {
    let fixture = Fixture::ready();
    read(
        &fixture,
        "plans",
        StreamKind::Products,
        &products_page(&[("a", 1), ("b", 1)], None),
    );
    read(
        &fixture,
        "add-ons",
        StreamKind::Products,
        &products_page(&[("b", 2), ("c", 2)], None),
    );
    read(
        &fixture,
        "plans",
        StreamKind::Products,
        &products_page(&[("a", 1), ("b", 1)], None),
    );
    let products = fixture.store.products(&source()).unwrap();
    let shown: Vec<_> = products
        .iter()
        .map(|product| (product.id.as_str(), product.assigned.unwrap()))
        .collect();
    assert_eq!(shown, [("a", 1), ("b", 2), ("c", 2)]);
}

#[test]
fn sources_do_not_touch_each_other() {
    let fixture = Fixture::ready();
    fixture
        .store
        .add_connection(&connection("other"), sealed(b""))
        .unwrap();
    fixture.sync(accounts(&["a", "b", "c", "d", "e"]));
    let other = Source {
        profile: name("hub"),
        connection: name("other"),
    };
    let run = fixture.store.begin_run(&other, at(0)).unwrap();
    fixture.users(run);
    commit(
        &fixture,
        run,
        "users",
        &accounts_page(accounts(&["a", "z"]), None),
    )
    .unwrap();
    fixture
        .store
        .complete_stream(run, &name("users"), GUARD, ShiftPolicy::ReadAgain, at(0))
        .unwrap();
    assert_eq!(fixture.ids(), ["a", "b", "c", "d", "e"]);
    assert_eq!(
        fixture.store.accounts(&other).unwrap(),
        accounts(&["a", "z"])
    );
    fixture.sync(accounts(&["b", "c", "d", "e"]));
    assert_eq!(
        fixture.store.accounts(&other).unwrap(),
        accounts(&["a", "z"])
    );
}

#[test]
fn a_read_that_finds_nothing_new_writes_little() {
    let fixture = Fixture::ready();
    let rows: Vec<_> = (0..2000)
        .map(|number| account(&format!("user-{number:05}")))
        .collect();
    let log = fixture.place.join("purser.db-wal");
    let written = |rows: &[Account]| {
        let other = rusqlite::Connection::open(fixture.place.join("purser.db")).unwrap();
        other
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))
            .unwrap();
        fixture.sync(rows.to_vec());
        std::fs::metadata(&log).unwrap().len()
    };
    let (first, again) = (written(&rows), written(&rows));
    assert!(
        again * 5 < first,
        "{first} bytes the first time, {again} the second"
    );
}
