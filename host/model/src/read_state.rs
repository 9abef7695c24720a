//! Completeness of what was read through one connection: every figure that rests on it shows it.

use crate::{StreamName, Timestamp};

/// State of the accounts of one source, after its last reads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadState {
    /// Completion of the oldest of the last complete reads of the account streams, which is how old
    /// the accounts may be. Absent if a stream was never completely read.
    pub complete_at: Option<Timestamp>,
    /// Streams of accounts whose last read did not end complete, by name.
    pub incomplete: Vec<StreamName>,
    /// Rows that the last reads of account streams rejected. Their accounts are in no figure, or in
    /// it with what an earlier read reported.
    pub rejected: u64,
    /// Accounts with fields that could not be read.
    pub with_warnings: u64,
    /// Accounts that the last complete read did not list, and that still count until a second read
    /// confirms that they are gone.
    pub missing: u64,
}
