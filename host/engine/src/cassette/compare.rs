//! Comparison of recorded and replayed results.

use super::format::CallResult;
use super::report::{Difference, DifferenceKind};
use super::row::{PageRow, RowDigest};
use purser_model::Limits;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Returns the differences between the results of a call.
pub(super) fn compare_results(
    call: usize,
    recorded: &CallResult,
    replayed: &CallResult,
    replayed_rows: &[PageRow],
) -> Vec<Difference> {
    let properties = properties(recorded, replayed)
        .into_iter()
        .filter(|(_, recorded, replayed)| recorded != replayed);

    properties
        .chain(changed_rows(recorded, replayed, replayed_rows))
        .map(|(kind, recorded, replayed)| Difference {
            call: Some(call),
            kind,
            recorded,
            replayed,
        })
        .collect()
}

/// Property with its recorded and its replayed value.
type Property = (DifferenceKind, String, String);

/// Returns the properties to compare.
fn properties(recorded: &CallResult, replayed: &CallResult) -> Vec<Property> {
    match (recorded, replayed) {
        (
            CallResult::Page {
                records,
                rejected,
                next,
                partitions,
                ..
            },
            CallResult::Page {
                records: records_now,
                rejected: rejected_now,
                next: next_now,
                partitions: partitions_now,
                ..
            },
        ) => vec![
            (
                DifferenceKind::Records,
                records.to_string(),
                records_now.to_string(),
            ),
            (
                DifferenceKind::Rejected,
                rejected.to_string(),
                rejected_now.to_string(),
            ),
            (
                DifferenceKind::Next,
                cursor_text(next),
                cursor_text(next_now),
            ),
            (
                DifferenceKind::Partitions,
                partitions.join(", "),
                partitions_now.join(", "),
            ),
        ],
        // why: the message is not compared, because a later version may word it better
        (
            CallResult::Failure { class, next, .. },
            CallResult::Failure {
                class: class_now,
                next: next_now,
                ..
            },
        ) if class == class_now => vec![(
            DifferenceKind::Next,
            cursor_text(next),
            cursor_text(next_now),
        )],
        (recorded, replayed) => vec![(
            DifferenceKind::Outcome,
            describe(recorded),
            describe(replayed),
        )],
    }
}

/// Returns the rows that differ. Their order is no difference.
fn changed_rows(recorded: &CallResult, replayed: &CallResult, rows: &[PageRow]) -> Vec<Property> {
    // why: cassettes of earlier versions have no rows, and beside a failure every row is missing
    let (
        CallResult::Page {
            rows: Some(recorded),
            ..
        },
        CallResult::Page { .. },
    ) = (recorded, replayed)
    else {
        return Vec::new();
    };

    let mut unmatched: BTreeMap<&str, VecDeque<&RowDigest>> = BTreeMap::new();
    for row in recorded {
        unmatched.entry(&row.row).or_default().push_back(row);
    }

    let mut changed = Vec::new();
    for row in rows {
        let known = unmatched.get_mut(&*row.row).and_then(VecDeque::pop_front);
        match known {
            Some(known) => changed.extend(changed_fields(known, row)),
            None => changed.push(("no such row".to_owned(), row_text(row, |_| true))),
        }
    }
    let missing = unmatched.values().flatten();
    changed.extend(missing.map(|row| (row.row.clone(), "no such row".to_owned())));

    let kind = DifferenceKind::Row;
    let changed = changed.into_iter();
    changed.map(|(then, now)| (kind, then, now)).collect()
}

/// Returns the fields of a row that differ: their names in the recording, their values now.
fn changed_fields(recorded: &RowDigest, replayed: &PageRow) -> Option<(String, String)> {
    let now = replayed.digest();
    let names: BTreeSet<_> = recorded.fields.keys().chain(now.fields.keys()).collect();
    let changed: Vec<_> = names
        .into_iter()
        .filter(|name| recorded.fields.get(*name) != now.fields.get(*name))
        .map(String::as_str)
        .collect();
    if changed.is_empty() {
        return None;
    }

    let row = &recorded.row;
    let then = format!("{row} with another {}", changed.join(", "));
    Some((then, row_text(replayed, |name| changed.contains(&name))))
}

/// Returns a row with the values of some of its fields.
fn row_text(row: &PageRow, is_shown: impl Fn(&str) -> bool) -> String {
    let fields = row.fields.iter().filter(|(name, _)| is_shown(name));
    let values: Vec<_> = fields
        .map(|(name, value)| format!("{name} {value}"))
        .collect();

    if values.is_empty() {
        format!("{} without a value", row.row)
    } else {
        format!("{}: {}", row.row, values.join(", "))
    }
}

fn cursor_text(cursor: &Option<String>) -> String {
    cursor.clone().unwrap_or_else(|| "none".to_owned())
}

fn describe(result: &CallResult) -> String {
    match result {
        CallResult::Page { records, .. } => format!("a page of {records}"),
        CallResult::Failure { class, message, .. } => format!("{class}: {message}"),
    }
}

/// Returns the limits that differ: name in the grant, recorded value, replayed value.
pub(super) fn changed_limits(recorded: &Limits, replayed: &Limits) -> Vec<(String, u64, u64)> {
    let replayed = limit_values(replayed);

    limit_values(recorded)
        .into_iter()
        .filter_map(|(name, recorded)| {
            let recorded = recorded.as_u64()?;
            let replayed = replayed.get(&name)?.as_u64()?;
            (recorded != replayed).then_some((name, recorded, replayed))
        })
        .collect()
}

/// Returns the limits by their names in the grant.
fn limit_values(limits: &Limits) -> Map<String, Value> {
    match serde_json::to_value(limits) {
        Ok(Value::Object(values)) => values,
        _ => Map::new(),
    }
}
