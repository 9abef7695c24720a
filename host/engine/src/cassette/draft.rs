//! Cassette in progress: what is recorded so far, without session headers and with pseudonyms for
//! e-mail addresses.

use super::body::Body;
use super::format::{
    CallResult, Cassette, RecordedOutcome, RecordedRequest, RecordedResponse, RunEnd,
};
use super::pseudonyms::Pseudonyms;
use purser_model::{
    AccountRef, Header, HttpError, Outcome, Page, Request, Response, SettingValue, Settings,
};
use purser_sandbox::CallError;
use serde::Serialize;
use std::io::{self, Write};

/// Header fields that carry sessions and credentials. The host removes them from what a connector
/// sees, too.
const REMOVED_HEADERS: [&str; 5] = [
    "set-cookie",
    "set-cookie2",
    "cookie",
    "authorization",
    "proxy-authorization",
];

/// Spaces before an exchange: six levels of the document, two spaces each.
const INDENT: u64 = 6 * 2;

/// Cassette in progress.
pub(super) struct CassetteDraft {
    /// Document; absent until the connector is known.
    pub(super) cassette: Option<Cassette>,
    /// True once something was left out for lack of room. Nothing is recorded from then on.
    pub(super) cut_off: bool,
    /// End of the run; absent while it continues.
    pub(super) ended: Option<RunEnd>,
    pseudonyms: Pseudonyms,
    /// Limit of the file, in bytes.
    max_bytes: u64,
    /// Bytes that are reserved.
    bytes: u64,
}

impl CassetteDraft {
    /// Creates an empty draft for a file of at most `max_bytes`.
    pub(super) fn new(max_bytes: u64) -> Self {
        Self {
            cassette: None,
            cut_off: false,
            ended: None,
            pseudonyms: Pseudonyms::default(),
            max_bytes,
            bytes: 0,
        }
    }

    /// Reserves room for a part of the document. Returns false and ends the recording if there is
    /// none left.
    pub(super) fn reserve(&mut self, part: &impl Serialize) -> bool {
        self.bytes = self.bytes.saturating_add(written_bytes(part));
        self.cut_off |= self.bytes > self.max_bytes;
        !self.cut_off
    }

    /// Returns a text as it is recorded.
    pub(super) fn text(&mut self, text: &str) -> String {
        self.pseudonyms.replace_in_text(text).into_owned()
    }

    /// Returns a request as it is recorded.
    pub(super) fn request(&mut self, request: &Request) -> RecordedRequest {
        RecordedRequest {
            method: request.method,
            target: self.text(&request.target),
            headers: self.headers(&request.headers),
            body: request.body.as_deref().map(|body| self.body(body)),
        }
    }

    /// Returns a response, or the error in its place, as it is recorded.
    pub(super) fn response(&mut self, result: &Result<Response, HttpError>) -> RecordedResponse {
        match result {
            Ok(Response {
                status,
                headers,
                body,
            }) => RecordedResponse::Response {
                status: *status,
                headers: self.headers(headers),
                body: self.body(body),
            },
            Err(error) => RecordedResponse::Error(self.error(error)),
        }
    }

    /// Returns the outcome of a run as it is recorded. The next step is left out: it is advice for
    /// the home that recorded.
    pub(super) fn outcome(&mut self, outcome: &Outcome) -> RecordedOutcome {
        RecordedOutcome {
            class: outcome.class,
            blame: outcome.blame,
            message: self.text(&outcome.message),
        }
    }

    /// Returns an account as it is recorded.
    pub(super) fn account(&mut self, AccountRef { id, principal_name }: &AccountRef) -> AccountRef {
        AccountRef {
            id: self.text(id),
            principal_name: principal_name.as_ref().map(|name| self.text(name)),
        }
    }

    /// Returns settings as they are recorded.
    pub(super) fn settings(&mut self, settings: &Settings) -> Settings {
        let replace = |(name, value): (&String, &SettingValue)| {
            let value = match value {
                SettingValue::Text(text) => SettingValue::Text(self.text(text)),
                other => other.clone(),
            };
            (name.clone(), value)
        };

        settings.iter().map(replace).collect()
    }

    /// Returns the result of a call as it is recorded.
    pub(super) fn result(&mut self, result: &Result<Page, CallError>) -> CallResult {
        CallResult::new(result, |text| self.text(text))
    }

    fn body(&mut self, bytes: &[u8]) -> Body {
        Body(self.pseudonyms.replace_in_bytes(bytes))
    }

    fn headers(&mut self, headers: &[Header]) -> Vec<String> {
        let is_removed = |header: &&Header| {
            REMOVED_HEADERS
                .iter()
                .any(|name| header.name.eq_ignore_ascii_case(name))
        };

        headers
            .iter()
            .filter(|header| !is_removed(header))
            .map(|Header { name, value }| format!("{name}: {}", self.text(value)))
            .collect()
    }

    fn error(&mut self, error: &HttpError) -> HttpError {
        // why: an error may name the request, and so an address in its target
        error.clone().map_text(|text| self.text(&text))
    }
}

/// Returns the bytes that a part takes in the file.
fn written_bytes(part: &impl Serialize) -> u64 {
    let mut counter = ByteCounter(INDENT);

    match serde_json::to_writer_pretty(&mut counter, part) {
        Ok(()) => counter.0,
        // why: a part that cannot be written must not be recorded
        Err(_) => u64::MAX,
    }
}

/// Writer that counts the bytes of a part, with the indentation that it has in the document.
struct ByteCounter(u64);

impl Write for ByteCounter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // why: every line break is layout, because those in strings are escaped
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u64;

        self.0 += bytes.len() as u64 + lines * INDENT;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
