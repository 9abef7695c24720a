//! Statistics of the HTTP requests behind a page.

use std::time::Duration;

/// The cost of a page, or of a failed attempt to get one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequestStats {
    /// HTTP requests sent, retries included.
    pub attempts: u64,
    /// Attempts that repeated an earlier one.
    pub retries: u64,
    /// Time spent waiting. Stored in milliseconds.
    pub waited: Duration,
    /// Bytes of response bodies read, decoded. Not stored.
    pub body_bytes: u64,
}
