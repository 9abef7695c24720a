//! Whether a request is sent again, and after which pause.

pub(crate) mod after;
pub(crate) mod budget;
pub(crate) mod rate_limit;

use crate::attempt::Answer;
use crate::attempt_error::Fault;
use crate::timeouts::Timing;
use after as advice;
use std::time::Duration;

/// Whether another attempt may help and does no harm. `repeatable` is whether sending the request twice does what sending it once does; where
/// it is not, only one that certainly never left is repeated.
pub(crate) fn is_worthwhile(outcome: &Result<Answer, Fault>, repeatable: bool) -> bool {
    match outcome {
        Ok(answer) => repeatable && advice::is_for_now(answer.status, answer.wait),
        Err(fault) => fault.passing && (repeatable || fault.unsent),
    }
}

/// The pause before attempt `attempt` + 1: anything up to a ceiling that doubles ("full jitter"), so that many clients whom one failure hit
/// at one time do not all come back at one time.
pub(crate) fn pause(timing: &Timing, attempt: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
    timing
        .pause
        .saturating_mul(doubled)
        .min(timing.longest_pause)
        .mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_spread_and_end() {
        let timing = Timing {
            pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(6),
            ..Timing::default()
        };
        for (attempt, ceiling) in [(1, 1), (2, 2), (3, 4), (4, 6), (40, 6), (u32::MAX, 6)] {
            let pauses: Vec<_> = (0..200).map(|_| pause(&timing, attempt)).collect();
            let ceiling = Duration::from_secs(ceiling);
            assert!(pauses.iter().all(|pause| *pause <= ceiling));
            assert!(pauses.iter().any(|pause| *pause > ceiling.mul_f64(0.8)));
            assert!(pauses.iter().any(|pause| *pause < ceiling.mul_f64(0.2)));
        }
    }
}
