//! How a run tells whoever watches how far it is.

use purser_model::{ConnectionName, Counts, StreamName};
use std::time::Duration;

/// Something that happened in a run.
#[derive(Debug, Clone)]
pub enum RunEvent<'a> {
    /// A connection is not read, because it needs attention.
    LeftOut {
        /// The connection.
        connection: &'a ConnectionName,
    },
    /// A parked run is gone on with.
    Parked {
        /// The connection.
        connection: &'a ConnectionName,
        /// How long it has to wait until then.
        wait: Duration,
    },
    /// A stream's read began.
    StreamStarted {
        /// The connection read from.
        connection: &'a ConnectionName,
        /// The stream.
        stream: &'a StreamName,
        /// Whether it takes over from the checkpoint of an earlier run.
        resumed: bool,
    },
    /// The application wants to be left alone, or prepares its answer.
    Waiting {
        /// The stream.
        stream: &'a StreamName,
        /// For how long.
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
        /// How many records the stream has, where the application tells.
        total: Option<u64>,
    },
    /// A stream was read to its end.
    StreamEnded {
        /// The stream.
        stream: &'a StreamName,
        /// What it came to.
        counts: &'a Counts,
    },
}

/// Watches a run. Called from the run's own task: it must not block.
pub trait Watch: Send + Sync {
    /// Something happened.
    fn event(&self, event: RunEvent<'_>);
}
