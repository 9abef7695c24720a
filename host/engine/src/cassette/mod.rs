//! Cassettes: what a run's connector was asked, what it sent and was answered, and what it made of that, in one readable file. Another version
//! of the connector can be held against it, offline and as often as one likes.
//!
//! What is on a cassette was seen from the connector's side of the way out, where no credential is ever added and every answer is scrubbed of
//! it. What a cassette does hold is personal data of the application's users; of that, e-mail addresses are replaced by pseudonyms.

mod body;
mod error;
mod pseudonyms;
mod recorder;
mod recording;
mod replay;
mod responses;
mod writer;

pub use error::CassetteError;
pub use recording::{Recorded, Recording};
pub use replay::{Difference, Point, Replayed, StreamReplayed, replay};

pub(crate) use recorder::listen;

use body::Body;
use purser_model::{
    AccountRef, Blame, ConnectorName, Cursor, Digest, Failure, HttpError, Limits, Method,
    OutcomeClass, Page, Settings, StreamKind, StreamName, Timestamp,
};
use purser_sandbox::CallError;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The word that every cassette begins with. The number grows when what was written before cannot be read any more.
const FORMAT: &str = "purser-cassette/1";

/// The most calls of a cassette: as many as a stream may have pages.
const MOST_CALLS: usize = 100_000;

/// The longest file that is read as a cassette. What recording writes is at most half of it. A file that was made to be large in memory takes
/// eight times as much there.
pub const CASSETTE_BYTES: u64 = 128 << 20;

/// What was recorded of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cassette {
    format: String,
    /// The Purser that recorded it.
    purser: Version,
    recorded_at: Timestamp,
    ended: Ended,
    /// Whether the run had more calls than are here, because there was no room for them.
    cut_off: bool,
    connector: Identity,
    /// Those of the grant, in the run.
    limits: Limits,
    /// Those of the profile, without the connector's defaults.
    settings: Settings,
    streams: Vec<Stream>,
}

/// How the run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Ended {
    /// Every stream was read to its end.
    Complete,
    /// Something failed.
    Failed(RecordedOutcome),
    /// Somebody or something stopped it.
    Interrupted,
}

/// A version of a connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Its name.
    pub name: ConnectorName,
    /// Its version.
    pub version: Version,
    /// Its bytes' digest.
    pub digest: Digest,
}

/// The calls that read a stream, in the order in which they ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stream {
    stream: StreamName,
    kind: StreamKind,
    calls: Vec<Call>,
}

/// One call of `read`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    cursor: Option<String>,
    since: Option<Timestamp>,
    page_size: u32,
    accounts: Vec<AccountRef>,
    exchanges: Vec<Exchange>,
    result: CallResult,
}

/// A request and what came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exchange {
    request: Sent,
    /// Absent where the call ended before there was one.
    answer: Option<Answer>,
}

/// A request as the connector made it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    method: Method,
    target: String,
    /// `name: value`.
    headers: Vec<String>,
    body: Option<Body>,
}

/// What the connector was given for a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Answer {
    /// An answer, whatever its status.
    Response {
        status: u16,
        /// `name: value`.
        headers: Vec<String>,
        body: Body,
    },
    /// The reason why there is none.
    Error(HttpError),
}

/// What a call came to, as far as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum CallResult {
    /// A page.
    Page {
        records: u64,
        rejected: u64,
        next: Option<String>,
        #[serde(alias = "starts")]
        partitions: Vec<String>,
    },
    /// None.
    Failure {
        /// A stable word for the kind of failure.
        class: OutcomeClass,
        message: String,
        /// Where to go on, of what is still being prepared.
        next: Option<String>,
    },
}

/// Why the recorded run is not complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordedOutcome {
    /// Kind of failure.
    pub class: OutcomeClass,
    /// Party at fault.
    pub blame: Blame,
    /// Message to people, with e-mail addresses replaced.
    pub message: String,
}

impl Cassette {
    /// Reads a cassette, whoever wrote it.
    ///
    /// # Errors
    /// When it is none, of another format, damaged, or has too many calls.
    pub fn read(bytes: &[u8]) -> Result<Self, CassetteError> {
        /// All that is looked at before it is known how to read the rest.
        #[derive(Deserialize)]
        struct Head {
            format: String,
        }
        let Head { format } = serde_json::from_slice(bytes)
            .map_err(|error| CassetteError::NoCassette(in_short(&error.to_string())))?;
        if format != FORMAT {
            return Err(match format.starts_with("purser-cassette/") {
                true => CassetteError::OtherFormat(in_short(&format)),
                false => {
                    CassetteError::NoCassette(format!("its format is {:?}", in_short(&format)))
                }
            });
        }
        let cassette: Self = serde_json::from_slice(bytes)
            .map_err(|error| CassetteError::Damaged(in_short(&error.to_string())))?;
        let calls = cassette.calls();
        if calls > MOST_CALLS {
            return Err(CassetteError::TooManyCalls(calls));
        }
        Ok(cassette)
    }

    fn calls(&self) -> usize {
        self.streams.iter().map(|stream| stream.calls.len()).sum()
    }
}

impl CallResult {
    fn of(answer: &Result<Page, CallError>) -> Self {
        let text = |cursor: &Cursor| cursor.as_str().to_owned();
        match answer {
            Ok(page) => Self::Page {
                records: page.records.len() as u64,
                rejected: page.rejected.len() as u64,
                next: page.next.as_ref().map(text),
                partitions: page.partitions.iter().map(text).collect(),
            },
            Err(error) => Self::Failure {
                class: error.class(),
                message: error.to_string(),
                next: match error {
                    CallError::Failed {
                        failure: Failure::Pending(next, _),
                        ..
                    } => Some(text(next)),
                    _ => None,
                },
            },
        }
    }
}

/// As much of a text from elsewhere as an error needs.
fn in_short(text: &str) -> String {
    const ENOUGH: usize = 200;
    match text.char_indices().nth(ENOUGH) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A panic elsewhere leaves what was recorded as usable as it was.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
