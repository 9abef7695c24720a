//! Reasons why a stream was not read to its end.

use crate::{Error, outcome};
use jiff::Timestamp;
use purser_model::{Outcome, OutcomeClass};
use purser_store::StoreError;

/// Reason why a stream was not read to its end.
pub(super) enum StreamError {
    /// The read failed; the outcome goes into the run's record.
    Failed(Outcome),
    /// The read continues at this instant and not before, for this reason.
    Parked(Timestamp, Outcome),
    /// A person cancelled the run.
    Cancelled,
    /// Purser itself failed.
    Host(Error),
}

impl From<StoreError> for StreamError {
    fn from(error: StoreError) -> Self {
        // why: these two say that the page is wrong; the store itself works
        let class = match error {
            StoreError::RepeatedCursor(_) => OutcomeClass::PaginationStall,
            StoreError::WrongKind { .. } => OutcomeClass::ContractViolation,
            error => return Self::Host(error.into()),
        };

        Self::Failed(outcome::from_error(class, &error))
    }
}

impl From<tokio::task::JoinError> for StreamError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Host(error.into())
    }
}
