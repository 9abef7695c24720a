//! Where the next page begins, and when there is none. A cursor is handed back unchanged by the host, perhaps days later, so it holds all
//! that is needed to go on.
//!
//! | the application pages by | use |
//! |---|---|
//! | offset and limit | [`Window::offset`] |
//! | a start index counted from 1 (SCIM) | [`Window::start_index`] |
//! | a cursor in the body | [`token`] |
//! | a `Link` header | [`Response::next_link`] |
//! | the next URL in the body | [`next_url`] |
//! | one large file | [`position`], see [`download`](crate::download) |
//!
//! A cursor that is a URL is followed by `app.get(cursor)`.
//!
//! **A list that is numbered through moves while it is read.** Where one row leaves, those behind it move up, and one of them is never asked
//! for; where a seat is taken back meanwhile, that is what happens. Make such a page with [`Page::stretch`](crate::Page::stretch): the host then
//! reads the parts of a long list beside one another, looks for signs that rows moved (a total that changes, rows that come twice, fewer rows
//! than there should be), reads the list again where there are any, and takes nobody for gone whom one of its reads has seen. An application
//! that gives no total shows fewer of these signs; one that pages by cursor or by id has none of the trouble. Prefer those where there is a choice.

use crate::{Cursor, Failure, ReadRequest, Response};

/// How many rows of a large file make a page: as many as a page may have, unless the grant says otherwise. Each page opens the file anew, so
/// few large ones are better than many small ones, whatever the host would like of other streams.
pub const FILE_ROWS: usize = 10_000;

/// Where in a file to go on, from a cursor that is such a place.
///
/// # Errors
/// [`Failure::CheckpointInvalid`] when it is none.
pub fn position(cursor: &str) -> Result<u64, Failure> {
    cursor
        .parse()
        .map_err(|_| Failure::CheckpointInvalid(format!("{cursor:?} is no position in a file")))
}

/// A stretch of a list that is numbered through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The number of its first row.
    pub start: u64,
    /// How many rows to ask for.
    pub limit: u32,
    /// The number of the list's first row.
    first: u64,
    /// The number of the row before which this part of the list ends, where it is read in parts.
    end: Option<u64>,
}

/// The most parts that a list is read in: several for each of the requests that a host has under way, so that none waits for the last.
const PARTS: u64 = 64;

impl Window {
    /// The stretch that a request is about, counted from 0.
    ///
    /// # Errors
    /// [`Failure::CheckpointInvalid`] when the cursor is none of this helper's.
    pub fn offset(request: &ReadRequest) -> Result<Self, Failure> {
        Self::counted_from(0, request)
    }

    /// The stretch that a request is about, counted from 1.
    ///
    /// # Errors
    /// [`Failure::CheckpointInvalid`] when the cursor is none of this helper's.
    pub fn start_index(request: &ReadRequest) -> Result<Self, Failure> {
        Self::counted_from(1, request)
    }

    /// The same with at most as many rows as the application gives in one answer. It matters where the application tells no total: a
    /// page shorter than the limit is then taken for the last.
    #[must_use]
    pub fn at_most(mut self, rows: u32) -> Self {
        self.limit = self.limit.min(rows);
        self
    }

    /// Where the next page begins, after so many rows came, rejected ones included ([`Rows::len`](crate::Rows::len)). With a total the list
    /// ends there, and a short page is no end: applications give less than they are asked for. Without, it ends with a short page.
    ///
    /// # Errors
    /// [`Failure::ContractViolation`] when no row came before the total was reached. To call that the end would remove everybody who was
    /// not seen.
    pub fn next(&self, rows: usize, total: Option<u64>) -> Result<Option<Cursor>, Failure> {
        let end = self.start.saturating_add(rows as u64);
        let more = match total {
            Some(total) => end.saturating_sub(self.first) < total,
            None => rows > 0 && rows as u64 >= u64::from(self.limit),
        };
        let more = more && self.end.is_none_or(|last| end < last);
        match (more, total) {
            (true, Some(total)) if rows == 0 => Err(Failure::ContractViolation(format!(
                "the application says that there are {total} rows, and gives none from {} on",
                self.start
            ))),
            (true, _) => Ok(Some(cursor(end, self.end))),
            (false, _) => Ok(None),
        }
    }

