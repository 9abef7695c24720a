//! Replays of a cassette in JSON: `purser connector check`.

use super::{Document, list};
use crate::words;
use jiff::Timestamp;
use purser_engine::{ConnectorIdentity, Difference, ReplayReport, StreamReplay};
use purser_model::Digest;
use serde::Serialize;

/// A replay, with its differences from the recording.
#[derive(Serialize)]
pub(crate) struct ReplayJson<'a> {
    connector: IdentityJson<'a>,
    recorded_with: IdentityJson<'a>,
    recorded_by: String,
    recorded_at: Timestamp,
    recorded_end: &'a str,
    cut_off: bool,
    /// Name, value of the recording, value of the replay.
    other_limits: Vec<(&'a str, u64, u64)>,
    streams: Vec<ReplayedStreamJson<'a>>,
    compares_rows: bool,
    same: bool,
}

/// The identity of a connector.
#[derive(Serialize)]
struct IdentityJson<'a> {
    name: &'a str,
    version: String,
    digest: Digest,
}

/// The replay of one stream.
#[derive(Serialize)]
struct ReplayedStreamJson<'a> {
    stream: &'a str,
    calls: u64,
    left_out: u64,
    records: u64,
    rejected: u64,
    unused: u64,
    differences: Vec<DifferenceJson<'a>>,
    more_differences: u64,
}

/// A difference between recording and replay.
#[derive(Serialize)]
struct DifferenceJson<'a> {
    call: Option<usize>,
    point: &'static str,
    recorded: &'a str,
    replayed: &'a str,
}

impl Document for ReplayJson<'_> {}

impl<'a> From<&'a ReplayReport> for ReplayJson<'a> {
    fn from(replayed: &'a ReplayReport) -> Self {
        let limits = replayed.other_limits.iter();

        Self {
            connector: (&replayed.connector).into(),
            recorded_with: (&replayed.recorded_with).into(),
            recorded_by: replayed.recorded_by.to_string(),
            recorded_at: replayed.recorded_at,
            recorded_end: &replayed.recorded_end,
            cut_off: replayed.cut_off,
            other_limits: limits
                .map(|(name, recorded, now)| (name.as_str(), *recorded, *now))
                .collect(),
            streams: list(&replayed.streams),
            compares_rows: replayed.compares_rows,
            same: replayed.same,
        }
    }
}

impl<'a> From<&'a ConnectorIdentity> for IdentityJson<'a> {
    fn from(identity: &'a ConnectorIdentity) -> Self {
        Self {
            name: identity.name.as_str(),
            version: identity.version.to_string(),
            digest: identity.digest,
        }
    }
}

impl<'a> From<&'a StreamReplay> for ReplayedStreamJson<'a> {
    fn from(stream: &'a StreamReplay) -> Self {
        Self {
            stream: stream.stream.as_str(),
            calls: stream.calls,
            left_out: stream.left_out,
            records: stream.records,
            rejected: stream.rejected,
            unused: stream.unused,
            differences: list(&stream.differences),
            more_differences: stream.more_differences,
        }
    }
}

impl<'a> From<&'a Difference> for DifferenceJson<'a> {
    fn from(difference: &'a Difference) -> Self {
        Self {
            call: difference.call,
            point: words::replay_point(difference.kind),
            recorded: &difference.recorded,
            replayed: &difference.replayed,
        }
    }
}
