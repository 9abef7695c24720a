//! Format of a cassette.
//!
//! The types here are the document: a changed name changes the format. Names that were written by
//! earlier versions are still accepted.

use super::body::Body;
use super::row::{PageRow, RowDigest};
use purser_model::{
    AccountRef, Blame, ConnectorName, Cursor, Digest, Failure, HttpError, Limits, Method,
    OutcomeClass, Page, Settings, StreamKind, StreamName, Timestamp,
};
use purser_sandbox::CallError;
use semver::Version;
use serde::{Deserialize, Serialize};

/// Format and its version. The number grows when earlier cassettes can no longer be read.
pub(super) const FORMAT: &str = "purser-cassette/1";

/// Beginning of the format of every version.
pub(super) const FORMAT_PREFIX: &str = "purser-cassette/";

/// Calls that a cassette can have: as many as a stream can have pages.
pub(super) const MAX_CALLS: usize = 100_000;

/// Length of the longest file that is read as a cassette, in bytes.
///
/// Recording writes at most half of it. A hostile file takes up to eight times as much memory.
pub const MAX_CASSETTE_BYTES: u64 = 128 << 20;

/// Recording of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cassette {
    /// Format, [`FORMAT`].
    pub(super) format: String,
    /// Version of Purser that recorded it.
    pub(super) purser: Version,
    /// Start of the recording.
    pub(super) recorded_at: Timestamp,
    /// End of the run.
    pub(super) ended: RunEnd,
    /// True if the run had more calls than there was room for.
    pub(super) cut_off: bool,
    /// Connector that ran.
    pub(super) connector: ConnectorIdentity,
    /// Limits of the grant during the run.
    pub(super) limits: Limits,
    /// Settings of the profile, without the connector's defaults.
    pub(super) settings: Settings,
    /// Streams with recorded calls, in the order of their first call.
    pub(super) streams: Vec<RecordedStream>,
}

/// End of a recorded run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RunEnd {
    /// Every stream was read to its end.
    Complete,
    /// The run failed.
    Failed(RecordedOutcome),
    /// The run was interrupted, cancelled or parked.
    Interrupted,
}

/// Reason why a recorded run is not complete.
// why: unknown fields are accepted, because earlier versions wrote a `next_step` here, which was
// advice for the home that recorded
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RecordedOutcome {
    /// Kind of failure.
    pub(super) class: OutcomeClass,
    /// Party at fault.
    pub(super) blame: Blame,
    /// Message to people, with e-mail addresses replaced.
    pub(super) message: String,
}

/// Exact version of a connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectorIdentity {
    /// Name, from the connector's description.
    pub name: ConnectorName,
    /// Version, from the connector's description.
    pub version: Version,
    /// SHA-256 digest of the component's bytes.
    pub digest: Digest,
}

/// Calls that read one stream, in the order in which they ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordedStream {
    /// Name of the stream.
    pub(super) stream: StreamName,
    /// Kind of its records.
    pub(super) kind: StreamKind,
    /// Calls.
    pub(super) calls: Vec<RecordedCall>,
}

/// One call of `read`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordedCall {
    /// Cursor passed to the connector; absent for the first page.
    pub(super) cursor: Option<String>,
    /// Look-back time; absent unless the stream is incremental.
    pub(super) since: Option<Timestamp>,
    /// Page size that the host asked for, in records.
    pub(super) page_size: u32,
    /// Accounts of the batch; empty unless the stream is read per account.
    pub(super) accounts: Vec<AccountRef>,
    /// Requests with their responses, in the order in which they were sent.
    pub(super) exchanges: Vec<Exchange>,
    /// Result, as far as a replay compares it.
    pub(super) result: CallResult,
}

/// Request and its response.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exchange {
    /// Request.
    pub(super) request: RecordedRequest,
    /// Response; absent if the call ended before it arrived.
    #[serde(rename = "answer")]
    pub(super) response: Option<RecordedResponse>,
}

/// Request as the connector sent it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordedRequest {
    /// HTTP method.
    pub(super) method: Method,
    /// Target: relative to the base URL, or absolute.
    pub(super) target: String,
    /// Header fields, each as `name: value`.
    pub(super) headers: Vec<String>,
    /// Body; absent for none.
    pub(super) body: Option<Body>,
}

/// Response that the connector received, or the error in its place.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum RecordedResponse {
    /// Response of any status.
    Response {
        /// HTTP status.
        status: u16,
        /// Header fields, each as `name: value`.
        headers: Vec<String>,
        /// Body, possibly empty.
        body: Body,
    },
    /// Error, if there was no response.
    Error(HttpError),
}

/// Result of a call, as far as a replay compares it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum CallResult {
    /// The call returned a page.
    Page {
        /// Records of the page.
        records: u64,
        /// Rejected rows of the page.
        rejected: u64,
        /// Cursor of the next page; absent on the last.
        next: Option<String>,
        /// Cursors at which the stream's partitions begin; empty if it has none.
        #[serde(alias = "starts")]
        partitions: Vec<String>,
        /// Records and rejected rows; absent in cassettes of earlier versions, whose contents are
        /// not compared.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rows: Option<Vec<RowDigest>>,
    },
    /// The call failed.
    Failure {
        /// Kind of failure.
        class: OutcomeClass,
        /// Message to people.
        message: String,
        /// Cursor to poll with, if the application is still preparing the response.
        next: Option<String>,
    },
}

impl Cassette {
    /// Returns the number of calls of all streams.
    pub(super) fn call_count(&self) -> usize {
        self.streams.iter().map(|stream| stream.calls.len()).sum()
    }

    /// Returns true if the rows of every page are recorded, so that a replay compares them.
    pub(super) fn has_rows(&self) -> bool {
        let mut calls = self.streams.iter().flat_map(|stream| &stream.calls);
        calls.all(|call| !matches!(call.result, CallResult::Page { rows: None, .. }))
    }

    /// Adds a call to its stream.
    pub(super) fn add_call(&mut self, stream: StreamName, kind: StreamKind, call: RecordedCall) {
        let known = self.streams.iter_mut().find(|known| known.stream == stream);

        match known {
            Some(known) => known.calls.push(call),
            None => self.streams.push(RecordedStream {
                stream,
                kind,
                calls: vec![call],
            }),
        }
    }
}

impl CallResult {
    /// Returns the result of a call, each text replaced by what `text` makes of it.
    pub(super) fn new(
        result: &Result<Page, CallError>,
        mut text: impl FnMut(&str) -> String,
    ) -> Self {
        let rows = |page| {
            PageRow::of_page(page, &mut text)
                .iter()
                .map(PageRow::digest)
                .collect()
        };
        let rows = result.as_ref().ok().map(rows);
        let mut cursor = |cursor: &Cursor| text(cursor.as_str());

        match result {
            Ok(page) => Self::Page {
                records: page.records.len() as u64,
                rejected: page.rejected.len() as u64,
                next: page.next.as_ref().map(&mut cursor),
                partitions: page.partitions.iter().map(cursor).collect(),
                rows,
            },
            Err(error) => Self::Failure {
                class: error.class(),
                next: match error {
                    CallError::Failed {
                        failure: Failure::Pending(next, _),
                        ..
                    } => Some(cursor(next)),
                    _ => None,
                },
                message: text(&error.to_string()),
            },
        }
    }
}
