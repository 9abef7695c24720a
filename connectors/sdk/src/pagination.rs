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
//!
//! A cursor that is a URL is followed by `app.get(cursor)`.

use crate::{Cursor, Failure, ReadRequest, Response};

/// A stretch of a list that is numbered through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The number of its first row.
    pub start: u64,
    /// How many rows to ask for.
    pub limit: u32,
    /// The number of the list's first row.
    first: u64,
}

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
        match (more, total) {
            (true, Some(total)) if rows == 0 => Err(Failure::ContractViolation(format!(
                "the application says that there are {total} rows, and gives none from {} on",
                self.start
            ))),
            (true, _) => Ok(Some(end.to_string())),
            (false, _) => Ok(None),
        }
    }

    fn counted_from(first: u64, request: &ReadRequest) -> Result<Self, Failure> {
        let start = match request.cursor.as_deref() {
            None => first,
            Some(cursor) => cursor
                .parse()
                .ok()
                .filter(|start| *start >= first)
                .ok_or_else(|| Failure::CheckpointInvalid(format!("{cursor:?} is no position in a list")))?,
        };
        Ok(Self { start, limit: request.page_size.max(1), first })
    }
}

/// The cursor that an application gives in the body. Many give an empty one on the last page.
#[must_use]
pub fn token(next: Option<impl Into<String>>) -> Option<Cursor> {
    next.map(Into::into).filter(|token: &String| !token.is_empty())
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
        Some(url) if url.starts_with("https://") || url.starts_with("http://") => Ok(Some(url.into())),
        Some(query) if query.starts_with('?') => {
            let target = response.target();
            let path = target.split_once('?').map_or(target, |(path, _)| path);
            Ok(Some(format!("{path}{query}")))
        }
        Some(other) => {
            Err(Failure::ContractViolation(format!("the next page is said to be at {other:?}, which is no URL")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Header;
    use crate::bindings::purser::connector::http;

    fn request(cursor: Option<&str>) -> ReadRequest {
        let cursor = cursor.map(Into::into);
        ReadRequest { stream: "users".into(), settings: vec![], cursor, since: None, page_size: 100 }
    }

    fn response(link: &str) -> Response {
        let headers = vec![Header { name: "link".into(), value: link.into() }];
        Response::new("GET /users?page=1".into(), http::Response { status: 200, headers, body: vec![] })
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
        assert_eq!(last.next(0, Some(150)), Ok(None), "rows went while it was read");
    }

    #[test]
    fn a_server_that_gives_less_than_asked_is_followed() {
        let window = Window::offset(&request(None)).unwrap();
        assert_eq!(window.next(30, Some(250)), Ok(Some("30".into())));
    }

    #[test]
    fn an_empty_page_before_the_total_is_no_end() {
        let window = Window::start_index(&request(Some("201"))).unwrap();
        assert!(matches!(window.next(0, Some(250)), Err(Failure::ContractViolation(text)) if text.contains("250")));
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
            assert!(matches!(Window::offset(&request(Some(cursor))), Err(Failure::CheckpointInvalid(_))), "{cursor}");
        }
        assert!(matches!(Window::start_index(&request(Some("0"))), Err(Failure::CheckpointInvalid(_))));
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
        assert_eq!(next(r#"<https://a.example/u?page=2>; rel="next""#), Ok(Some("https://a.example/u?page=2".into())));
        assert_eq!(next(r#"<?page=2>; rel="next""#), Ok(Some("/users?page=2".into())));
        assert_eq!(next(r#"<https://a.example/u?page=2>; rel="last""#), Ok(None));
        assert!(matches!(next(r#"</api/u?page=2>; rel="next""#), Err(Failure::ContractViolation(_))));
        assert_eq!(next_url(&response(""), Some("")), Ok(None));
        assert_eq!(next_url(&response(""), None), Ok(None));
    }
}
