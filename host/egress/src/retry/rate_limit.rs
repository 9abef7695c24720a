//! The pace of a channel: at most as many requests as the rate hint says, and none before the application wants to hear from us again. All
//! who share a channel share its pace.
//!
//! A token bucket in the form of GCRA (ITU-T I.371): one instant is all its state. The crate `governor` does the same, but has no way to
//! close for a while and open again, which is half of what is needed here.

use purser_model::RateHint;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A pace that channels keep to.
pub struct Pace {
    bucket: Option<Bucket>,
    state: Mutex<State>,
}

/// The bucket's measures.
struct Bucket {
    /// Between two requests, when the bucket is empty.
    interval: Duration,
    /// How far ahead of an even spacing requests may run.
    burst: Duration,
}

#[derive(Default)]
struct State {
    /// When the next request would be due, were they evenly spaced.
    due: Option<Instant>,
    /// Until when the application wants to be left alone.
    closed_until: Option<Instant>,
}

/// The turn would come too late. When it would come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLate(pub Instant);

impl Pace {
    /// A pace for a rate hint. A tenth of the requests may be sent at once and the others are spread, such that no period of the hint's
    /// length, wherever it begins, sees more than the hint allows.
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

    /// Takes the next turn.
    ///
    /// # Errors
    /// When it would come after `latest`; it is left to others then.
    pub(crate) fn take_turn(&self, now: Instant, latest: Instant) -> Result<Instant, TooLate> {
        let mut state = self.state();
        let open = state.closed_until.map_or(now, |until| until.max(now));
        let Some(Bucket { interval, burst }) = &self.bucket else {
            return in_time(open, now, latest);
        };
        let due = state.due.unwrap_or(open);
        let turn = in_time(
            open + due.saturating_duration_since(open).saturating_sub(*burst),
            now,
            latest,
        )?;
        // A hint of geological length must not overflow the clock.
        state.due = Some(due.max(turn).checked_add(*interval).unwrap_or(due));
        Ok(turn)
    }

    /// Closes the channel to everyone until an instant, on the application's word. Never opens it earlier than was said before.
    pub(crate) fn close_until(&self, until: Instant) {
        let mut state = self.state();
        state.closed_until = Some(state.closed_until.map_or(until, |before| before.max(until)));
    }

    /// When the channel opens, if it is closed.
    pub(crate) fn closed_until(&self) -> Option<Instant> {
        self.state().closed_until
    }

    /// Waits for a turn, and on if the channel was closed in the meantime.
    ///
    /// # Errors
    /// When the turn would come after `latest`.
    pub(crate) async fn wait(&self, latest: Instant) -> Result<(), TooLate> {
        let mut turn = self.take_turn(Instant::now(), latest)?;
        loop {
            // Not asked for a turn that is due: the timer counts in milliseconds, and would wait for the next one.
            if turn > Instant::now() {
                tokio::time::sleep_until(turn).await;
            }
            let now = Instant::now();
            match self.closed_until().filter(|until| *until > now) {
                Some(until) => turn = in_time(until, now, latest)?,
                None => return Ok(()),
            }
        }
    }

    /// Two instants are as usable after a panic elsewhere as before.
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A turn that is now is never too late.
fn in_time(turn: Instant, now: Instant, latest: Instant) -> Result<Instant, TooLate> {
    if turn > now && turn > latest {
        Err(TooLate(turn))
    } else {
        Ok(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    const FAR: Duration = Duration::from_secs(1_000_000);

    fn pace(requests: u32, per: u64) -> Pace {
        Pace::new(Some(RateHint { requests, per }))
    }

    /// The instants, as milliseconds from the first, at which requests made without pause are sent.
    fn turns(pace: &Pace, count: usize) -> Vec<u128> {
        let now = Instant::now();
        (0..count)
            .map(|_| {
                pace.take_turn(now, now + FAR)
                    .unwrap()
                    .duration_since(now)
                    .as_millis()
            })
            .collect()
    }

    #[test]
    fn no_period_sees_more_than_the_hint() {
        for (requests, per) in [
            (1, 1000),
            (2, 1000),
            (10, 1000),
            (60, 60_000),
            (100, 1000),
            (5000, 3_600_000),
        ] {
            let turns = turns(&pace(requests, per), requests as usize * 3);
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
    fn a_tenth_may_go_at_once() {
        assert_eq!(
            turns(&pace(100, 9100), 12),
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 200]
        );
    }

    #[test]
    fn an_idle_channel_does_not_save_up() {
        let pace = pace(10, 1000);
        let start = Instant::now();
        pace.take_turn(start, start + FAR).unwrap();
        let later = start + Duration::from_secs(60);
        let turns: Vec<_> = (0..3)
            .map(|_| {
                pace.take_turn(later, later + FAR)
                    .unwrap()
                    .duration_since(later)
                    .as_millis()
            })
            .collect();
        assert_eq!(turns, [0, 100, 200]);
    }

    #[test]
    fn without_a_hint_nobody_waits() {
        assert_eq!(turns(&Pace::new(None), 3), [0, 0, 0]);
    }

    #[test]
    fn a_closed_channel_is_closed_to_all_and_opens_once() {
        let pace = Pace::new(None);
        let now = Instant::now();
        pace.close_until(now + Duration::from_secs(5));
        pace.close_until(now + Duration::from_secs(2));
        for _ in 0..2 {
            assert_eq!(
                pace.take_turn(now, now + FAR),
                Ok(now + Duration::from_secs(5))
            );
        }
        let late = TooLate(now + Duration::from_secs(5));
        assert_eq!(pace.take_turn(now, now + Duration::from_secs(4)), Err(late));
        let after = now + Duration::from_secs(6);
        assert_eq!(pace.take_turn(after, after), Ok(after));
    }

    #[test]
    fn a_turn_that_comes_too_late_is_left_to_others() {
        let pace = pace(1, 10_000);
        let now = Instant::now();
        assert_eq!(pace.take_turn(now, now), Ok(now));
        let late = TooLate(now + Duration::from_secs(10));
        assert_eq!(pace.take_turn(now, now + Duration::from_secs(9)), Err(late));
        assert_eq!(
            pace.take_turn(now, now + Duration::from_secs(10)),
            Ok(now + Duration::from_secs(10))
        );
    }

    #[test]
    fn a_senseless_hint_does_no_harm() {
        assert_eq!(turns(&pace(0, 1000), 2), [0, 1000]);
        assert_eq!(turns(&pace(5, 0), 3), [0, 0, 0]);
        let (geological, now) = (pace(1, u64::MAX), Instant::now());
        assert!(geological.take_turn(now, now + FAR).is_ok());
        assert!(pace(u32::MAX, u64::MAX).take_turn(now, now + FAR).is_ok());
    }

    #[tokio::test]
    async fn a_turn_that_is_due_is_not_waited_for() {
        let latest = Instant::now() + FAR;
        for pace in [Pace::new(None), pace(1000, 1000)] {
            for _ in 0..50 {
                assert_eq!(pace.wait(latest).now_or_never(), Some(Ok(())));
            }
        }
    }

    #[tokio::test]
    async fn who_is_waiting_waits_on_when_the_channel_closes() {
        let pace = pace(1, 30);
        let latest = Instant::now() + Duration::from_secs(5);
        pace.wait(latest).await.unwrap();
        let closed = Instant::now() + Duration::from_millis(80);
        let (waited, ()) = tokio::join!(pace.wait(latest), async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            pace.close_until(closed);
        });
        waited.unwrap();
        assert!(Instant::now() >= closed);
    }
}
