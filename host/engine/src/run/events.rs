//! Progress events of a run.

use purser_model::{ConnectionName, Counts, StreamName};
use std::time::Duration;

/// Progress event of a run.
#[derive(Debug, Clone)]
pub enum RunEvent<'a> {
    /// A connection is skipped, because it needs attention.
    ConnectionSkipped {
        /// The connection.
        connection: &'a ConnectionName,
    },
    /// A parked run continues.
    Parked {
        /// The connection.
        connection: &'a ConnectionName,
        /// Time that is left to wait.
        wait: Duration,
    },
    /// Reading of a stream began.
    StreamStarted {
        /// The connection.
        connection: &'a ConnectionName,
        /// The stream.
        stream: &'a StreamName,
        /// True if the read continues from the checkpoint of an earlier run.
        resumed: bool,
    },
    /// The application limits the rate of requests, or is preparing its response.
    Waiting {
        /// The stream.
        stream: &'a StreamName,
        /// Length of the wait.
        pause: Duration,
    },
    /// A page was committed.
    Page {
        /// The stream.
        stream: &'a StreamName,
        /// Records committed in this run so far.
        records_so_far: u64,
        /// Rows rejected in this run so far.
        rejected_so_far: u64,
        /// Records of the whole stream; absent where the application does not report it.
        total: Option<u64>,
    },
    /// A stream was read to its end.
    StreamEnded {
        /// The stream.
        stream: &'a StreamName,
        /// Totals of the read.
        counts: &'a Counts,
    },
}

/// Observer of a run. Called from the run's own task, so it must not block.
pub trait RunObserver: Send + Sync {
    /// Receives an event.
    fn event(&self, event: RunEvent<'_>);
}
