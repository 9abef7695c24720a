//! How many repetitions a channel has left. What one request may do, repeat a few times, thousands of them would make an assault of: on an
//! application that is down, which is when they all do.
//!
//! The measure that gRPC takes ("retry throttling", proposal A6): each answer earns a fraction of a repetition, up to a store of so many.

use std::sync::atomic::{AtomicU32, Ordering};

/// Repetitions that a channel begins with, and the most that it can save up.
const MOST: u32 = 50;

/// Answers that earn one repetition.
const ANSWERS: u32 = 10;

/// What a channel has left, in parts that one answer earns.
pub(crate) struct Repetitions(AtomicU32);

impl Default for Repetitions {
    fn default() -> Self {
        Self(AtomicU32::new(MOST * ANSWERS))
    }
}

impl Repetitions {
    /// A request was answered, and not with a refusal for now.
    pub(crate) fn earn(&self) {
        self.change(|left| Some((left + 1).min(MOST * ANSWERS)));
    }

    /// Takes one, if there is one left.
    pub(crate) fn take(&self) -> bool {
        self.change(|left| left.checked_sub(ANSWERS))
    }

    fn change(&self, change: impl FnMut(u32) -> Option<u32>) -> bool {
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, change)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_the_answers_may_be_repeated_beyond_the_store() {
        let repetitions = Repetitions::default();
        assert_eq!((0..200).filter(|_| repetitions.take()).count(), 50);
        (0..95).for_each(|_| repetitions.earn());
        assert_eq!((0..200).filter(|_| repetitions.take()).count(), 9);
        (0..100_000).for_each(|_| repetitions.earn());
        assert_eq!((0..200).filter(|_| repetitions.take()).count(), 50);
    }
}
