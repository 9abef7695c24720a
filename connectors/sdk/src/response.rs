//! Responses and their failures.

use crate::bindings::purser::connector::http;
use crate::{Cursor, Failure, error_message, json, link, reference};
use serde::Deserialize;
use serde_json::Value;

/// Field of the host: the absolute URL of the response, after redirects.
const RESPONSE_URL: &str = "purser-url";

/// Longest excerpt of a body that is not JSON, in characters.
const MAX_EXCERPT: usize = 200;

/// A response, with any status.
#[derive(Debug)]
pub struct Response {
    /// Method and target of the request, which failures name.
    line: String,
    inner: http::Response,
}

impl Response {
    pub(crate) const fn new(line: String, inner: http::Response) -> Self {
        Self { line, inner }
    }

    /// Returns the status code.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.inner.status
    }

    /// Returns the first header field of this name, compared without case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    /// Returns every header field of this name.
    pub fn headers<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        let fields = self.inner.headers.iter();
        fields
            .filter(move |field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.value.as_str())
    }

    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.inner.body
    }

    /// Returns the response if its status is a success (2xx).
    ///
    /// # Errors
    /// Otherwise the usual failure of the status: 401 `auth-rejected`, 403 `permission-missing`,
    /// 429 `rate-limited`, 5xx `transient`. Check [`status`](Self::status) first if 403 or 404 has
    /// a special meaning.
    pub fn ok(self) -> Result<Self, Failure> {
        if (200..300).contains(&self.status()) {
            Ok(self)
        } else {
            Err(Failure::from_status(&self))
        }
    }

    /// True if the application says that the resource does not exist: 404 or 410.
    ///
    /// False for an HTML page, the usual response to a wrong base URL. Treating that as "already
    /// gone" would close a reclaim that never happened.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        let html = self
            .header("content-type")
            .is_some_and(|media| media.starts_with("text/html"));
        matches!(self.status(), 404 | 410) && !html
    }

    /// Decodes the body as JSON. The result may borrow from it.
    ///
    /// A body that `serde_json` refuses is read leniently: see [`json`](crate::json) and
    /// [`Rows`](crate::Rows).
    ///
    /// # Errors
    /// [`Failure::ContractViolation`] that names the request, the path of the field, and the
    /// problem; [`Failure::ConfigInvalid`] for a web page, the usual response of a wrong base URL.
    pub fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Failure> {
        json::decode(self.body()).map_err(|problem| self.not_json(&problem))
    }

    /// Decodes the body as JSON whose names may be spelled in upper or lower case.
    ///
    /// # Errors
    /// As for [`json`](Self::json).
    pub fn json_ignoring_case<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Failure> {
        json::decode_ignoring_case(self.body()).map_err(|problem| self.not_json(&problem))
    }

    fn not_json(&self, problem: &str) -> Failure {
        let line = &self.line;
        let status = self.status();
        if json::body::is_web_page(self.body()) {
            // why: a wrong base URL mostly leads to a page for people; the operator can tell
            return Failure::ConfigInvalid(format!(
                "{line} returned {status} with a web page, not JSON; is the connection's base URL right?"
            ));
        }
        Failure::ContractViolation(match self.header("content-type") {
            Some(other) if !other.to_ascii_lowercase().contains("json") => {
                format!("{line} returned {status} with {other}, not JSON: {problem}")
            }
            _ => format!("{line} returned {status} with unexpected JSON: {problem}"),
        })
    }

    /// Returns the error message of the application: from a JSON body, or the beginning of a text.
    #[must_use]
    pub fn message(&self) -> Option<String> {
        if let Ok(body) = serde_json::from_slice::<Value>(self.body()) {
            return error_message::of(&body);
        }

        let text = String::from_utf8_lossy(self.body());
        let excerpt: String = text.chars().take(MAX_EXCERPT).collect();
        let excerpt = excerpt.trim();
        // The beginning of an HTML page contains no message.
        (!excerpt.is_empty() && !excerpt.starts_with('<')).then(|| excerpt.to_owned())
    }

    /// Returns the next page of the `Link` header (RFC 8288), as a cursor for
    /// [`Client::get`](crate::Client::get).
    ///
    /// # Errors
    /// [`Failure::ContractViolation`] if a next page is announced by a link that cannot be read or
    /// resolved, or that leads back to this page.
    pub fn next_link(&self) -> Result<Option<Cursor>, Failure> {
        match link::target(self.headers("link"), "next") {
            Ok(None) => Ok(None),
            Ok(Some(next)) => self.resolve_next(next).map(Some),
            Err(value) => Err(Failure::ContractViolation(format!(
                "{} announces a next page by a Link header that cannot be read: {value}",
                self.line
            ))),
        }
    }

    /// Resolves the URL of the next page against this response; `None` on the last page.
    pub(crate) fn next_url(&self, next: Option<&str>) -> Result<Option<Cursor>, Failure> {
        match next.map(str::trim) {
            None | Some("") => Ok(None),
            Some(url) => self.resolve_next(url).map(Some),
        }
    }

    fn resolve_next(&self, next: &str) -> Result<Cursor, Failure> {
        // why: the target lacks the path of the base URL, and a redirect may have changed it
        let base = self.header(RESPONSE_URL).unwrap_or_else(|| self.target());
        let resolved = reference::resolve(base, next);
        let violation = |what: &str| {
            Failure::ContractViolation(format!("the URL of the next page, {next:?}, {what}"))
        };

        match resolved {
            None => Err(violation(&format!(
                "cannot be resolved against {}",
                self.line
            ))),
            // why: following it would read the same page for ever
            Some(url) if url == base || url == self.target() => {
                Err(violation("is that of the page which names it"))
            }
            Some(url) => Ok(url),
        }
    }

    /// Returns the target of the request.
    pub(crate) fn target(&self) -> &str {
        self.line.split_once(' ').map_or("", |(_, target)| target)
    }

    /// Describes request and response in one sentence.
    pub(crate) fn sentence(&self) -> String {
        let message = self
            .message()
            .map(|message| format!(": {message}"))
            .unwrap_or_default();
        let lacking = self
            .missing_permission()
            .map(|permission| format!(" (it needs {permission})"))
            .unwrap_or_default();
        format!("{} returned {}{message}{lacking}", self.line, self.status())
    }

    /// Returns the permission that the application names as missing, in the body or in the
    /// challenge of a 403.
    fn missing_permission(&self) -> Option<String> {
        if self.status() != 403 {
            return None;
        }

        let body = serde_json::from_slice::<Value>(self.body()).ok();
        let named = body.and_then(|body| error_message::permission(&body));
        named.or_else(|| {
            self.headers("www-authenticate")
                .find_map(error_message::scope_of_challenge)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Header;

    fn response(status: u16, content_type: &str, body: &str) -> Response {
        let headers = vec![Header {
            name: "content-type".into(),
            value: content_type.into(),
        }];
        Response::new(
            "GET /users".into(),
            http::Response {
                status,
                headers,
                body: body.into(),
            },
        )
    }

    fn failure(status: u16, body: &str) -> Failure {
        response(status, "application/json", body).ok().unwrap_err()
    }

    #[test]
    fn ok_of_an_error_status_is_its_failure() {
        let said = |text: &str| format!("GET /users returned {text}");
        assert_eq!(
            failure(401, r#"{"detail":"expired"}"#),
            Failure::AuthRejected(said("401: expired"))
        );
        assert_eq!(failure(402, ""), Failure::PlanUnsupported(said("402")));
        assert_eq!(
            failure(403, r#"{"message":"scope x"}"#),
            Failure::PermissionMissing(said("403: scope x"))
        );
        assert_eq!(
            failure(
                403,
                r#"{"ok":false,"error":"missing_scope","needed":"users:read"}"#
            ),
            Failure::PermissionMissing(said("403: missing_scope (it needs users:read)"))
        );
        assert_eq!(failure(429, ""), Failure::RateLimited(None));
        assert_eq!(failure(503, "busy"), Failure::Transient(said("503: busy")));
        assert_eq!(
            failure(400, r#"{"error":{"message":"no"}}"#),
            Failure::ContractViolation(said("400: no"))
        );
        assert_eq!(
            failure(501, r#"{"message":null}"#),
            Failure::ContractViolation(said("501"))
        );
        assert!(
            matches!(failure(404, "<html>"), Failure::ConfigInvalid(text) if text.contains("base URL"))
        );
        assert!(response(204, "", "").ok().is_ok());
        assert!(matches!(failure(302, ""), Failure::ContractViolation(_)));
    }

    #[test]
    fn body_that_is_not_json_is_named() {
        let problem = |content_type: &str, body: &str| match response(200, content_type, body)
            .json::<Vec<u8>>()
        {
            Err(Failure::ContractViolation(text) | Failure::ConfigInvalid(text)) => text,
            other => panic!("{other:?}"),
        };
        for content_type in ["text/html; charset=utf-8", "application/json"] {
            let text = problem(content_type, "\n<!DOCTYPE html><title>Sign in</title>");
            assert!(
                text.contains("web page") && text.contains("base URL"),
                "{text}"
            );
        }
        assert!(matches!(
            response(200, "text/html", "<html>").json::<Vec<u8>>(),
            Err(Failure::ConfigInvalid(_))
        ));
        let text = problem("text/csv", "id,name");
        assert!(text.contains("with text/csv, not JSON"), "{text}");
        assert!(problem("application/json", "").contains("the body is empty"));
        assert_eq!(
            response(200, "text/plain", "\u{feff}[5]").json(),
            Ok(vec![5_u8])
        );
    }

    #[test]
    fn is_gone_of_an_html_page_is_false() {
        assert!(response(404, "application/json", "{}").is_gone());
        assert!(response(410, "", "").is_gone());
        assert!(!response(404, "text/html; charset=utf-8", "<html>").is_gone());
        assert!(!response(403, "application/json", "{}").is_gone());
    }

    #[test]
    fn next_page_is_resolved_against_the_url_of_the_response() {
        let next = |link: &str| {
            let mut response = response(200, "application/json", "[]");
            let field = |name: &str, value: &str| Header {
                name: name.into(),
                value: value.into(),
            };
            let url = "https://hub.example/api/users?page=1";
            response.inner.headers.push(field(RESPONSE_URL, url));
            response.inner.headers.push(field("link", link));
            response.next_link()
        };

        for link in [
            "</api/users?page=2>; rel=next",
            "<?page=2>; rel=next",
            "<users?page=2>; rel=next",
            "<//hub.example/api/users?page=2>; rel=next",
        ] {
            let expected = "https://hub.example/api/users?page=2";
            assert_eq!(next(link), Ok(Some(expected.into())), "{link}");
        }
        let other = "https://hub.example/people?page=2";
        assert_eq!(next("</people?page=2>; rel=next"), Ok(Some(other.into())));
        assert!(next("</api/users?page=1>; rel=next").is_err());
    }

    #[test]
    fn header_is_found_without_regard_to_case() {
        assert_eq!(response(200, "a/b", "").header("Content-Type"), Some("a/b"));
        assert_eq!(response(200, "a/b", "").header("etag"), None);
    }
}
