//! How the end of a call is told in a run's record.

use purser_model::{Blame, Blamed, NextStep, Outcome, OutcomeClass};
use purser_sandbox::CallError;

/// Tells a call's error.
pub(crate) fn of_call(error: &CallError) -> Outcome {
    let next_step = error.next_step();
    Outcome {
        class: error.class(),
        blame: error.blame(),
        message: error.to_string(),
        next_step,
    }
}

/// Tells any other error, under a stable word of its own.
pub(crate) fn of(class: OutcomeClass, error: &dyn Blamed) -> Outcome {
    Outcome {
        class,
        blame: error.blame(),
        message: error.to_string(),
        next_step: error.next_step(),
    }
}

/// An outcome in words of the engine's own.
pub(crate) fn told(
    class: OutcomeClass,
    blame: Blame,
    message: String,
    next_step: impl Into<NextStep>,
) -> Outcome {
    Outcome {
        class,
        blame,
        message,
        next_step: Some(next_step.into()),
    }
}
