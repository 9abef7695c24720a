//! Runs in JSON: `purser run` and `purser runs`.

use super::outcome::OutcomeJson;
use super::{Document, list};
use crate::words;
use jiff::Timestamp;
use purser_engine::{LogLine, RejectedRowView, RunDetail};
use purser_model::{Counts, Run, StreamRun};
use serde::Serialize;

/// A run with its streams.
#[derive(Serialize)]
pub(crate) struct RunJson<'a> {
    id: i64,
    profile: &'a str,
    connection: &'a str,
    state: &'static str,
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
    parked_until: Option<Timestamp>,
    outcome: Option<OutcomeJson<'a>>,
    /// Rows of all streams that could not be used. Above 0, figures that rest on the run lack them.
    rejected: u64,
    streams: Vec<StreamRunJson<'a>>,
}

/// The read of one stream.
#[derive(Serialize)]
struct StreamRunJson<'a> {
    stream: &'a str,
    kind: &'static str,
    complete: bool,
    resumed: bool,
    counts: CountsJson,
}

/// The figures of one stream's read.
#[derive(Serialize)]
struct CountsJson {
    pages: u64,
    records: u64,
    rejected: u64,
    requests: u64,
    retries: u64,
    waited_ms: u64,
    removed: u64,
    repeated: u64,
    with_warnings: u64,
    missing: u64,
}

/// A run with its log and its rejected rows.
#[derive(Serialize)]
pub(crate) struct RunDetailJson<'a> {
    run: RunJson<'a>,
    log: Vec<LogLineJson<'a>>,
    rejected: Vec<RejectedRowJson<'a>>,
}

/// A line that the connector logged.
#[derive(Serialize)]
struct LogLineJson<'a> {
    at: Timestamp,
    level: &'a str,
    text: &'a str,
}

/// A row that could not be used.
#[derive(Serialize)]
pub(crate) struct RejectedRowJson<'a> {
    stream: &'a str,
    id: Option<&'a str>,
    row: &'a str,
    reason: &'a str,
}

impl Document for RunJson<'_> {}
impl Document for RunDetailJson<'_> {}
impl Document for RejectedRowJson<'_> {}

impl<'a> From<&'a Run> for RunJson<'a> {
    fn from(run: &'a Run) -> Self {
        Self {
            id: run.id.0,
            profile: run.profile.as_str(),
            connection: run.connection.as_str(),
            state: words::run_state(run.state),
            started_at: run.started_at,
            ended_at: run.ended_at,
            parked_until: run.parked_until,
            outcome: run.outcome.as_ref().map(OutcomeJson::from),
            rejected: run.lost(),
            streams: list(&run.streams),
        }
    }
}

impl<'a> From<&'a StreamRun> for StreamRunJson<'a> {
    fn from(stream: &'a StreamRun) -> Self {
        Self {
            stream: stream.stream.as_str(),
            kind: words::stream_kind(stream.kind),
            complete: stream.complete,
            resumed: stream.resumed,
            counts: (&stream.counts).into(),
        }
    }
}

impl From<&Counts> for CountsJson {
    fn from(counts: &Counts) -> Self {
        Self {
            pages: counts.pages,
            records: counts.records,
            rejected: counts.rejected,
            requests: counts.requests,
            retries: counts.retries,
            waited_ms: counts.waited_ms,
            removed: counts.removed,
            repeated: counts.repeated,
            with_warnings: counts.with_warnings,
            missing: counts.missing,
        }
    }
}

impl<'a> From<&'a RunDetail> for RunDetailJson<'a> {
    fn from(detail: &'a RunDetail) -> Self {
        Self {
            run: (&detail.run).into(),
            log: list(&detail.log),
            rejected: list(&detail.rejected),
        }
    }
}

impl<'a> From<&'a LogLine> for LogLineJson<'a> {
    fn from(line: &'a LogLine) -> Self {
        Self {
            at: line.at,
            level: &line.level,
            text: &line.text,
        }
    }
}

impl<'a> From<&'a RejectedRowView> for RejectedRowJson<'a> {
    fn from(rejected: &'a RejectedRowView) -> Self {
        Self {
            stream: rejected.stream.as_str(),
            id: rejected.row.id.as_deref(),
            row: &rejected.row.row,
            reason: &rejected.row.reason,
        }
    }
}
