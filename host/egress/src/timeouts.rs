//! Timeouts and backoff limits of every request, in one place, so that tests can shorten them.

use std::time::Duration;

/// Timeouts of requests, and bounds of the pause between retries.
#[derive(Debug, Clone)]
pub(crate) struct Timeouts {
    /// The limit for resolving, connecting and the TLS handshake together.
    pub connect: Duration,
    /// The limit for a single silence while a response is awaited or read.
    pub silence: Duration,
    /// The limit for one attempt, from connecting to the last byte.
    pub attempt: Duration,
    /// The limit for a token request, from connecting to the last byte.
    pub token: Duration,
    /// The longest pause before the first retry. It doubles with each further retry.
    pub backoff_base: Duration,
    /// The bound of that doubling.
    pub backoff_max: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            attempt: Duration::from_secs(60),
            token: Duration::from_secs(20),
            backoff_base: Duration::from_millis(500),
            backoff_max: Duration::from_secs(10),
        }
    }
}
