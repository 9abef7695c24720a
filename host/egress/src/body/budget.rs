//! How many bytes may still come, counted by all who read at once.

use crate::attempt_error::Fault;
use purser_model::HttpError;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a limit of the grant leaves of bytes. Requests of one call that are under way beside one another take from it as they read, so that
/// together they get no more than one alone.
#[derive(Debug)]
pub struct ByteBudget {
    limit: &'static str,
    all: u64,
    left: AtomicU64,
}

impl ByteBudget {
    /// All that a limit, named as in a grant, allows.
    #[must_use]
    pub const fn new(limit: &'static str, bytes: u64) -> Self {
        Self {
            limit,
            all: bytes,
            left: AtomicU64::new(bytes),
        }
    }

    /// Takes so many bytes, which have come.
    ///
    /// # Errors
    /// When that many are not left. Then nothing is: what is too much once is not to be had in smaller pieces.
    pub(crate) fn take(&self, bytes: u64) -> Result<(), Fault> {
        let taken = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(bytes)
            });
        taken.map(drop).map_err(|_| {
            self.left.store(0, Ordering::SeqCst);
            self.exceeded()
        })
    }

    /// Whether so many bytes, which are announced, can be taken.
    ///
    /// # Errors
    /// When they cannot. They may have been announced wrongly, so they take nothing from others.
    pub(crate) fn allows(&self, bytes: u64) -> Result<(), Fault> {
        if bytes <= self.left.load(Ordering::SeqCst) {
            Ok(())
        } else {
            Err(self.exceeded())
        }
    }

    fn exceeded(&self) -> Fault {
        Fault::lasting(HttpError::BudgetExhausted(format!(
            "{} = {}",
            self.limit, self.all
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_take_from_one() {
        let budget = ByteBudget::new("response-bytes-total", 100);
        let taken = std::thread::scope(|scope| {
            let takers: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| (0..30).filter(|_| budget.take(1).is_ok()).count()))
                .collect();
            takers
                .into_iter()
                .map(|taker| taker.join().unwrap())
                .sum::<usize>()
        });
        assert_eq!(taken, 100);
        assert_eq!(
            budget.take(1).unwrap_err().error,
            HttpError::BudgetExhausted("response-bytes-total = 100".into())
        );
    }

    #[test]
    fn what_is_announced_takes_nothing() {
        let budget = ByteBudget::new("download-bytes", 10);
        assert!(budget.allows(11).is_err() && budget.allows(10).is_ok() && budget.take(10).is_ok());
        assert!(budget.allows(1).is_err() && budget.take(0).is_ok());
        let budget = ByteBudget::new("download-bytes", 10);
        assert!(budget.take(11).is_err() && budget.take(1).is_err());
    }
}
