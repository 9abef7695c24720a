//! The rate limit of the server: a token bucket.

use std::time::Instant;

/// A limit on the rate of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests that may come at once.
    pub burst: u32,
    /// Requests a second in the long run.
    pub per_second: u32,
}

/// A token bucket.
#[derive(Debug)]
pub(crate) struct TokenBucket {
    limit: RateLimit,
    tokens: f64,
    filled_at: Instant,
}

/// The value of `Retry-After` in seconds. One is the smallest value that the header can express.
pub(crate) const RETRY_AFTER_SECONDS: u64 = 1;

impl TokenBucket {
    /// Creates a full bucket.
    pub(crate) fn new(limit: RateLimit, now: Instant) -> Self {
        Self {
            limit,
            tokens: f64::from(limit.burst),
            filled_at: now,
        }
    }

    /// Takes a token. Returns false if there is none.
    pub(crate) fn try_take(&mut self, now: Instant) -> bool {
        let elapsed = now.duration_since(self.filled_at).as_secs_f64();
        let gained = elapsed * f64::from(self.limit.per_second);
        self.filled_at = now;
        self.tokens = (self.tokens + gained).min(f64::from(self.limit.burst));

        let is_available = self.tokens >= 1.0;
        if is_available {
            self.tokens -= 1.0;
        }

        is_available
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn burst_is_followed_by_a_wait() {
        let limit = RateLimit {
            burst: 3,
            per_second: 2,
        };
        let start = Instant::now();
        let mut bucket = TokenBucket::new(limit, start);

        assert_eq!(
            [0; 4].map(|_| bucket.try_take(start)),
            [true, true, true, false]
        );

        let later = start + Duration::from_secs(RETRY_AFTER_SECONDS);
        assert_eq!([0; 3].map(|_| bucket.try_take(later)), [true, true, false]);
    }
}
