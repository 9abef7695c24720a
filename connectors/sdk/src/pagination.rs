//! The cursor of the next page.
//!
//! The host returns a cursor unchanged, possibly days later, so a cursor contains everything that
//! is needed to continue.
//!
//! | the application pages by | use |
//! |---|---|
//! | offset and limit | [`OffsetWindow::zero_based`] |
//! | a start index counted from 1 (SCIM) | [`OffsetWindow::one_based`] |
//! | a page token in the body | [`token`] |
//! | a `Link` header | [`Response::next_link`] |
//! | the next URL in the body | [`next_url`] |
//! | one large file | [`file_position`], see [`download`](crate::download) |
//!
//! Request the page of a cursor that is a URL with `app.get(cursor)`.
//!
//! **Rows of an offset-paged list move during the read.** If a row is removed, all rows after it
//! move up, and one of them is never requested. Build such a page with
//! [`Page::offset_window`](crate::Page::offset_window). The host then reads the partitions of a
//! long list in parallel, and looks for signs of moved rows: a changed total, repeated rows, or
//! fewer rows than expected. If it finds one, it reads the list again, and treats an account as
//! deleted only if none of the reads saw it. Without a total, fewer signs are visible. Prefer
//! paging by cursor or id where the application offers it.

use crate::{Cursor, Failure, ReadRequest, Response};

/// Preferred number of rows of a page that is read from a file.
///
/// It is the default limit of a grant. Each page opens the file again, so a few large pages are
/// cheaper than many small ones, and the host's preferred page size does not apply.
pub const FILE_PAGE_ROWS: usize = 10_000;

/// Parses a cursor that is a position in a file, in bytes.
///
/// # Errors
/// [`Failure::CheckpointInvalid`] for any other cursor.
pub fn file_position(cursor: &str) -> Result<u64, Failure> {
    cursor
        .parse()
        .map_err(|_| Failure::CheckpointInvalid(format!("{cursor:?} is not a position in a file")))
}

/// A window of an offset-paged list: the offset and limit of one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OffsetWindow {
    /// The offset of the first row.
    pub start: u64,
    /// The number of rows to request.
    pub limit: u32,
    /// The offset of the first row of the list: 0 or 1.
    first: u64,
    /// The offset after the last row of this partition. Absent: the end of the list.
    end: Option<u64>,
}

/// Maximum number of partitions of a list: several for each request that a host has in flight, so
/// that none waits for the last.
const MAX_PARTITIONS: u64 = 64;

impl OffsetWindow {
    /// Returns the window of a request, with offsets counted from 0.
    ///
    /// # Errors
    /// [`Failure::CheckpointInvalid`] if the cursor does not come from this type.
    pub fn zero_based(request: &ReadRequest) -> Result<Self, Failure> {
        Self::counted_from(0, request)
    }

    /// Returns the window of a request, with offsets counted from 1.
    ///
    /// # Errors
    /// [`Failure::CheckpointInvalid`] if the cursor does not come from this type.
    pub fn one_based(request: &ReadRequest) -> Result<Self, Failure> {
        Self::counted_from(1, request)
    }

    /// Lowers the limit to the largest one that the application accepts.
    ///
    /// Required if the application returns no total: a page shorter than the limit then counts as
    /// the last.
    #[must_use]
    pub fn max_limit(mut self, rows: u32) -> Self {
        self.limit = self.limit.min(rows);
        self
    }

    /// Returns the cursor of the next page, after a response of `rows` rows, including rejected
    /// ones ([`Rows::len`](crate::Rows::len)).
    ///
    /// With a total, the list ends there, and a short page is not the end: applications may return
    /// fewer rows than requested. Without a total, the list ends with a short page.
    ///
    /// # Errors
    /// [`Failure::ContractViolation`] if there are no rows although the total is not reached.
    /// Treating that as the end would remove all accounts that were not seen.
    pub fn next_cursor(&self, rows: usize, total: Option<u64>) -> Result<Option<Cursor>, Failure> {
        let end = self.start.saturating_add(rows as u64);
        let list_continues = match total {
            Some(total) => end.saturating_sub(self.first) < total,
            None => rows > 0 && rows as u64 >= u64::from(self.limit),
        };
        let more = list_continues && self.end.is_none_or(|last| end < last);

        match (more, total) {
            (true, Some(total)) if rows == 0 => Err(Failure::ContractViolation(format!(
                "the application reports {total} rows, and returns none from {} on",
                self.start
            ))),
            (true, _) => Ok(Some(cursor(end, self.end))),
            (false, _) => Ok(None),
        }
    }