    /// Where else the list can be read from, when this is its first page and it has more: parts of as many whole pages each, where a page has
    /// the rows that came in this one.
    #[must_use]
    pub fn partitions(&self, rows: usize, total: Option<u64>) -> Vec<Cursor> {
        let (rows, total) = (rows as u64, total.unwrap_or(0));
        if self.start != self.first || self.end.is_some() || rows == 0 || total <= rows {
            return Vec::new();
        }
        let part = (total - rows).div_ceil(rows).div_ceil(PARTS) * rows;
        // The last part has no end of its own: what was added in the meantime is read with it.
        let last = self.first + total;
        let begin = (self.first + rows..last).step_by(usize::try_from(part).unwrap_or(usize::MAX));
        begin
            .map(|start| cursor(start, Some(start + part).filter(|end| *end < last)))
            .collect()
    }

    fn counted_from(first: u64, request: &ReadRequest) -> Result<Self, Failure> {
        let (start, end) = match request.cursor.as_deref() {
            None => (first, None),
            Some(cursor) => place(cursor)
                .filter(|(start, end)| *start >= first && end.is_none_or(|end| *start < end))
                .ok_or_else(|| {
                    Failure::CheckpointInvalid(format!("{cursor:?} is no position in a list"))
                })?,
        };
        let left = end.map_or(u64::MAX, |end| end - start);
        let limit = request
            .page_size
            .max(1)
            .min(u32::try_from(left).unwrap_or(u32::MAX));
        Ok(Self {
            start,
            limit,
            first,
            end,
        })
    }
}

/// `START`, or `START-END` in a part that ends before the list does.
fn cursor(start: u64, end: Option<u64>) -> Cursor {
    end.map_or(start.to_string(), |end| format!("{start}-{end}"))
}

fn place(cursor: &str) -> Option<(u64, Option<u64>)> {
    match cursor.split_once('-') {
        None => Some((cursor.parse().ok()?, None)),
        Some((start, end)) => Some((start.parse().ok()?, Some(end.parse().ok()?))),
    }
}

/// The cursor that an application gives in the body. Many give an empty one on the last page.
#[must_use]
pub fn token(next: Option<impl Into<String>>) -> Option<Cursor> {
    next.map(Into::into)
        .filter(|token: &String| !token.is_empty())
}

