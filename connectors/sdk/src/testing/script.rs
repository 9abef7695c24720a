//! The scripted application, and the log of the test.

use super::{BASE_URL, Body, MockResponse};
use crate::bindings::purser::connector::http;
use crate::bindings::purser::connector::log::Level;
use crate::method::request_line;
use crate::{Compression, Header, HttpError, Method};
use purser_model::{Action, Grant, GrantRule, Host};
use std::cell::RefCell;
use std::collections::VecDeque;

/// The requests that a test expects, in order, with their responses, and the requests received.
#[derive(Debug, Default)]
pub(crate) struct Script {
    /// The action of the current call and the grant. Absent between calls.
    pub(super) allowed: RefCell<Option<(Action, Grant)>>,
    pub(super) expected: RefCell<VecDeque<(Method, String, MockResponse)>>,
    pub(super) received: RefCell<Vec<http::Request>>,
}

impl Script {
    /// Responds to a request that is not a download.
    pub(crate) fn send(&self, request: http::Request) -> Result<http::Response, HttpError> {
        let (line, response) = self.respond(request)?;
        assert!(
            response.compression == Compression::Plain && !response.truncated,
            "{line} is a file; the connector must download it"
        );
        response.result
    }

    /// Responds to a download, without the first `skip_bytes` bytes.
    pub(crate) fn download(
        &self,
        request: http::Request,
        compression: &Compression,
        skip_bytes: u64,
    ) -> Result<(u16, Vec<Header>, Body), HttpError> {
        let (line, response) = self.respond(request)?;
        let http::Response {
            status,
            headers,
            body,
        } = response.result?;
        if !(200..300).contains(&status) {
            return Ok((status, headers, Body::new(&body, response.truncated)));
        }

        let actual = response.compression;
        assert!(
            *compression == actual,
            "{line} is {actual:?}, and the connector expects {compression:?}"
        );
        let rest = usize::try_from(skip_bytes)
            .ok()
            .and_then(|skip| body.get(skip..))
            .ok_or_else(|| {
                let length = body.len();
                HttpError::HttpResponseContentCoding(format!(
                    "it has {length} bytes, and {skip_bytes} were to be skipped"
                ))
            })?;
        Ok((status, headers, Body::new(rest, response.truncated)))
    }

    /// Returns the request line and the scripted response, if the request is allowed and expected.
    fn respond(&self, request: http::Request) -> Result<(String, MockResponse), HttpError> {
        if let Some(rule) = self.missing_rule(&request) {
            return Err(HttpError::HttpRequestDenied(rule));
        }

        let line = request_line(&request);
        let Some((method, target, response)) = self.expected.borrow_mut().pop_front() else {
            panic!("the connector sent {line}, and the test expects no further request");
        };
        let expected = format!("{} {target}", method.as_str());
        assert!(
            expected == line,
            "the connector sent {line}, and the test expects {expected}"
        );

        self.received.borrow_mut().push(request);
        Ok((line, response))
    }

    /// Returns the grant line that would allow a request, unless the description requests it.
    fn missing_rule(&self, request: &http::Request) -> Option<String> {
        let allowed = self.allowed.borrow();
        let Some((action, grant)) = allowed.as_ref() else {
            panic!("this client belongs to no test host")
        };
        let (host, target) = split_host(&request.target);

        let path = target.split('?').next().unwrap_or(target);
        let method = request
            .method
            .as_str()
            .parse()
            .unwrap_or_else(|error| panic!("{error}"));
        if grant.allows(action, method, host.as_ref(), path) {
            return None;
        }

        let path = path
            .parse()
            .unwrap_or_else(|error| panic!("{}: {error}", request.target));
        Some(
            GrantRule {
                action: action.clone(),
                methods: vec![method],
                host,
                path,
            }
            .to_string(),
        )
    }
}

/// Splits a target into the host, if it is not that of the connection, and the rest.
fn split_host(target: &str) -> (Option<Host>, &str) {
    let target = target.strip_prefix(BASE_URL).unwrap_or(target);
    let Some(absolute) = target.strip_prefix("https://") else {
        return (None, target);
    };
    let (host, rest) = absolute.split_at(absolute.find('/').unwrap_or(absolute.len()));
    (
        Some(
            host.parse()
                .unwrap_or_else(|error| panic!("{target}: {error}")),
        ),
        rest,
    )
}

thread_local! {
    static LINES: RefCell<Vec<(Level, String)>> = const { RefCell::new(Vec::new()) };
}

/// Stores a log line for the test that runs in this thread.
pub(crate) fn record(level: Level, message: &str) {
    LINES.with_borrow_mut(|lines| lines.push((level, message.to_owned())));
}

/// Takes the log lines of this thread.
pub(super) fn recorded() -> Vec<(Level, String)> {
    LINES.take()
}
