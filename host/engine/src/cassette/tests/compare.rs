//! Tests of comparing results.

use crate::cassette::compare::{changed_limits, compare_results};
use crate::cassette::format::CallResult;
use crate::cassette::row::{PageRow, RowDigest};
use crate::cassette::{Difference, DifferenceKind, StreamReplay};
use purser_model::{Account, AccountStatus, Limits, OutcomeClass, Page, Records};

fn page(records: u64, next: Option<&str>) -> CallResult {
    CallResult::Page {
        records,
        rejected: 0,
        next: next.map(str::to_owned),
        partitions: Vec::new(),
        rows: None,
    }
}

fn failure(class: OutcomeClass, message: &str) -> CallResult {
    CallResult::Failure {
        class,
        message: message.to_owned(),
        next: None,
    }
}

fn difference(kind: DifferenceKind, recorded: &str, replayed: &str) -> Difference {
    Difference {
        call: Some(3),
        kind,
        recorded: recorded.to_owned(),
        replayed: replayed.to_owned(),
    }
}

#[test]
fn equal_results_have_no_difference() {
    let recorded = page(5, Some("c2"));

    assert_eq!(compare_results(3, &recorded, &recorded, &[]), []);
}

#[test]
fn pages_differ_in_each_property() {
    let differences = compare_results(3, &page(5, Some("c2")), &page(4, None), &[]);

    assert_eq!(
        differences,
        [
            difference(DifferenceKind::Records, "5", "4"),
            difference(DifferenceKind::Next, "c2", "none"),
        ]
    );
}

#[test]
fn failures_of_one_class_with_other_messages_have_no_difference() {
    let recorded = failure(OutcomeClass::AuthRejected, "401");
    let replayed = failure(OutcomeClass::AuthRejected, "the token expired");

    assert_eq!(compare_results(3, &recorded, &replayed, &[]), []);
}

#[test]
fn page_and_failure_differ_in_the_outcome() {
    let recorded = page(5, None);
    let replayed = failure(OutcomeClass::Trapped, "panic");

    assert_eq!(
        compare_results(3, &recorded, &replayed, &[]),
        [difference(
            DifferenceKind::Outcome,
            "a page of 5",
            "trapped: panic"
        )]
    );
}

#[test]
fn changed_limit_is_named_with_both_values() {
    let recorded = Limits::default();
    let replayed = Limits {
        pages: 7,
        ..Limits::default()
    };

    assert_eq!(
        changed_limits(&recorded, &replayed),
        [("pages".to_owned(), recorded.pages, 7)]
    );
}

#[test]
fn differences_over_the_limit_are_counted_only() {
    let mut replay = StreamReplay::new("members".parse().unwrap());

    for _ in 0..105 {
        replay.add_difference(difference(DifferenceKind::Records, "5", "4"));
    }

    assert_eq!(replay.differences.len(), 100);
    assert_eq!(replay.more_differences, 5);
}

#[test]
fn difference_in_json_has_a_point() {
    let json = serde_json::to_value(difference(DifferenceKind::Records, "5", "4")).unwrap();

    assert_eq!(json["point"], "records");
}

fn accounts_page(accounts: Vec<Account>) -> Page {
    Page {
        records: Records::Accounts(accounts),
        rejected: Vec::new(),
        next: None,
        total: None,
        partitions: Vec::new(),
        offset_paged: false,
    }
}

fn account(id: &str, status: AccountStatus) -> Account {
    Account {
        id: id.to_owned(),
        status,
        ..Account::default()
    }
}

/// Returns the differences of two pages of accounts, as recorded and replayed text.
fn row_differences(recorded: Vec<Account>, replayed: Vec<Account>) -> Vec<(String, String)> {
    let result = |accounts| CallResult::new(&Ok(accounts_page(accounts)), str::to_owned);
    let rows = PageRow::of_page(&accounts_page(replayed.clone()), str::to_owned);

    compare_results(3, &result(recorded), &result(replayed), &rows)
        .into_iter()
        .map(|difference| {
            assert_eq!(difference.kind, DifferenceKind::Row);
            (difference.recorded, difference.replayed)
        })
        .collect()
}

#[test]
fn rows_in_another_order_have_no_difference() {
    let [ada, bo] = ["ada", "bo"].map(|id| account(id, AccountStatus::Active));

    assert_eq!(
        row_differences(vec![ada.clone(), bo.clone()], vec![bo, ada]),
        []
    );
}

#[test]
fn changed_field_is_named_with_its_value_now() {
    let differences = row_differences(
        vec![account("ada", AccountStatus::Active)],
        vec![account("ada", AccountStatus::Suspended)],
    );

    let expected = ("ada with another status", "ada: status \"suspended\"");
    assert_eq!(differences, [expected].map(|(a, b)| (a.into(), b.into())));
}

#[test]
fn other_id_is_a_missing_row_and_a_new_one() {
    let differences = row_differences(
        vec![account("ada", AccountStatus::Active)],
        vec![account("1", AccountStatus::Active)],
    );

    assert_eq!(differences.len(), 2);
    assert_eq!(differences[0].0, "no such row");
    assert!(differences[0].1.starts_with("1: "), "{differences:?}");
    assert_eq!(differences[1], ("ada".into(), "no such row".into()));
}

#[test]
fn row_is_one_text_in_the_cassette() {
    let rows = PageRow::of_page(
        &accounts_page(vec![account("ada l", AccountStatus::Active)]),
        str::to_owned,
    );
    let digest = rows[0].digest();

    let json = serde_json::to_value(&digest).unwrap();

    assert!(json.as_str().unwrap().ends_with(" ada l"), "{json}");
    assert_eq!(serde_json::from_value::<RowDigest>(json).unwrap(), digest);
}

#[test]
fn cassette_without_rows_compares_their_number_only() {
    let rows = PageRow::of_page(
        &accounts_page(vec![account("ada", AccountStatus::Active)]),
        str::to_owned,
    );

    assert_eq!(
        compare_results(3, &page(1, None), &page(1, None), &rows),
        []
    );
}
