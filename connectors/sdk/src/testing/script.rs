//! The scripted side of HTTP, and the run's log.

use super::{BASE_URL, Body, Reply};
use crate::bindings::purser::connector::http;
use crate::log::Level;
use crate::{Compression, Header, HttpError, Method};
use purser_model::{Action, Grant, GrantRule, Host};
use std::cell::RefCell;
use std::collections::VecDeque;

/// What a test expects to be asked, in order, what it answers, and what was asked.
#[derive(Debug, Default)]
pub struct Script {
    /// What the call may send: nothing, unless it is about an action.
    pub(super) allowed: RefCell<Option<(Action, Grant)>>,
    pub(super) expected: RefCell<VecDeque<(Method, String, Reply)>>,
    pub(super) asked: RefCell<Vec<http::Request>>,
}

impl Script {
    pub(crate) fn answer(&self, request: http::Request) -> Result<http::Response, HttpError> {
        let (
            asked,
            Reply {
                answer,
                compression,
                breaks_off,
            },
        ) = self.reply(request)?;
        assert!(
            compression == Compression::Plain && !breaks_off,
            "{asked} is a file; the connector must download it"
        );
        answer
    }

    /// What is left of a file behind its start.
    pub(crate) fn open(
        &self,
        request: http::Request,
        compression: &Compression,
        start: u64,
    ) -> Result<(u16, Vec<Header>, Body), HttpError> {
        let (
            asked,
            Reply {
                answer,
                compression: packed,
                breaks_off,
            },
        ) = self.reply(request)?;
        let http::Response {
            status,
            headers,
            body,
        } = answer?;
        if !(200..300).contains(&status) {
            return Ok((status, headers, Body::new(&body, breaks_off)));
        }
        assert!(
            *compression == packed,
            "{asked} is {packed:?}, and the connector takes it for {compression:?}"
        );
        let rest = usize::try_from(start)
            .ok()
            .and_then(|start| body.get(start..))
            .ok_or_else(|| {
                let length = body.len();
                HttpError::HttpResponseContentCoding(format!(
                    "it has {length} bytes, and was to be read from byte {start} on"
                ))
            })?;
        Ok((status, headers, Body::new(rest, breaks_off)))
    }

    /// The reply to a request, if it is allowed and expected.
    fn reply(&self, request: http::Request) -> Result<(String, Reply), HttpError> {
        if let Some(line) = self.missing(&request) {
            return Err(HttpError::HttpRequestDenied(line));
        }
        let asked = format!("{} {}", request.method.as_str(), request.target);
        let Some((method, target, reply)) = self.expected.borrow_mut().pop_front() else {
            panic!("the connector asked {asked}, and the test expects nothing more");
        };
        let expected = format!("{} {target}", method.as_str());
        assert!(
            expected == asked,
            "the connector asked {asked}, and the test expects {expected}"
        );
        self.asked.borrow_mut().push(request);
        Ok((asked, reply))
    }

    /// The grant line that would allow a request, unless the description asks for it.
    fn missing(&self, request: &http::Request) -> Option<String> {
        let allowed = self.allowed.borrow();
        let Some((action, grant)) = allowed.as_ref() else {
            panic!("this client belongs to no trial")
        };
        let (host, target) = place(&request.target);
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

/// Splits a target into the server, if it is not the connection's own, and the rest.
fn place(target: &str) -> (Option<Host>, &str) {
    let target = target.strip_prefix(BASE_URL).unwrap_or(target);
    let Some(elsewhere) = target.strip_prefix("https://") else {
        return (None, target);
    };
    let (host, rest) = elsewhere.split_at(elsewhere.find('/').unwrap_or(elsewhere.len()));
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

/// Keeps a line of the log for the test that runs in this thread.
pub(crate) fn record(level: Level, message: &str) {
    LINES.with_borrow_mut(|lines| lines.push((level, message.to_owned())));
}

/// Takes the lines kept in this thread.
pub(super) fn recorded() -> Vec<(Level, String)> {
    LINES.take()
}
