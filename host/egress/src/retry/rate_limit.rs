//! A rate limiter: at most as many requests as the rate hint allows, and none before the time that
//! the application asked for. All clients that share a limiter keep to it together.
//!
//! It is a token bucket in the form of GCRA (ITU-T I.371), so one instant is all its state. The
//! crate `governor` does the same, but cannot be blocked until an instant, which is half of the
//! need here.

use parking_lot::Mutex;
use purser_model::RateHint;
use std::time::Duration;
use tokio::time::Instant;

/// A limit on how often an application is sent requests.
pub struct RateLimiter {
    bucket: Option<Bucket>,
    state: Mutex<LimiterState>,
}

/// The dimensions of the token bucket.
struct Bucket {
    /// The time between two requests while the bucket is empty.
    interval: Duration,
    /// The time by which requests may run ahead of an even spacing.
    burst: Duration,
}

#[derive(Default)]
struct LimiterState {
    /// The instant at which the next request would be due if requests were evenly spaced.
    next_due: Option<Instant>,
    /// The instant before which the application asked to send nothing.
    blocked_until: Option<Instant>,
}

/// The turn would come after the deadline; holds the instant of the turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DeadlineExceeded(pub Instant);

impl RateLimiter {
    /// Creates a limiter for a rate hint; without a hint it limits nothing until it is blocked.
    ///
    /// A tenth of the requests may be sent at once and the others are spread, so that no period of
    /// the hint's length sees more requests than the hint allows, wherever the period begins.
    #[must_use]
    pub fn new(hint: Option<RateHint>) -> Self {
        let bucket = hint.map(|RateHint { requests, per }| {
            let requests = requests.max(1);
            let burst = requests.div_ceil(10);
            let interval = Duration::from_millis(per).div_f64(f64::from(requests - burst + 1));
            Bucket {
                interval,
                burst: interval.saturating_mul(burst - 1),
            }
        });

        Self {
            bucket,
            state: Mutex::default(),
        }
    }

    /// Reserves the next turn and returns its instant.
    ///
    /// # Errors
    /// Fails if the turn would come after `deadline`; it stays available to others then.
    pub(crate) fn reserve(
        &self,
        now: Instant,
        deadline: Instant,
    ) -> Result<Instant, DeadlineExceeded> {
        let mut state = self.state.lock();
        let open_from = state.blocked_until.map_or(now, |until| until.max(now));
        let Some(Bucket { interval, burst }) = &self.bucket else {
            return within_deadline(open_from, now, deadline);
        };

        let due = state.next_due.unwrap_or(open_from);
        let delay = due
            .saturating_duration_since(open_from)
            .saturating_sub(*burst);
        let turn = within_deadline(open_from + delay, now, deadline)?;
        // A hint of an extremely long period must not overflow the clock.
        state.next_due = Some(due.max(turn).checked_add(*interval).unwrap_or(due));

        Ok(turn)
    }

    /// Blocks all requests until an instant that the application asked for. An earlier instant than
    /// the current one has no effect.
    pub(crate) fn block_until(&self, until: Instant) {
        let mut state = self.state.lock();
        state.blocked_until = Some(
            state
                .blocked_until
                .map_or(until, |before| before.max(until)),
        );
    }

    /// Returns the latest instant that requests were blocked until. It may have passed.
    pub(crate) fn blocked_until(&self) -> Option<Instant> {
        self.state.lock().blocked_until
    }

    /// Waits for the next turn, and longer if the limiter is blocked meanwhile.
    ///
    /// # Errors
    /// Fails if the turn would come after `deadline`.
    pub(crate) async fn acquire(&self, deadline: Instant) -> Result<(), DeadlineExceeded> {
        let mut turn = self.reserve(Instant::now(), deadline)?;
        loop {
            // The timer has a resolution of a millisecond, so a turn that is due skips it.
            if turn > Instant::now() {
                tokio::time::sleep_until(turn).await;
            }

            let now = Instant::now();
            match self.blocked_until().filter(|until| *until > now) {
                Some(until) => turn = within_deadline(until, now, deadline)?,
                None => return Ok(()),
            }
        }
    }
}

