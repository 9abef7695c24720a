//! A token bucket: so many requests at once, so many a second after that.

use std::time::Instant;

/// How often the application may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests that may come at once.
    pub burst: u32,
    /// Requests a second in the long run.
    pub per_second: u32,
}

/// The bucket.
#[derive(Debug)]
pub(crate) struct Limiter {
    rate: Rate,
    tokens: f64,
    filled_at: Instant,
}

/// What `Retry-After` says: whole seconds are all that it can say.
pub(crate) const RETRY_AFTER_SECONDS: u64 = 1;

impl Limiter {
    /// A full bucket.
    pub(crate) fn new(rate: Rate, now: Instant) -> Self {
        Self {
            rate,
            tokens: f64::from(rate.burst),
            filled_at: now,
        }
    }

    /// Takes a token; false when there is none.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        let gained =
            now.duration_since(self.filled_at).as_secs_f64() * f64::from(self.rate.per_second);
        self.filled_at = now;
        self.tokens = (self.tokens + gained).min(f64::from(self.rate.burst));
        let enough = self.tokens >= 1.0;
        if enough {
            self.tokens -= 1.0;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_burst_is_followed_by_a_wait() {
        let start = Instant::now();
        let mut limiter = Limiter::new(
            Rate {
                burst: 3,
                per_second: 2,
            },
            start,
        );
        assert_eq!(
            [0; 4].map(|_| limiter.take(start)),
            [true, true, true, false]
        );
        let later = start + Duration::from_secs(RETRY_AFTER_SECONDS);
        assert_eq!([0; 3].map(|_| limiter.take(later)), [true, true, false]);
    }
}
