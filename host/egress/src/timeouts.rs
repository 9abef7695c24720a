//! How long things may take, in one place, so that tests can hurry.

use std::time::Duration;

/// Times and counts that hold for every request.
#[derive(Debug, Clone)]
pub(crate) struct Timing {
    /// For resolving, connecting and the TLS handshake together.
    pub connect: Duration,
    /// For a single silence while an answer is awaited or read.
    pub silence: Duration,
    /// For one attempt, from connecting to the last byte.
    pub attempt: Duration,
    /// For a request for a token, from connecting to the last byte.
    pub token: Duration,
    /// The ceiling of the pause before the first repetition; it doubles with each.
    pub pause: Duration,
    /// Where the doubling ends.
    pub longest_pause: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            attempt: Duration::from_secs(60),
            token: Duration::from_secs(20),
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(10),
        }
    }
}
