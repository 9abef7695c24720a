//! Tests of comparing results.

use crate::cassette::compare::{changed_limits, compare_results};
use crate::cassette::format::CallResult;
use crate::cassette::{Difference, DifferenceKind, StreamReplay};
use purser_model::{Limits, OutcomeClass};

fn page(records: u64, next: Option<&str>) -> CallResult {
    CallResult::Page {
        records,
        rejected: 0,
        next: next.map(str::to_owned),
        partitions: Vec::new(),
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

    assert_eq!(compare_results(3, &recorded, &recorded), []);
}

#[test]
fn pages_differ_in_each_property() {
    let differences = compare_results(3, &page(5, Some("c2")), &page(4, None));

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

    assert_eq!(compare_results(3, &recorded, &replayed), []);
}

#[test]
fn page_and_failure_differ_in_the_outcome() {
    let recorded = page(5, None);
    let replayed = failure(OutcomeClass::Trapped, "panic");

    assert_eq!(
        compare_results(3, &recorded, &replayed),
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
