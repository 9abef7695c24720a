//! What became of a request.

use crate::bindings::purser::connector::http;
use crate::{Cursor, Failure, json, link, pagination};
use serde::Deserialize;
use serde_json::Value;

/// Where applications put the sentence that says what is wrong: SCIM, OAuth, JSON:API and the many that made up their own.
const MESSAGES: [&str; 5] = ["message", "detail", "error_description", "error", "title"];

/// How much of an answer that is no JSON is shown, in characters.
const SHOWN: usize = 200;

/// An answer, whatever its status.
#[derive(Debug)]
pub struct Response {
    /// Method and target of the request, for failures to name.
    line: String,
    answer: http::Response,
}

impl Response {
    pub(crate) const fn new(line: String, answer: http::Response) -> Self {
        Self { line, answer }
    }

    /// The status code.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.answer.status
    }

    /// The first header field of this name, whatever the case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    /// Every header field of this name.
    pub fn headers<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        let fields = self.answer.headers.iter();
        fields
            .filter(move |field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.value.as_str())
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.answer.body
    }

    /// The same if it is a success (2xx).
    ///
    /// # Errors
    /// Otherwise the failure that the status stands for: 401 `auth-rejected`, 403 `permission-missing`, 429 `rate-limited`, 5xx `transient`.
    /// Where 404 or 403 means something of its own, look at [`status`](Self::status) before.
    pub fn ok(self) -> Result<Self, Failure> {
        if (200..300).contains(&self.status()) {
            Ok(self)
        } else {
            Err(Failure::of_status(&self))
        }
    }

    /// Whether the application says that what was asked for does not exist: 404 or 410, but not with a page made for a browser, which is
    /// what a wrong base URL gets. To take that for "already gone" would close a reclaim that never happened.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        let html = self
            .header("content-type")
            .is_some_and(|media| media.starts_with("text/html"));
        matches!(self.status(), 404 | 410) && !html
    }

    /// The body as JSON. Text can be borrowed from it.
    ///
    /// # Errors
    /// [`Failure::ContractViolation`] that names the request, the field with its path, and what is wrong with it.
    pub fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Failure> {
        json::decode(self.body()).map_err(|problem| {
            let (line, status) = (&self.line, self.status());
            Failure::ContractViolation(match self.header("content-type") {
                Some(other) if !other.contains("json") => {
                    format!("{line} answered {status} with {other}, not JSON")
                }
                _ => format!("{line} answered {status} with JSON that does not fit: {problem}"),
            })
        })
    }

    /// What the application says is wrong: the sentence of a JSON error, or the beginning of another text.
    #[must_use]
    pub fn message(&self) -> Option<String> {
        if let Ok(body) = serde_json::from_slice::<Value>(self.body()) {
            let said = MESSAGES.iter().find_map(|&name| sentence(body.get(name)?));
            return said.map(str::to_owned);
        }
        let text = String::from_utf8_lossy(self.body());
        let shown: String = text.chars().take(SHOWN).collect();
        let shown = shown.trim();
        // Of a page made for a browser the beginning says nothing.
        (!shown.is_empty() && !shown.starts_with('<')).then(|| shown.to_owned())
    }

    /// Where the `Link` header says the next page is (RFC 8288), as a cursor that [`Client::get`](crate::Client::get) takes.
    ///
    /// # Errors
    /// When the link is relative in a way that cannot be resolved.
    pub fn next_link(&self) -> Result<Option<Cursor>, Failure> {
        let next = self
            .headers("link")
            .find_map(|value| link::target(value, "next"));
        pagination::next_url(self, next)
    }

    /// The target that was asked for.
    pub(crate) fn target(&self) -> &str {
        self.line.split_once(' ').map_or("", |(_, target)| target)
    }

    /// What happened, in a sentence.
    pub(crate) fn sentence(&self) -> String {
        let said = self
            .message()
            .map(|message| format!(": {message}"))
            .unwrap_or_default();
        format!("{} answered {}{said}", self.line, self.status())
    }
}

/// A sentence, or the one inside (`{"error": {"message": "…"}}`).
fn sentence(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text),
        Value::Object(inner) => inner.get("message")?.as_str(),
        _ => None,
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
    fn each_status_is_its_failure() {
        let said = |text: &str| format!("GET /users answered {text}");
        assert_eq!(
            failure(401, r#"{"detail":"expired"}"#),
            Failure::AuthRejected(said("401: expired"))
        );
        assert_eq!(failure(402, ""), Failure::PlanUnsupported(said("402")));
        assert_eq!(
            failure(403, r#"{"message":"scope x"}"#),
            Failure::PermissionMissing(said("403: scope x"))
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
    fn what_is_no_json_is_called_so() {
        let failure = response(200, "text/html; charset=utf-8", "<html>")
            .json::<Value>()
            .unwrap_err();
        assert_eq!(
            failure,
            Failure::ContractViolation(
                "GET /users answered 200 with text/html; charset=utf-8, not JSON".into()
            )
        );
    }

    #[test]
    fn a_page_for_a_browser_does_not_say_that_something_is_gone() {
        assert!(response(404, "application/json", "{}").is_gone());
        assert!(response(410, "", "").is_gone());
        assert!(!response(404, "text/html; charset=utf-8", "<html>").is_gone());
        assert!(!response(403, "application/json", "{}").is_gone());
    }

    #[test]
    fn header_names_have_no_case() {
        assert_eq!(response(200, "a/b", "").header("Content-Type"), Some("a/b"));
        assert_eq!(response(200, "a/b", "").header("etag"), None);
    }
}
