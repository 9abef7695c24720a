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
//! | a `has_more` or `next` beside an offset | [`OffsetWindow::has_more`] |
//! | the next URL in the body | [`next_url`] |
//! | one large file | [`file_position`], see [`download`](crate::download) |
//!
//! Request the page of a cursor that is a URL with `app.get(cursor)`.
//!
//! **A list is complete only if the application shows its end:** a page without rows, a cursor or
//! link that is absent, or a statement that no rows follow. A total that is reached and a short
//! page are no evidence, because applications report the rows of a page as the total and lower the
//! limit. [`Page::offset_window`](crate::Page::offset_window) therefore requests the page after the
//! last one too, unless [`OffsetWindow::has_more`] says that there is none.
//!
//! **Rows of an offset-paged list move during the read.** If a row is removed, all rows after it
//! move up, and one of them is never requested. Build such a page with
//! [`Page::offset_window`](crate::Page::offset_window). The host then reads the partitions of a
//! long list in parallel, and looks for signs of moved rows: a changed total, repeated rows, or
//! fewer rows than expected. If it finds one, it reads the list again, and treats an account as
//! deleted only if none of the reads saw it. Without a total, fewer signs are visible. Prefer
//! paging by cursor or id where the application offers it.

pub use crate::offset_window::OffsetWindow;

use crate::{Cursor, Failure, Response};

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

/// Returns the page token of a response as a cursor. An empty token means the last page, as in many
/// applications.
#[must_use]
pub fn token(next: Option<impl Into<String>>) -> Option<Cursor> {
    next.map(Into::into)
        .filter(|token: &String| !token.is_empty())
}

/// Returns the URL of the next page, as found in a response body, as a cursor.
///
/// The URL may be absolute, or relative to the URL of the response (RFC 3986).
///
/// # Errors
/// [`Failure::ContractViolation`] for a URL that cannot be resolved, and for that of the page
/// itself.
pub fn next_url(response: &Response, next: Option<&str>) -> Result<Option<Cursor>, Failure> {
    response.next_url(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Header;
    use crate::bindings::purser::connector::http;

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
        assert_eq!(
            next(r#"</api/users?page=2>; rel="next""#),
            Ok(Some("/users?page=2".into()))
        );
        assert_eq!(next_url(&response(""), Some("")), Ok(None));
        assert_eq!(next_url(&response(""), None), Ok(None));
    }

    #[test]
    fn next_page_that_cannot_be_followed_is_a_contract_violation() {
        for link in [
            r#"</api/u?page=2>; rel="next""#,
            r#"<mailto:a@example.com>; rel="next""#,
            r#"</users?page=1>; rel="next""#,
            r#"<?page=1#top>; rel="next""#,
            "<users?page=2; rel=next",
            "<>; rel=next",
        ] {
            assert!(
                matches!(
                    response(link).next_link(),
                    Err(Failure::ContractViolation(_))
                ),
                "{link}"
            );
        }
        let same = next_url(&response(""), Some("users?page=1"));
        assert!(matches!(same, Err(Failure::ContractViolation(text)) if text.contains("page=1")));
    }
}
