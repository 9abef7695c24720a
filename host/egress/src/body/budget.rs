//! A byte budget that concurrent readers share.

use crate::attempt_error::AttemptError;
use purser_model::HttpError;
use std::sync::atomic::{AtomicU64, Ordering};

/// The bytes that a limit of the grant still allows. Concurrent requests of one call consume it as
/// they read, so together they get no more than one request alone.
#[derive(Debug)]
pub struct ByteBudget {
    limit: &'static str,
    total: u64,
    left: AtomicU64,
}

impl ByteBudget {
    /// Creates a budget of `bytes`. `limit` is the name of the limit in a grant, for errors.
    #[must_use]
    pub const fn new(limit: &'static str, bytes: u64) -> Self {
        Self {
            limit,
            total: bytes,
            left: AtomicU64::new(bytes),
        }
    }

    /// Consumes bytes that have arrived.
    ///
    /// # Errors
    /// Fails if fewer than `bytes` remain, and drains the budget so that the caller cannot continue
    /// in smaller steps.
    pub(crate) fn consume(&self, bytes: u64) -> Result<(), AttemptError> {
        let consumed = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(bytes)
            });

        consumed.map(drop).map_err(|_| {
            self.left.store(0, Ordering::SeqCst);
            self.exhausted()
        })
    }

    /// Checks that `bytes`, which are announced, could be consumed now.
    ///
    /// # Errors
    /// Fails if they could not. The budget stays as it is, because the announcement may be wrong.
    pub(crate) fn check(&self, bytes: u64) -> Result<(), AttemptError> {
        if bytes <= self.left.load(Ordering::SeqCst) {
            Ok(())
        } else {
            Err(self.exhausted())
        }
    }

    fn exhausted(&self) -> AttemptError {
        AttemptError::permanent(HttpError::BudgetExhausted(format!(
            "{} = {}",
            self.limit, self.total
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concurrent_readers_share_one_budget() {
        let budget = ByteBudget::new("response-bytes-total", 100);

        let consumed = std::thread::scope(|scope| {
            let readers: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| (0..30).filter(|_| budget.consume(1).is_ok()).count()))
                .collect();
            readers
                .into_iter()
                .map(|reader| reader.join().unwrap())
                .sum::<usize>()
        });

        assert_eq!(consumed, 100);
        assert_eq!(
            budget.consume(1).unwrap_err().error,
            HttpError::BudgetExhausted("response-bytes-total = 100".into())
        );
    }

    #[test]
    fn check_consumes_nothing() {
        let budget = ByteBudget::new("download-bytes", 10);

        assert!(budget.check(11).is_err());
        assert!(budget.check(10).is_ok());
        assert!(budget.consume(10).is_ok());

        assert!(budget.check(1).is_err());
        assert!(budget.consume(0).is_ok());
    }

    #[test]
    fn consuming_too_much_drains_the_budget() {
        let budget = ByteBudget::new("download-bytes", 10);

        assert!(budget.consume(11).is_err());
        assert!(budget.consume(1).is_err());
    }
}