    /// Returns the cursors of further partitions, if this is the first page of a list that has
    /// more.
    ///
    /// Each partition has the same number of whole pages, of as many rows as this page has.
    #[must_use]
    pub fn partitions(&self, rows: usize, total: Option<u64>) -> Vec<Cursor> {
        let rows = rows as u64;
        let total = total.unwrap_or(0);
        if self.start != self.first || self.end.is_some() || rows == 0 || total <= rows {
            return Vec::new();
        }

        let pages = (total - rows).div_ceil(rows);
        let partition_rows = pages.div_ceil(MAX_PARTITIONS) * rows;
        let end = self.first + total;
        (self.first + rows..end)
            .step_by(usize::try_from(partition_rows).unwrap_or(usize::MAX))
            // The last partition has no end, so that it includes rows added in the meantime.
            .map(|start| {
                cursor(
                    start,
                    Some(start + partition_rows).filter(|last| *last < end),
                )
            })
            .collect()
    }

    fn counted_from(first: u64, request: &ReadRequest) -> Result<Self, Failure> {
        let (start, end) = match request.cursor.as_deref() {
            None => (first, None),
            Some(cursor) => parse_cursor(cursor)
                .filter(|(start, end)| *start >= first && end.is_none_or(|end| *start < end))
                .ok_or_else(|| {
                    Failure::CheckpointInvalid(format!("{cursor:?} is not a position in a list"))
                })?,
        };

        // No row of another partition.
        let remaining = end.map_or(u64::MAX, |end| end - start);
        let limit = request
            .page_size
            .max(1)
            .min(u32::try_from(remaining).unwrap_or(u32::MAX));
        Ok(Self {
            start,
            limit,
            first,
            end,
        })
    }
}

/// Formats a cursor: `START`, or `START-END` in a partition that ends before the list does.
fn cursor(start: u64, end: Option<u64>) -> Cursor {
    end.map_or(start.to_string(), |end| format!("{start}-{end}"))
}

fn parse_cursor(cursor: &str) -> Option<(u64, Option<u64>)> {
    match cursor.split_once('-') {
        None => Some((cursor.parse().ok()?, None)),
        Some((start, end)) => Some((start.parse().ok()?, Some(end.parse().ok()?))),
    }
}

/// Returns the page token of a response as a cursor. An empty token means the last page, as in many
/// applications.
#[must_use]
pub fn token(next: Option<impl Into<String>>) -> Option<Cursor> {
    next.map(Into::into)
        .filter(|token: &String| !token.is_empty())
}

