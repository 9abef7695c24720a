//! Helpers for the rows of a page of any kind.

use purser_model::RejectedRow;

/// Sorts rows by identifier, and rows with the same one in the order of the page.
pub(super) fn sorted_by_id<'a, T>(rows: &'a [T], id: impl Fn(&'a T) -> &'a str) -> Vec<&'a T> {
    let mut rows: Vec<_> = rows.iter().collect();
    rows.sort_by_key(|row| id(row));
    rows
}

/// Builds the rejected row for a record that the same read had reported before.
pub(super) fn repetition(id: &str) -> RejectedRow {
    RejectedRow {
        id: Some(id.to_owned()),
        row: id.to_owned(),
        reason: "seen before in this read: the first report of it is kept".into(),
    }
}

/// Converts a length to a count.
pub(super) fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
