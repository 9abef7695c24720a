//! Paging of lists: limit and cursor or offset in the query, and the next cursor in the body.

use crate::api_error::ApiError;
use crate::fault::Fault;
use crate::state::{ServerState, SharedState};
use serde::Deserialize;
use std::ops::Range;

/// The number of members of a page, if the request sets none.
const DEFAULT_LIMIT: usize = 50;

/// The query of a list request.
#[derive(Debug, Deserialize)]
pub(crate) struct PageQuery {
    /// Members of a page; absent for the default.
    limit: Option<usize>,
    /// Offset of the first member; absent for 0. Offsets shift as members come and go.
    offset: Option<usize>,
    /// Cursor of the previous page; absent for the first. Takes precedence over `offset`.
    cursor: Option<String>,
}

/// A page of the member list.
#[derive(Debug)]
pub(crate) struct MemberPage {
    /// The range of members in the list.
    pub(crate) range: Range<usize>,
    /// The page number, counted from 0.
    pub(crate) number: usize,
    /// The most members of the page.
    pub(crate) limit: usize,
    total: usize,
}

impl PageQuery {
    /// Returns the offset of the first member; 0 if the request has none.
    pub(crate) fn offset(&self) -> usize {
        self.offset.unwrap_or(0)
    }

    /// Resolves the query to a page of the list.
    pub(crate) fn resolve(
        &self,
        shared: &SharedState,
        state: &ServerState,
    ) -> Result<MemberPage, ApiError> {
        let limit = self
            .limit
            .unwrap_or(DEFAULT_LIMIT)
            .clamp(1, shared.page_limit);
        let total = state
            .faults
            .iter()
            .fold(state.workspace.len(), |total, fault| match fault {
                Fault::ListsOnly { members } => total.min(*members),
                _ => total,
            });
        let start = match &self.cursor {
            Some(cursor) => parse_cursor(cursor)
                .filter(|start| *start <= total)
                .ok_or(ApiError::BadCursor)?,
            None => self.offset().min(total),
        };

        Ok(MemberPage {
            range: start..(start + limit).min(total),
            number: start / limit,
            limit,
            total,
        })
    }
}

/// Returns the cursor for an index of the list. It looks opaque, so that clients treat it so.
pub(crate) fn cursor_for(index: usize) -> String {
    format!("c_{index:08x}")
}

fn parse_cursor(cursor: &str) -> Option<usize> {
    usize::from_str_radix(cursor.strip_prefix("c_")?, 16).ok()
}

impl MemberPage {
    /// Returns the cursor of the next page; `None` on the last page.
    pub(crate) fn next_cursor(&self) -> Option<String> {
        (self.range.end < self.total).then(|| cursor_for(self.range.end))
    }

    /// Returns `{"NAME":[ROWS],"next_cursor":…,"total":…}` for rows that are JSON already.
    pub(crate) fn body(&self, name: &str, rows: &str, next: Option<String>) -> String {
        let next = next.map_or("null".to_owned(), |cursor| format!("\"{cursor}\""));
        let total = self.total;

        format!(r#"{{"{name}":[{rows}],"next_cursor":{next},"total":{total}}}"#)
    }
}