/// The URL of the next page that an application gives in the body, as a cursor. It may be absolute, or a query (`?page=2`) of the path just
/// asked for.
///
/// # Errors
/// [`Failure::ContractViolation`] when it is relative in another way: a connector does not know the path of the connection's base URL, so
/// it must make a target of it itself.
pub fn next_url(response: &Response, next: Option<&str>) -> Result<Option<Cursor>, Failure> {
    match next.map(str::trim) {
        None | Some("") => Ok(None),
        Some(url) if url.starts_with("https://") || url.starts_with("http://") => {
            Ok(Some(url.into()))
        }
        Some(query) if query.starts_with('?') => {
            let target = response.target();
            let path = target.split_once('?').map_or(target, |(path, _)| path);
            Ok(Some(format!("{path}{query}")))
        }
        Some(other) => Err(Failure::ContractViolation(format!(
            "the next page is said to be at {other:?}, which is no URL"
        ))),
    }
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
    fn a_long_list_is_read_in_parts_that_meet() {
        let partitions = |first: Window, rows, total| first.partitions(rows, total);
        let offset = || Window::offset(&request(None)).unwrap();
        assert_eq!(
            partitions(offset(), 100, Some(250)),
            ["100-200", "200"],
            "the last part has no end"
        );
        assert_eq!(
            partitions(Window::start_index(&request(None)).unwrap(), 100, Some(201)),
            ["101-201", "201"]
        );
        // Whole pages to a part, and no more parts than are of use.
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
        let inside = Window::offset(&request(Some("100-200"))).unwrap();
        assert!(
            inside.partitions(50, Some(250)).is_empty(),
            "a part has no parts"
        );
    }

    #[test]
    fn a_part_ends_where_the_next_begins() {
        let part = Window::offset(&request(Some("100-230"))).unwrap();
        assert_eq!((part.start, part.limit), (100, 100));
        assert_eq!(part.next(100, Some(900)), Ok(Some("200-230".into())));
        let rest = Window::offset(&request(Some("200-230"))).unwrap();
        assert_eq!(rest.limit, 30, "not a row that another part reads");
        assert_eq!(rest.next(30, Some(900)), Ok(None));
        assert_eq!(
            rest.next(10, Some(900)),
            Ok(Some("210-230".into())),
            "a short page is no end"
        );
        assert_eq!(
            rest.next(0, Some(150)),
            Ok(None),
            "the list has become shorter"
        );
        assert!(matches!(
            rest.next(0, Some(900)),
            Err(Failure::ContractViolation(_))
        ));
        for cursor in ["5-", "-5", "7-7", "9-7", "1-2-3", "a-b"] {
            assert!(
                matches!(
                    Window::offset(&request(Some(cursor))),
                    Err(Failure::CheckpointInvalid(_))
                ),
                "{cursor}"
            );
        }
    }

    #[test]
    fn an_offset_ends_at_the_total() {
        let window = Window::offset(&request(None)).unwrap();
        assert_eq!((window.start, window.limit), (0, 100));
        assert_eq!(window.next(100, Some(250)), Ok(Some("100".into())));
        assert_eq!(window.next(100, Some(100)), Ok(None));
        assert_eq!(window.next(0, Some(0)), Ok(None));
        let last = Window::offset(&request(Some("200"))).unwrap();
        assert_eq!(last.next(50, Some(250)), Ok(None));
        assert_eq!(
            last.next(0, Some(150)),
            Ok(None),
            "rows went while it was read"
        );
    }

    #[test]
    fn a_server_that_gives_less_than_asked_is_followed() {
        let window = Window::offset(&request(None)).unwrap();
        assert_eq!(window.next(30, Some(250)), Ok(Some("30".into())));
    }

    #[test]
    fn an_empty_page_before_the_total_is_no_end() {
        let window = Window::start_index(&request(Some("201"))).unwrap();
        assert!(
            matches!(window.next(0, Some(250)), Err(Failure::ContractViolation(text)) if text.contains("250"))
        );
    }

    #[test]
    fn without_a_total_a_short_page_is_the_last() {
        let window = Window::offset(&request(Some("100"))).unwrap();
        assert_eq!(window.next(100, None), Ok(Some("200".into())));
        assert_eq!(window.next(99, None), Ok(None));
        assert_eq!(window.next(0, None), Ok(None));
        assert_eq!(window.at_most(50).next(50, None), Ok(Some("150".into())));
        assert_eq!(window.at_most(500).limit, 100);
    }

    #[test]
    fn a_start_index_counts_from_one() {
        let window = Window::start_index(&request(None)).unwrap();
        assert_eq!(window.start, 1);
        assert_eq!(window.next(100, Some(101)), Ok(Some("101".into())));
        assert_eq!(window.next(100, Some(100)), Ok(None));
        let last = Window::start_index(&request(Some("101"))).unwrap();
        assert_eq!(last.next(1, Some(101)), Ok(None));
    }

    #[test]
    fn a_foreign_cursor_starts_anew() {
        for cursor in ["", "x", "-1", "https://a.example/"] {
            assert!(
                matches!(
                    Window::offset(&request(Some(cursor))),
                    Err(Failure::CheckpointInvalid(_))
                ),
                "{cursor}"
            );
        }
        assert!(matches!(
            Window::start_index(&request(Some("0"))),
            Err(Failure::CheckpointInvalid(_))
        ));
    }

    #[test]
    fn an_empty_token_is_the_end() {
        assert_eq!(token(Some("abc")), Some("abc".into()));
        assert_eq!(token(Some("")), None);
        assert_eq!(token(None::<String>), None);
    }

    #[test]
    fn links_and_urls_become_cursors() {
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
