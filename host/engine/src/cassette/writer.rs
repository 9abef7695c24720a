//! What was recorded so far, and how it is written down: without what is nobody's business, and with pseudonyms.

use super::body::Body;
use super::pseudonyms::Pseudonyms;
use super::{Answer, CallResult, Cassette, Ended, RecordedOutcome, Sent};
use purser_model::{
    AccountRef, Header, HttpError, Outcome, Page, Request, Response, SettingValue, Settings,
};
use purser_sandbox::CallError;
use serde::Serialize;
use std::io::{self, Write};

/// Header fields that are nobody's business but the application's and the host's. The host takes them out of what a connector sees, too.
const LEFT_OUT: [&str; 5] = [
    "set-cookie",
    "set-cookie2",
    "cookie",
    "authorization",
    "proxy-authorization",
];

/// Levels of the document above an exchange, and the spaces of one.
const INDENT: u64 = 6 * 2;

/// What was recorded so far.
pub(super) struct Tape {
    pub(super) cassette: Option<Cassette>,
    pseudonyms: Pseudonyms,
    /// The most that it may become, in bytes as they are written.
    most_bytes: u64,
    bytes: u64,
    pub(super) cut_off: bool,
    pub(super) ended: Option<Ended>,
}

impl Tape {
    pub(super) fn of_at_most(most_bytes: u64) -> Self {
        Self {
            cassette: None,
            most_bytes,
            bytes: 0,
            cut_off: false,
            ended: None,
            pseudonyms: Pseudonyms::default(),
        }
    }

    /// Whether there is room for something, which is taken if so. Where there is none, nothing is recorded any more.
    pub(super) fn take_room(&mut self, of: &impl Serialize) -> bool {
        self.bytes = self.bytes.saturating_add(written_bytes(of));
        self.cut_off |= self.bytes > self.most_bytes;
        !self.cut_off
    }

    pub(super) fn text(&mut self, text: &str) -> String {
        self.pseudonyms.of_text(text).into_owned()
    }

    fn body(&mut self, bytes: &[u8]) -> Body {
        Body(self.pseudonyms.of_bytes(bytes))
    }

    fn headers(&mut self, headers: &[Header]) -> Vec<String> {
        let kept = headers.iter().filter(|header| {
            !LEFT_OUT
                .iter()
                .any(|name| header.name.eq_ignore_ascii_case(name))
        });
        kept.map(|Header { name, value }| format!("{name}: {}", self.text(value)))
            .collect()
    }

    pub(super) fn sent(&mut self, request: &Request) -> Sent {
        Sent {
            method: request.method,
            target: self.text(&request.target),
            headers: self.headers(&request.headers),
            body: request.body.as_deref().map(|body| self.body(body)),
        }
    }

    pub(super) fn answer(&mut self, answer: &Result<Response, HttpError>) -> Answer {
        match answer {
            Ok(Response {
                status,
                headers,
                body,
            }) => Answer::Response {
                status: *status,
                headers: self.headers(headers),
                body: self.body(body),
            },
            Err(error) => Answer::Error(self.error(error)),
        }
    }

    /// A refusal names the request that it is about.
    fn error(&mut self, error: &HttpError) -> HttpError {
        let written = serde_json::to_string(error).unwrap_or_default();
        serde_json::from_str(&self.text(&written)).unwrap_or(HttpError::Internal(None))
    }

    /// Records an outcome. The next step is left out: it is advice for the home that recorded.
    pub(super) fn outcome(&mut self, outcome: &Outcome) -> RecordedOutcome {
        RecordedOutcome {
            class: outcome.class,
            blame: outcome.blame,
            message: self.text(&outcome.message),
        }
    }

    pub(super) fn account(&mut self, AccountRef { id, principal_name }: &AccountRef) -> AccountRef {
        AccountRef {
            id: self.text(id),
            principal_name: principal_name.as_ref().map(|name| self.text(name)),
        }
    }

    pub(super) fn settings(&mut self, settings: &Settings) -> Settings {
        let one = |(name, value): (&String, &SettingValue)| {
            let value = match value {
                SettingValue::Text(text) => SettingValue::Text(self.text(text)),
                other => other.clone(),
            };
            (name.clone(), value)
        };
        settings.iter().map(one).collect()
    }

    pub(super) fn result(&mut self, answer: &Result<Page, CallError>) -> CallResult {
        match CallResult::of(answer) {
            CallResult::Page {
                records,
                rejected,
                next,
                partitions,
            } => CallResult::Page {
                records,
                rejected,
                next: next.map(|next| self.text(&next)),
                partitions: partitions.iter().map(|start| self.text(start)).collect(),
            },
            CallResult::Failure {
                class,
                message,
                next,
            } => CallResult::Failure {
                class,
                message: self.text(&message),
                next: next.map(|next| self.text(&next)),
            },
        }
    }
}

/// The bytes that something takes in a cassette.
fn written_bytes(of: &impl Serialize) -> u64 {
    struct Count(u64);
    impl Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // The layout is all that has line breaks: in a string they are escaped.
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
            self.0 += bytes.len() as u64 + lines * INDENT;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(INDENT);
    match serde_json::to_writer_pretty(&mut count, of) {
        Ok(()) => count.0,
        Err(_) => u64::MAX,
    }
}
