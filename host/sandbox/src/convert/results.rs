//! Failures, check reports and reclaim outcomes: from the WIT package to the model.
//!
//! Their text is for people only, so control characters are removed and it is cut.

use super::page::cursor;
use super::{Checked, optional_instant};
use crate::bindings::{actions, types};
use crate::request::{CheckReport, ReclaimOutcome};
use crate::text::plain;
use purser_model::Failure;

/// Longest sentence that is kept, in bytes.
const MAX_SENTENCE: usize = 2_000;

/// Largest number of warnings that is kept.
const MAX_WARNINGS: usize = 50;

/// Converts a failure.
pub(crate) fn failure(failure: types::Failure) -> Checked<Failure> {
    Ok(match failure {
        types::Failure::Transient(text) => Failure::Transient(sentence(&text)),
        types::Failure::RateLimited(until) => {
            Failure::RateLimited(optional_instant(until, "rate-limited")?)
        }
        types::Failure::AuthRejected(text) => Failure::AuthRejected(sentence(&text)),
        types::Failure::PermissionMissing(text) => Failure::PermissionMissing(sentence(&text)),
        types::Failure::PlanUnsupported(text) => Failure::PlanUnsupported(sentence(&text)),
        types::Failure::ConfigInvalid(text) => Failure::ConfigInvalid(sentence(&text)),
        types::Failure::ContractViolation(text) => Failure::ContractViolation(sentence(&text)),
        types::Failure::CheckpointInvalid(text) => Failure::CheckpointInvalid(sentence(&text)),
        types::Failure::Pending(pending) => {
            Failure::Pending(cursor(pending.cursor, "pending")?, pending.wait_ms)
        }
    })
}

/// Converts a check report.
pub(crate) fn check_report(report: actions::CheckReport) -> CheckReport {
    CheckReport {
        identity: report.identity.as_deref().map(sentence),
        tenant: report.tenant.as_deref().map(sentence),
        warnings: report
            .warnings
            .iter()
            .take(MAX_WARNINGS)
            .map(|warning| sentence(warning))
            .collect(),
    }
}

/// Converts a reclaim outcome.
pub(crate) fn reclaim_outcome(outcome: actions::ReclaimOutcome) -> ReclaimOutcome {
    match outcome {
        actions::ReclaimOutcome::Done => ReclaimOutcome::Done,
        actions::ReclaimOutcome::AlreadyGone => ReclaimOutcome::AlreadyGone,
        actions::ReclaimOutcome::Accepted => ReclaimOutcome::Accepted,
        actions::ReclaimOutcome::Refused(why) => ReclaimOutcome::Refused(sentence(&why)),
    }
}

fn sentence(text: &str) -> String {
    plain(text, MAX_SENTENCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(cursor: String) -> types::Failure {
        types::Failure::Pending(types::Pending { cursor, wait_ms: 5 })
    }

    #[test]
    fn text_of_a_failure_is_plain_and_cut() {
        let long = format!("\u{1b}[31m{}", "x".repeat(MAX_SENTENCE));
        let Ok(Failure::Transient(text)) = failure(types::Failure::Transient(long)) else {
            panic!("not transient")
        };
        assert!(text.starts_with("[31mx") && text.len() == MAX_SENTENCE);
    }

    #[test]
    fn invalid_instant_or_cursor_of_a_failure_is_refused() {
        assert!(
            failure(types::Failure::RateLimited(Some(i64::MAX)))
                .unwrap_err()
                .starts_with("rate-limited is ")
        );
        assert!(
            failure(pending("x".repeat(16385)))
                .unwrap_err()
                .starts_with("pending: ")
        );
        assert!(matches!(
            failure(pending("c".into())),
            Ok(Failure::Pending(_, 5))
        ));
    }
}
