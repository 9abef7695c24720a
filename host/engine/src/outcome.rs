//! Construction of the outcomes that stand in the record of a run.

use purser_model::{Blame, Blamed, NextStep, Outcome, OutcomeClass};
use purser_sandbox::CallError;

/// Converts the error of a connector call.
pub(crate) fn from_call(error: &CallError) -> Outcome {
    from_error(error.class(), error)
}

/// Converts any other error, under the given class.
pub(crate) fn from_error(class: OutcomeClass, error: &dyn Blamed) -> Outcome {
    Outcome {
        class,
        blame: error.blame(),
        message: error.to_string(),
        next_step: error.next_step(),
    }
}

/// Creates an outcome in the engine's own words.
pub(crate) fn failed(
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
