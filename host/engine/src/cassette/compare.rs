//! Comparison of recorded and replayed results.

use super::format::CallResult;
use super::report::{Difference, DifferenceKind};
use purser_model::Limits;
use serde_json::{Map, Value};

/// Returns the differences between the results of a call.
pub(super) fn compare_results(
    call: usize,
    recorded: &CallResult,
    replayed: &CallResult,
) -> Vec<Difference> {
    properties(recorded, replayed)
        .into_iter()
        .filter(|(_, recorded, replayed)| recorded != replayed)
        .map(|(kind, recorded, replayed)| Difference {
            call: Some(call),
            kind,
            recorded,
            replayed,
        })
        .collect()
}

/// Returns the properties to compare, each with its recorded and its replayed value.
fn properties(
    recorded: &CallResult,
    replayed: &CallResult,
) -> Vec<(DifferenceKind, String, String)> {
    match (recorded, replayed) {
        (
            CallResult::Page {
                records,
                rejected,
                next,
                partitions,
            },
            CallResult::Page {
                records: records_now,
                rejected: rejected_now,
                next: next_now,
                partitions: partitions_now,
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
