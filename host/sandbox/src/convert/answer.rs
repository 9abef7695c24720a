//! The smaller answers: failures, check reports, what a reclaim came to. Their text is for people, so it is made plain and cut; nothing is
//! decided by it.

use super::page::cursor;
use super::{Checked, optional_instant};
use crate::bindings::{actions, types};
use crate::request::{CheckReport, ReclaimOutcome};
use crate::text::plain;
use purser_model::Failure;

/// How much of a sentence is kept, in bytes.
const MAX_WORDS: usize = 2_000;

/// How many warnings of a check are kept.
const MAX_WARNINGS: usize = 50;

/// Reads a failure.
pub(crate) fn failure(failure: types::Failure) -> Checked<Failure> {
    Ok(match failure {
        types::Failure::Transient(text) => Failure::Transient(words(&text)),
        types::Failure::RateLimited(until) => {
            Failure::RateLimited(optional_instant(until, "rate-limited")?)
        }
        types::Failure::AuthRejected(text) => Failure::AuthRejected(words(&text)),
        types::Failure::PermissionMissing(text) => Failure::PermissionMissing(words(&text)),
        types::Failure::PlanUnsupported(text) => Failure::PlanUnsupported(words(&text)),
        types::Failure::ConfigInvalid(text) => Failure::ConfigInvalid(words(&text)),
        types::Failure::ContractViolation(text) => Failure::ContractViolation(words(&text)),
        types::Failure::CheckpointInvalid(text) => Failure::CheckpointInvalid(words(&text)),
        types::Failure::Pending((text, wait_ms)) => {
            Failure::Pending(cursor(text, "pending")?, wait_ms)
        }
    })
}

/// Reads what a check found.
pub(crate) fn check_report(report: actions::CheckReport) -> CheckReport {
    CheckReport {
        identity: report.identity.as_deref().map(words),
        tenant: report.tenant.as_deref().map(words),
        warnings: report
            .warnings
            .iter()
            .take(MAX_WARNINGS)
            .map(|warning| words(warning))
            .collect(),
    }
}

/// Reads what a reclaim came to.
pub(crate) fn reclaim_outcome(outcome: actions::ReclaimOutcome) -> ReclaimOutcome {
    match outcome {
        actions::ReclaimOutcome::Done => ReclaimOutcome::Done,
        actions::ReclaimOutcome::AlreadyGone => ReclaimOutcome::AlreadyGone,
        actions::ReclaimOutcome::Accepted => ReclaimOutcome::Accepted,
        actions::ReclaimOutcome::Refused(why) => ReclaimOutcome::Refused(words(&why)),
    }
}

fn words(text: &str) -> String {
    plain(text, MAX_WORDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_failure_are_plain_and_cut() {
        let long = format!("\u{1b}[31m{}", "x".repeat(MAX_WORDS));
        let Ok(Failure::Transient(text)) = failure(types::Failure::Transient(long)) else {
            panic!("not transient")
        };
        assert!(text.starts_with("[31mx") && text.len() == MAX_WORDS);
    }

    #[test]
    fn what_the_host_acts_on_is_checked() {
        assert!(
            failure(types::Failure::RateLimited(Some(i64::MAX)))
                .unwrap_err()
                .starts_with("rate-limited is ")
        );
        assert!(
            failure(types::Failure::Pending(("x".repeat(16385), 5)))
                .unwrap_err()
                .starts_with("pending: ")
        );
        assert!(matches!(
            failure(types::Failure::Pending(("c".into(), 5))),
            Ok(Failure::Pending(_, 5))
        ));
    }
}
