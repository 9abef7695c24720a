//! Outcomes of failed runs and checks in JSON.

use crate::render::next_step;
use crate::words;
use purser_model::Outcome;
use serde::Serialize;

/// The failure of a run or a check.
#[derive(Serialize)]
pub(super) struct OutcomeJson<'a> {
    class: &'static str,
    blame: &'static str,
    message: &'a str,
    /// The step as one line of text; absent when the blame already says what to do.
    next_step: Option<String>,
}

impl<'a> From<&'a Outcome> for OutcomeJson<'a> {
    fn from(outcome: &'a Outcome) -> Self {
        Self {
            class: outcome.class.as_str(),
            blame: words::blame(outcome.blame),
            message: &outcome.message,
            next_step: outcome.next_step.as_ref().map(next_step::command),
        }
    }
}
