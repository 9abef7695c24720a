//! Caps retries per client. A few retries are harmless for one request; thousands together overload
//! an application that is already down.
//!
//! The scheme is gRPC's retry throttling (proposal A6): each response earns a fraction of a retry,
//! up to a maximum.

use std::sync::atomic::{AtomicU32, Ordering};

/// The retries in a new budget, and the most it can hold.
const MAX_RETRIES: u32 = 50;

/// The responses that earn one retry.
const RESPONSES_PER_RETRY: u32 = 10;

/// The retries that a client has left, counted in responses.
pub(crate) struct RetryBudget(AtomicU32);

impl Default for RetryBudget {
    fn default() -> Self {
        Self(AtomicU32::new(MAX_RETRIES * RESPONSES_PER_RETRY))
    }
}

impl RetryBudget {
    /// Adds the share of one response that was not a temporary refusal.
    pub(crate) fn deposit(&self) {
        self.update(|left| Some((left + 1).min(MAX_RETRIES * RESPONSES_PER_RETRY)));
    }

    /// Takes one retry. False if none is left.
    pub(crate) fn withdraw(&self) -> bool {
        self.update(|left| left.checked_sub(RESPONSES_PER_RETRY))
    }

    fn update(&self, change: impl FnMut(u32) -> Option<u32>) -> bool {
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, change)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Withdraws until the budget refuses, and returns how often it did not.
    fn drain(budget: &RetryBudget) -> usize {
        (0..200).filter(|_| budget.withdraw()).count()
    }

    #[test]
    fn retry_budget_holds_fifty_and_earns_one_per_ten_responses() {
        let budget = RetryBudget::default();

        assert_eq!(drain(&budget), 50);

        (0..95).for_each(|_| budget.deposit());

        assert_eq!(drain(&budget), 9);

        (0..100_000).for_each(|_| budget.deposit());

        assert_eq!(drain(&budget), 50, "it holds no more than at the start");
    }
}
