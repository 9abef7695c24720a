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
    /// Attempts of one request, the first included.
    pub attempts: u32,
    /// The ceiling of the pause before the first repetition; it doubles with each.
    pub pause: Duration,
    /// Where the doubling ends.
    pub longest_pause: Duration,
    /// How long after a request was made an attempt may still begin. What would have to wait longer ends as the answer at hand, so that the
    /// connector can say that it is being limited, and the run can be parked instead of sitting there.
    pub patience: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            attempt: Duration::from_secs(60),
            attempts: 5,
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(10),
            patience: Duration::from_secs(60),
        }
    }
}
