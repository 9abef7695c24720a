//! Words for the end of a stream's read: the reason why it is not complete, and the removals that a
//! complete one leads to.

use super::error::StreamError;
use crate::outcome;
use purser_model::{Blame, NextStep, Outcome, OutcomeClass, ProfileName, StreamName};
use purser_store::{Completion, Removal, RemovalHold};

/// Creates the outcome of a read that ended and is not complete.
pub(super) fn not_complete(
    stream: &StreamName,
    objection: Completion,
    profile: &ProfileName,
) -> Outcome {
    let message = match objection {
        Completion::ShrinkRefused { would_remove, had } => {
            return outcome::failed(
                OutcomeClass::ShrinkGuard,
                Blame::Upstream,
                format!(
                    "stream {stream} was read to its end and lacks {would_remove} of the {had} records it had; nothing was removed"
                ),
                NextStep::AcceptShrink {
                    profile: Some(profile.clone()),
                },
            );
        }
        Completion::Short { found, total } => format!(
            "the list of stream {stream} ended after {found} of the {total} rows that the application says it has; nothing was removed"
        ),
        Completion::Repeating { repeated } => format!(
            "pages of stream {stream} repeat {repeated} rows of earlier pages in every read, and no total shows that all rows came; nothing was removed"
        ),
        Completion::TooManyRejected { rejected, rows } => format!(
            "{rejected} of the {rows} rows of stream {stream} could not be used, too many for a complete read; nothing was removed"
        ),
        // why: these two are no objections; a new one must not pass as complete
        Completion::Complete(_) | Completion::Shifted => {
            format!("the read of stream {stream} is not complete; nothing was removed")
        }
    };

    outcome::failed(
        OutcomeClass::Incomplete,
        Blame::Upstream,
        message,
        next_step(objection),
    )
}

fn next_step(objection: Completion) -> NextStep {
    let advice = match objection {
        Completion::TooManyRejected { .. } => {
            "look at the rejected rows of the run, and report their reasons to the connector's author"
        }
        _ => {
            "run the profile again; if it ends the same way, report the run to the connector's author: the application pages its list in another way than the connector expects"
        }
    };
    NextStep::advice(advice)
}

/// Explains a cursor that is refused in the very read that gave it. A retry would meet the same.
pub(super) fn with_recurring_checkpoint(error: StreamError, stream: &StreamName) -> StreamError {
    let outcome = match error {
        StreamError::Failed(outcome) if outcome.class == OutcomeClass::CheckpointInvalid => outcome,
        other => return other,
    };

    StreamError::Failed(outcome::failed(
        outcome.class,
        Blame::Upstream,
        format!(
            "stream {stream} cannot be read to its end: a cursor of the same read was refused ({})",
            outcome.message
        ),
        "report the run to the connector's author: the application's cursors expire within a read, or it pages in another way than the connector expects",
    ))
}

/// Returns lines for the run's log about the removals of a complete read.
pub(super) fn removal_notes(stream: &StreamName, removal: Removal) -> Vec<String> {
    let Removal {
        missing,
        hold,
        stability_unchecked,
        ..
    } = removal;
    let mut notes = Vec::new();

    if missing > 0 {
        notes.push(format!(
            "accounts missing since this read: {missing}; they still count, and are removed if the next complete read lacks them too"
        ));
    }
    if missing > 0 && stability_unchecked {
        notes.push(format!(
            "stream {stream} is paged by position without a total, so nothing shows whether rows changed place during the read"
        ));
    }
    match hold {
        Some(RemovalHold::Unidentified { rows }) => notes.push(format!(
            "rejected rows without a readable id: {rows}; each could be any record, so none is removed"
        )),
        Some(RemovalHold::OtherStreams) | None => {}
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_read_states_both_numbers_and_is_not_the_connectors_fault() {
        let short = Completion::Short {
            found: 3,
            total: 250,
        };

        let outcome = not_complete(&"users".parse().unwrap(), short, &"hub".parse().unwrap());

        assert_eq!(outcome.class, OutcomeClass::Incomplete);
        assert_eq!(outcome.blame, Blame::Upstream);
        assert!(outcome.message.contains("3 of the 250 rows"), "{outcome:?}");
        assert!(outcome.next_step.is_some());
    }

    #[test]
    fn cursor_that_its_own_read_refuses_is_not_to_be_tried_again() {
        let refused = |class| {
            let outcome = outcome::failed(class, Blame::Upstream, "410".into(), "retry");
            let stream = "users".parse().unwrap();
            match with_recurring_checkpoint(StreamError::Failed(outcome), &stream) {
                StreamError::Failed(outcome) => outcome,
                _ => panic!("no failure"),
            }
        };

        let outcome = refused(OutcomeClass::CheckpointInvalid);
        assert!(outcome.message.contains("the same read"), "{outcome:?}");
        assert_eq!(outcome.blame, Blame::Upstream);
        let step = outcome.next_step.unwrap();
        assert!(!step.text().unwrap().contains("retry"), "{step:?}");
        assert_eq!(refused(OutcomeClass::Transient).message, "410");
    }

    #[test]
    fn complete_read_without_removals_has_nothing_to_note() {
        assert!(removal_notes(&"users".parse().unwrap(), Removal::default()).is_empty());
    }
}