/// Returns the URL of the next page, as found in a response body, as a cursor.
///
/// The URL may be absolute, or a query (`?page=2`) of the path just requested.
///
/// # Errors
/// [`Failure::ContractViolation`] for any other relative URL. A connector does not know the path of
/// the base URL, so it must build such a target itself.
pub fn next_url(response: &Response, next: Option<&str>) -> Result<Option<Cursor>, Failure> {
    response.next_url(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Header;
    use crate::bindings::purser::connector::http;

    fn request(cursor: Option<&str>) -> ReadRequest {
        let cursor = cursor.map(Into::into);
        ReadRequest {
            stream: "users".into(),
            settings: vec![],
            cursor,
            since: None,
            page_size: 100,
            accounts: vec![],
        }
    }

    fn response(link: &str) -> Response {
        let headers = vec![Header {
            name: "link".into(),
            value: link.into(),
        }];
        Response::new(
            "GET /users?page=1".into(),
            http::Response {
                status: 200,
                headers,
                body: vec![],
            },
        )
    }

    #[test]
    fn partitions_of_a_long_list_cover_it_without_gaps() {
        let partitions = |first: OffsetWindow, rows, total| first.partitions(rows, total);
        let offset = || OffsetWindow::zero_based(&request(None)).unwrap();
        assert_eq!(
            partitions(offset(), 100, Some(250)),
            ["100-200", "200"],
            "the last partition has no end"
        );
        assert_eq!(
            partitions(
                OffsetWindow::one_based(&request(None)).unwrap(),
                100,
                Some(201)
            ),
            ["101-201", "201"]
        );
        // Whole pages per partition, and no more partitions than the maximum.
        let many = partitions(offset(), 100, Some(1_000_000));
        assert_eq!(
            (many.len(), many[0].as_str(), many[63].as_str()),
            (64, "100-15800", "989200")
        );
        for (rows, total) in [
            (100, None),
            (100, Some(100)),
            (0, Some(100)),
            (100, Some(0)),
        ] {
            assert!(
                partitions(offset(), rows, total).is_empty(),
                "{rows} of {total:?}"
            );
        }
        let inside = OffsetWindow::zero_based(&request(Some("100-200"))).unwrap();
        assert!(
            inside.partitions(50, Some(250)).is_empty(),
            "a partition has no partitions"
        );
    }

    #[test]
    fn window_of_a_partition_ends_where_the_next_begins() {
        let part = OffsetWindow::zero_based(&request(Some("100-230"))).unwrap();
        assert_eq!((part.start, part.limit), (100, 100));
        assert_eq!(part.next_cursor(100, Some(900)), Ok(Some("200-230".into())));
        let rest = OffsetWindow::zero_based(&request(Some("200-230"))).unwrap();
        assert_eq!(rest.limit, 30, "no row of another partition");
        assert_eq!(rest.next_cursor(30, Some(900)), Ok(None));
        assert_eq!(
            rest.next_cursor(10, Some(900)),
            Ok(Some("210-230".into())),
            "a short page is not the end"
        );
        assert_eq!(
            rest.next_cursor(0, Some(150)),
            Ok(None),
            "the list has become shorter"
        );
        assert!(matches!(
            rest.next_cursor(0, Some(900)),
            Err(Failure::ContractViolation(_))
        ));
        for cursor in ["5-", "-5", "7-7", "9-7", "1-2-3", "a-b"] {
            assert!(
                matches!(
                    OffsetWindow::zero_based(&request(Some(cursor))),
                    Err(Failure::CheckpointInvalid(_))
                ),
                "{cursor}"
            );
        }
    }

    #[test]
    fn next_cursor_at_the_total_is_none() {
        let window = OffsetWindow::zero_based(&request(None)).unwrap();
        assert_eq!((window.start, window.limit), (0, 100));
        assert_eq!(window.next_cursor(100, Some(250)), Ok(Some("100".into())));
        assert_eq!(window.next_cursor(100, Some(100)), Ok(None));
        assert_eq!(window.next_cursor(0, Some(0)), Ok(None));
        let last = OffsetWindow::zero_based(&request(Some("200"))).unwrap();
        assert_eq!(last.next_cursor(50, Some(250)), Ok(None));
        assert_eq!(
            last.next_cursor(0, Some(150)),
            Ok(None),
            "rows were removed during the read"
        );
    }

    #[test]
    fn next_cursor_after_a_short_page_follows_the_rows_received() {
        let window = OffsetWindow::zero_based(&request(None)).unwrap();
        assert_eq!(window.next_cursor(30, Some(250)), Ok(Some("30".into())));
    }

    #[test]
    fn next_cursor_after_an_empty_page_before_the_total_fails() {
        let window = OffsetWindow::one_based(&request(Some("201"))).unwrap();
        assert!(
            matches!(window.next_cursor(0, Some(250)), Err(Failure::ContractViolation(text)) if text.contains("250"))
        );
    }

    #[test]
    fn next_cursor_without_a_total_ends_with_a_short_page() {
        let window = OffsetWindow::zero_based(&request(Some("100"))).unwrap();
        assert_eq!(window.next_cursor(100, None), Ok(Some("200".into())));
        assert_eq!(window.next_cursor(99, None), Ok(None));
        assert_eq!(window.next_cursor(0, None), Ok(None));
        assert_eq!(
            window.max_limit(50).next_cursor(50, None),
            Ok(Some("150".into()))
        );
        assert_eq!(window.max_limit(500).limit, 100);
    }

    #[test]
    fn one_based_window_counts_from_one() {
        let window = OffsetWindow::one_based(&request(None)).unwrap();
        assert_eq!(window.start, 1);
        assert_eq!(window.next_cursor(100, Some(101)), Ok(Some("101".into())));
        assert_eq!(window.next_cursor(100, Some(100)), Ok(None));
        let last = OffsetWindow::one_based(&request(Some("101"))).unwrap();
        assert_eq!(last.next_cursor(1, Some(101)), Ok(None));
    }

    #[test]
    fn window_of_a_foreign_cursor_fails_as_checkpoint_invalid() {
        for cursor in ["", "x", "-1", "https://a.example/"] {
            assert!(
                matches!(
                    OffsetWindow::zero_based(&request(Some(cursor))),
                    Err(Failure::CheckpointInvalid(_))
                ),
                "{cursor}"
            );
        }
        assert!(matches!(
            OffsetWindow::one_based(&request(Some("0"))),
            Err(Failure::CheckpointInvalid(_))
        ));
    }

    #[test]
    fn empty_token_is_the_last_page() {
        assert_eq!(token(Some("abc")), Some("abc".into()));
        assert_eq!(token(Some("")), None);
        assert_eq!(token(None::<String>), None);
    }

    #[test]
    fn link_and_url_become_cursors_if_they_can_be_resolved() {
        let next = |link: &str| response(link).next_link();
        assert_eq!(
            next(r#"<https://a.example/u?page=2>; rel="next""#),
            Ok(Some("https://a.example/u?page=2".into()))
        );
        assert_eq!(
            next(r#"<?page=2>; rel="next""#),
            Ok(Some("/users?page=2".into()))
        );
        assert_eq!(
            next(r#"<https://a.example/u?page=2>; rel="last""#),
            Ok(None)
        );
        assert!(matches!(
            next(r#"</api/u?page=2>; rel="next""#),
            Err(Failure::ContractViolation(_))
        ));
        assert_eq!(next_url(&response(""), Some("")), Ok(None));
        assert_eq!(next_url(&response(""), None), Ok(None));
    }
}
