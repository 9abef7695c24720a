//! Context in which the streams of one run are read.

use super::error::StreamError;
use super::events::RunObserver;
use crate::cassette::CassetteWriter;
use jiff::Timestamp;
use purser_egress::ConnectionClient;
use purser_model::{Connection, Grant, RunId, Settings, StreamName};
use purser_sandbox::Connector;
use purser_store::{LogLine, Source, Store};
use std::sync::Arc;

/// Context of one run over one connection. The other files of this room add its steps.
pub(super) struct StreamReader<'a> {
    pub(super) store: &'a Arc<Store>,
    pub(super) run: RunId,
    pub(super) source: &'a Source,
    pub(super) connector: &'a Connector,
    pub(super) grant: &'a Arc<Grant>,
    pub(super) settings: &'a Settings,
    pub(super) client: &'a ConnectionClient,
    pub(super) connection: &'a Connection,
    /// Every stream of accounts of the connector, read in this run or not.
    pub(super) account_streams: &'a [StreamName],
    /// Fingerprint of everything that a checkpoint depends on.
    pub(super) fingerprint: String,
    /// Start of the activity read. Constant over a run: applications want the filter that the
    /// cursor was made with.
    pub(super) since: Timestamp,
    pub(super) accept_shrink: bool,
    pub(super) wait_for_rate_limit: bool,
    pub(super) recording: Option<&'a CassetteWriter>,
    pub(super) observer: &'a dyn RunObserver,
}

impl StreamReader<'_> {
    /// Adds a line of Purser's own to the run's log.
    pub(super) fn note(&self, text: String) -> Result<(), StreamError> {
        let line = LogLine {
            at: Timestamp::now(),
            level: "info".to_owned(),
            text,
        };

        Ok(self.store.log_lines(self.run, &[line])?)
    }
}