/// Accepts a turn up to the deadline. A turn that is due now is never too late.
fn within_deadline(
    turn: Instant,
    now: Instant,
    deadline: Instant,
) -> Result<Instant, DeadlineExceeded> {
    if turn > now && turn > deadline {
        Err(DeadlineExceeded(turn))
    } else {
        Ok(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    /// A deadline that no turn of these tests exceeds.
    const FAR: Duration = Duration::from_secs(1_000_000);

    fn limiter(requests: u32, per: u64) -> RateLimiter {
        RateLimiter::new(Some(RateHint { requests, per }))
    }

    /// The turns that immediate requests get, in milliseconds from now.
    fn turns(limiter: &RateLimiter, count: usize) -> Vec<u128> {
        let now = Instant::now();
        (0..count)
            .map(|_| {
                limiter
                    .reserve(now, now + FAR)
                    .unwrap()
                    .duration_since(now)
                    .as_millis()
            })
            .collect()
    }

    #[test]
    fn no_period_exceeds_the_rate_hint() {
        for (requests, per) in [
            (1, 1000),
            (2, 1000),
            (10, 1000),
            (60, 60_000),
            (100, 1000),
            (5000, 3_600_000),
        ] {
            let turns = turns(&limiter(requests, per), requests as usize * 3);
            let allowed = requests as usize;

            for (index, turn) in turns.iter().enumerate().skip(allowed) {
                // A millisecond for rounding.
                assert!(
                    turn - turns[index - allowed] + 1 >= u128::from(per),
                    "{requests} per {per}: request {index}"
                );
            }

            assert!(
                turns[allowed - 1] <= u128::from(per),
                "{requests} per {per} is not slower than it must be"
            );
        }
    }

    #[test]
    fn burst_is_a_tenth_of_the_rate_hint() {
        assert_eq!(
            turns(&limiter(100, 9100), 12),
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 200]
        );
    }

    #[test]
    fn idle_time_does_not_increase_the_burst() {
        let limiter = limiter(10, 1000);
        let start = Instant::now();
        limiter.reserve(start, start + FAR).unwrap();
        let later = start + Duration::from_secs(60);
        let turns: Vec<_> = (0..3)
            .map(|_| {
                limiter
                    .reserve(later, later + FAR)
                    .unwrap()
                    .duration_since(later)
                    .as_millis()
            })
            .collect();

        assert_eq!(turns, [0, 100, 200]);
    }

    #[test]
    fn limiter_without_a_hint_never_waits() {
        assert_eq!(turns(&RateLimiter::new(None), 3), [0, 0, 0]);
    }

    #[test]
    fn block_until_holds_back_all_requests_and_is_not_shortened() {
        let limiter = RateLimiter::new(None);
        let now = Instant::now();
        limiter.block_until(now + Duration::from_secs(5));
        limiter.block_until(now + Duration::from_secs(2));

        for _ in 0..2 {
            assert_eq!(
                limiter.reserve(now, now + FAR),
                Ok(now + Duration::from_secs(5))
            );
        }

        let late = DeadlineExceeded(now + Duration::from_secs(5));

        assert_eq!(
            limiter.reserve(now, now + Duration::from_secs(4)),
            Err(late)
        );

        let after = now + Duration::from_secs(6);

        assert_eq!(limiter.reserve(after, after), Ok(after));
    }

    #[test]
    fn turn_after_the_deadline_stays_available() {
        let limiter = limiter(1, 10_000);
        let now = Instant::now();

        assert_eq!(limiter.reserve(now, now), Ok(now));

        let late = DeadlineExceeded(now + Duration::from_secs(10));

        assert_eq!(
            limiter.reserve(now, now + Duration::from_secs(9)),
            Err(late)
        );
        assert_eq!(
            limiter.reserve(now, now + Duration::from_secs(10)),
            Ok(now + Duration::from_secs(10))
        );
    }

    #[test]
    fn extreme_rate_hints_do_not_overflow() {
        assert_eq!(turns(&limiter(0, 1000), 2), [0, 1000]);
        assert_eq!(turns(&limiter(5, 0), 3), [0, 0, 0]);
        let geological = limiter(1, u64::MAX);
        let now = Instant::now();
        assert!(geological.reserve(now, now + FAR).is_ok());
        assert!(limiter(u32::MAX, u64::MAX).reserve(now, now + FAR).is_ok());
    }

    #[tokio::test]
    async fn due_turn_is_acquired_without_sleeping() {
        let latest = Instant::now() + FAR;
        for limiter in [RateLimiter::new(None), limiter(1000, 1000)] {
            for _ in 0..50 {
                assert_eq!(limiter.acquire(latest).now_or_never(), Some(Ok(())));
            }
        }
    }

    #[tokio::test]
    async fn waiting_request_waits_longer_when_blocked_meanwhile() {
        let limiter = limiter(1, 30);
        let latest = Instant::now() + Duration::from_secs(5);
        limiter.acquire(latest).await.unwrap();
        let blocked = Instant::now() + Duration::from_millis(80);
        let (waited, ()) = tokio::join!(limiter.acquire(latest), async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            limiter.block_until(blocked);
        });
        waited.unwrap();

        assert!(Instant::now() >= blocked);
    }
}
