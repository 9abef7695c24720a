//! Report of a replay: the differences between recorded and replayed results.

use super::format::ConnectorIdentity;
use super::text::shorten;
use purser_model::{StreamName, Timestamp};
use semver::Version;
use serde::Serialize;

/// Differences of a stream that are listed. A single change can show in every call.
const MAX_DIFFERENCES: usize = 100;

/// Result of a replay.
#[derive(Debug, Clone, Serialize)]
pub struct ReplayReport {
    /// Connector that was replayed.
    pub connector: ConnectorIdentity,
    /// Connector that was recorded.
    pub recorded_with: ConnectorIdentity,
    /// Version of Purser that recorded it.
    pub recorded_by: Version,
    /// Start of the recording.
    pub recorded_at: Timestamp,
    /// End of the recorded run: `complete`, `interrupted`, or the kind of failure.
    pub recorded_end: String,
    /// True if the recorded run had more calls than the cassette.
    pub cut_off: bool,
    /// Limits that differ from those of the recorded run: name, recorded value, replayed value.
    pub other_limits: Vec<(String, u64, u64)>,
    /// Streams of the cassette.
    pub streams: Vec<StreamReplay>,
    /// True if the contents of records are compared. Cassettes of earlier versions have only their
    /// number.
    pub compares_rows: bool,
    /// True if no stream has a difference.
    pub same: bool,
}

/// Replay of one stream.
#[derive(Debug, Clone, Serialize)]
pub struct StreamReplay {
    /// Name of the stream.
    pub stream: StreamName,
    /// Calls that were replayed.
    pub calls: u64,
    /// Calls that were left out, because their failure depends on time or on the machine.
    pub left_out: u64,
    /// Records of the replayed calls.
    pub records: u64,
    /// Rejected rows of the replayed calls.
    pub rejected: u64,
    /// Recorded requests that the connector did not send. These are not a difference.
    pub unused: u64,
    /// Differences, the first of them.
    pub differences: Vec<Difference>,
    /// Further differences, which are only counted.
    pub more_differences: u64,
}

/// Difference between a recorded and a replayed result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Number of the call, from 1; absent if the difference concerns the stream.
    pub call: Option<usize>,
    /// Property that differs.
    #[serde(rename = "point")]
    pub kind: DifferenceKind,
    /// Recorded value.
    pub recorded: String,
    /// Replayed value.
    pub replayed: String,
}

/// Property in which results can differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// Kind of the stream, or its absence from the connector's description.
    Stream,
    /// Request that is not on the cassette.
    Request,
    /// Number of records.
    Records,
    /// Number of rejected rows.
    Rejected,
    /// Contents of a record, or its absence.
    Row,
    /// Cursor of the next page.
    Next,
    /// Cursors at which the stream's partitions begin.
    Partitions,
    /// Page instead of a failure, failure instead of a page, or the kind of failure.
    Outcome,
}

impl StreamReplay {
    /// Creates the report of a stream without replayed calls.
    pub(super) const fn new(stream: StreamName) -> Self {
        Self {
            stream,
            calls: 0,
            left_out: 0,
            records: 0,
            rejected: 0,
            unused: 0,
            differences: Vec::new(),
            more_differences: 0,
        }
    }

    /// Adds a difference, shortened, or counts it if the list is full.
    pub(super) fn add_difference(&mut self, difference: Difference) {
        if self.differences.len() >= MAX_DIFFERENCES {
            self.more_differences += 1;
            return;
        }

        self.differences.push(Difference {
            recorded: shorten(&difference.recorded),
            replayed: shorten(&difference.replayed),
            ..difference
        });
    }
}
