//! Lists: a limit, and a cursor in the body.

use crate::fault::Fault;
use crate::problem::Problem;
use crate::server::{Live, Shared};
use serde::Deserialize;
use std::ops::Range;

/// How many members a page has when the request does not say.
const DEFAULT_LIMIT: usize = 50;

/// Which page of a list is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Paging {
    limit: Option<usize>,
    /// The place of the first member, for those who would rather count. As anywhere, members change place when others come and go.
    offset: Option<usize>,
    cursor: Option<String>,
}

/// A page of the list of members.
#[derive(Debug)]
pub(crate) struct Place {
    /// Where in the list.
    pub(crate) range: Range<usize>,
    /// Which page, counted from 0.
    pub(crate) number: usize,
    /// Its size, were it full.
    pub(crate) limit: usize,
    total: usize,
}

impl Paging {
    pub(crate) const fn offset(&self) -> Option<usize> {
        self.offset
    }

    pub(crate) fn place(&self, shared: &Shared, live: &Live) -> Result<Place, Problem> {
        let limit = self
            .limit
            .unwrap_or(DEFAULT_LIMIT)
            .clamp(1, shared.page_limit);
        let total = live
            .faults
            .iter()
            .fold(live.workspace.len(), |total, fault| match fault {
                Fault::ListsOnly { members } => total.min(*members),
                _ => total,
            });
        let start = match &self.cursor {
            Some(cursor) => place_of(cursor)
                .filter(|start| *start <= total)
                .ok_or(Problem::BadCursor)?,
            None => self.offset.unwrap_or(0).min(total),
        };
        Ok(Place {
            range: start..(start + limit).min(total),
            number: start / limit,
            limit,
            total,
        })
    }
}

/// The cursor is the place of the next member, written so that nobody takes it for one.
pub(crate) fn cursor_at(place: usize) -> String {
    format!("c_{place:08x}")
}

fn place_of(cursor: &str) -> Option<usize> {
    usize::from_str_radix(cursor.strip_prefix("c_")?, 16).ok()
}

impl Place {
    /// Where the next page begins; none after the last.
    pub(crate) fn next_cursor(&self) -> Option<String> {
        (self.range.end < self.total).then(|| cursor_at(self.range.end))
    }

    /// `{"NAME":[ROWS],"next_cursor":…,"total":…}`, of rows that are JSON already.
    pub(crate) fn body(&self, name: &str, rows: &str, next: Option<String>) -> String {
        let next = next.map_or("null".to_owned(), |cursor| format!("\"{cursor}\""));
        format!(
            r#"{{"{name}":[{rows}],"next_cursor":{next},"total":{}}}"#,
            self.total
        )
    }
}
