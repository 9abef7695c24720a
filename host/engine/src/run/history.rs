//! Records of earlier and current runs.

use super::service::Runs;
use crate::Error;
use jiff::Timestamp;
use purser_model::{ProfileName, RejectedRow, Run, RunId, RunState, StreamName};
use serde::Serialize;

/// Line of a run's log.
#[derive(Debug, Clone, Serialize)]
pub struct LogLine {
    /// Time at which it was written.
    pub at: Timestamp,
    /// Level: `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// Text, capped and scrubbed.
    pub text: String,
}

/// Run with its log and its rejected rows.
#[derive(Debug, Clone, Serialize)]
pub struct RunDetail {
    /// The run.
    pub run: Run,
    /// Log of the connector.
    pub log: Vec<LogLine>,
    /// Rejected rows.
    pub rejected: Vec<RejectedRowView>,
}

/// Rejected row and the stream that it came in.
#[derive(Debug, Clone, Serialize)]
pub struct RejectedRowView {
    /// The stream.
    pub stream: StreamName,
    /// The row and the reason.
    #[serde(flatten)]
    pub row: RejectedRow,
}

impl Runs {
    /// Returns the latest runs of one profile or of all, newest first.
    ///
    /// Marks runs whose process is gone as interrupted first.
    pub fn list(&self, profile: Option<&ProfileName>, limit: u32) -> Result<Vec<Run>, Error> {
        let runs = self.store.runs(profile, limit)?;
        if !runs.iter().any(|run| run.state == RunState::Running) {
            return Ok(runs);
        }

        self.mark_abandoned(&runs)?;
        Ok(self.store.runs(profile, limit)?)
    }

    /// Returns one run with its log and its rejected rows.
    pub fn show(&self, id: RunId) -> Result<RunDetail, Error> {
        self.mark_abandoned(&[self.store.run(id)?])?;

        let log = self.store.run_log(id)?.into_iter().map(|line| LogLine {
            at: line.at,
            level: line.level,
            text: line.text,
        });
        let rejected = self.store.rejected_rows(id)?.into_iter();
        let rejected = rejected.map(|kept| RejectedRowView {
            stream: kept.stream,
            row: kept.row,
        });

        Ok(RunDetail {
            run: self.store.run(id)?,
            log: log.collect(),
            rejected: rejected.collect(),
        })
    }
}
