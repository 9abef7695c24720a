//! Statistics of HTTP requests: how many were sent, how many of them were retries, and time waited.

use std::ops::AddAssign;
use std::time::Duration;

/// The cost of one request, or the sum over several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequestStats {
    /// HTTP requests sent: redirects and retries included, also those with a refreshed credential.
    pub attempts: u64,
    /// Attempts that repeated an earlier one.
    pub retries: u64,
    /// Time spent waiting: for the rate limit, for a credential, for a `Retry-After`, or between
    /// retries.
    pub waited: Duration,
    /// Bytes of response bodies read, decoded. Bodies of failed attempts count too; the body of a
    /// streamed download does not.
    pub body_bytes: u64,
}

impl AddAssign for RequestStats {
    fn add_assign(&mut self, other: Self) {
        self.attempts = self.attempts.saturating_add(other.attempts);
        self.retries = self.retries.saturating_add(other.retries);
        self.waited = self.waited.saturating_add(other.waited);
        self.body_bytes = self.body_bytes.saturating_add(other.body_bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn add_assign_sums_every_field() {
        let once = RequestStats {
            attempts: 2,
            retries: 1,
            waited: Duration::from_millis(1500),
            body_bytes: 70,
        };

        let mut sum = once;
        sum += once;

        assert_eq!(
            sum,
            RequestStats {
                attempts: 4,
                retries: 2,
                waited: Duration::from_secs(3),
                body_bytes: 140,
            }
        );
    }
}
