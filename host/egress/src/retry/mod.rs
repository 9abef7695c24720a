//! Retries: the pause before one, the application's `Retry-After`, the budget and the rate limit.

pub(crate) mod after;
pub(crate) mod budget;
mod limits;
pub(crate) mod rate_limit;
mod stated_time;

use crate::timeouts::Timeouts;
use std::time::Duration;

/// Returns the pause between attempt number `attempt` (the first is 1) and the next one: a random
/// time up to a ceiling that doubles with each attempt ("full jitter"). It spreads the clients that
/// one failure hit at the same time.
///
/// Written by hand because `backon` adds its jitter to the delay: it never pauses less than the
/// delay, and up to twice its own maximum.
pub(crate) fn backoff(timeouts: &Timeouts, attempt: u32) -> Duration {
    let doublings = attempt.saturating_sub(1);
    let ceiling = timeouts
        .backoff_base
        .saturating_mul(2_u32.saturating_pow(doublings))
        .min(timeouts.backoff_max);

    ceiling.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_ceiling_doubles_up_to_its_maximum_with_full_jitter() {
        let timeouts = Timeouts {
            backoff_base: Duration::from_secs(1),
            backoff_max: Duration::from_secs(6),
            ..Timeouts::default()
        };

        for (attempt, ceiling) in [(1, 1), (2, 2), (3, 4), (4, 6), (40, 6), (u32::MAX, 6)] {
            let pauses: Vec<_> = (0..200).map(|_| backoff(&timeouts, attempt)).collect();

            let ceiling = Duration::from_secs(ceiling);
            assert!(pauses.iter().all(|pause| *pause <= ceiling));
            assert!(pauses.iter().any(|pause| *pause > ceiling.mul_f64(0.8)));
            assert!(pauses.iter().any(|pause| *pause < ceiling.mul_f64(0.2)));
        }
    }
}
