//! Errors of a reconciliation.

use purser_model::{Blame, Blamed, MoneyError, NextStep};

/// An input that cannot be reconciled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReconcileError {
    /// The window of inactivity has no days, which would make every seat wasted.
    #[error("a seat cannot count as inactive after 0 days: every seat would be wasted")]
    NoWindow,
    /// The cost of a product cannot be computed.
    #[error("the cost of {product} of {application} cannot be computed: {source}")]
    Cost {
        /// The application.
        application: String,
        /// The product's identifier in the application.
        product: String,
        /// The error of the computation.
        source: MoneyError,
    },
    /// The costs of all products cannot be added up.
    #[error("the costs of all products cannot be added up: {0}")]
    Totals(MoneyError),
}

impl Blamed for ReconcileError {
    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn next_step(&self) -> Option<NextStep> {
        let text = match self {
            Self::NoWindow => {
                "give the rule for inactive seats a window of at least 1 day; 60 is usual"
                    .to_owned()
            }
            Self::Cost {
                application,
                product,
                ..
            } => {
                format!(
                    "correct the unit cost and quantity of the entitlements to {product} of \
                     {application}, and import them again"
                )
            }
            Self::Totals(_) => {
                "look for a unit cost far too large among the entitlements, and import them again"
                    .to_owned()
            }
        };

        Some(NextStep::from(text))
    }
}
