//! The outcome of a run, as stored in `run.outcome`.

use purser_model::{Blame, NextStep, Outcome, OutcomeClass};
use serde::{Deserialize, Serialize};

/// A stored [`Outcome`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OutcomeRow {
    class: OutcomeClass,
    blame: Blame,
    message: String,
    next_step: Option<NextStep>,
}

impl From<&Outcome> for OutcomeRow {
    fn from(outcome: &Outcome) -> Self {
        let Outcome {
            class,
            blame,
            message,
            next_step,
        } = outcome.clone();

        Self {
            class,
            blame,
            message,
            next_step,
        }
    }
}

impl From<OutcomeRow> for Outcome {
    fn from(row: OutcomeRow) -> Self {
        let OutcomeRow {
            class,
            blame,
            message,
            next_step,
        } = row;

        Self {
            class,
            blame,
            message,
            next_step,
        }
    }
}
