//! Reconciliation: everything that was read against everything that is owned. [`reconcile`] takes it all at once; what is too large for
//! that goes through a [`Reconciler`], account by account.

use crate::ledger::Ledger;
use crate::{
    AsOf, Candidate, Explanation, Figure, FindingKind, MatchRule, Notice, Position, Reconciler,
    Rules, Totals,
};
use purser_model::{
    Account, Activity, Blame, Blamed, Entitlement, MoneyError, NextStep, Person, Product,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// What was read of one application.
#[derive(Debug, Clone, Copy)]
pub struct Application<'a> {
    /// The name of its profile, by which entitlements call it.
    pub name: &'a str,
    /// Its accounts, each id once, in any order.
    pub accounts: &'a [Account],
    /// What its activity streams said beyond the accounts' own field, in any order.
    pub activity: &'a [Activity],
    /// The products that it lists.
    pub products: &'a [Product],
}

/// Everything that a reconciliation looks at.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The applications that were read.
    pub applications: &'a [Application<'a>],
    /// What is owned, active or not.
    pub entitlements: &'a [Entitlement],
    /// The directory.
    pub people: &'a [Person],
    /// What the operator decided.
    pub rules: &'a Rules,
    /// The moment it is about.
    pub as_of: AsOf,
}

/// Why there is no reconciliation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReconcileError {
    /// A window of no days would call every seat wasted.
    #[error("a seat cannot count as inactive after 0 days: every seat would be wasted")]
    NoWindow,
    /// The cost of a product cannot be computed.
    #[error("the cost of {product} of {application} cannot be computed: {source}")]
    Cost {
        /// The application.
        application: String,
        /// The product.
        product: String,
        /// Why.
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
        let text: String = match self {
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
                    "correct the unit cost and quantity of the entitlements to {product} of {application}, and import them again"
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

/// How many accounts were matched, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct MatchSummary {
    /// All of them.
    pub accounts: u64,
    /// Of these, matched to one person.
    pub matched: u64,
    /// The matched ones by the evidence that decided.
    pub by_rule: BTreeMap<MatchRule, u64>,
    /// Waiting for somebody to say whose they are.
    pub ambiguous: u64,
    /// Nobody's in the directory.
    pub unmatched: u64,
    /// Guests whom the directory does not know.
    pub guests: u64,
    /// Excluded by pattern.
    pub excluded: u64,
    /// Service accounts.
    pub service: u64,
}

/// What a reconciliation came to. Serialised it holds everything but the rows behind the figures, which [`Reconciliation::explain`] gives.
#[derive(Debug, Clone, Serialize)]
pub struct Reconciliation {
    /// The moment it is about.
    pub as_of: AsOf,
    /// Where each product stands, by application and product.
    pub positions: Vec<Position>,
    /// The money of all positions.
    pub totals: Totals,
    /// The seats proposed for reclaim, the largest saving first.
    pub candidates: Vec<Candidate>,
    /// Seats by what was found about them. A seat with two findings is in two counts.
    pub findings: BTreeMap<FindingKind, u64>,
    /// How many accounts were matched.
    pub matches: MatchSummary,
    /// What to know before believing the figures.
    pub notices: Vec<Notice>,
    #[serde(skip)]
    pub(crate) books: BTreeMap<String, BTreeMap<String, Ledger>>,
}

impl Reconciliation {
    /// The position of one product.
    #[must_use]
    pub fn position(&self, application: &str, product: &str) -> Option<&Position> {
        self.positions
            .iter()
            .find(|position| position.application == application && position.product == product)
    }

    /// The rows that a figure of a position came from; absent when there is no such position.
    #[must_use]
    pub fn explain(
        &self,
        application: &str,
        product: &str,
        figure: Figure,
    ) -> Option<Explanation<'_>> {
        let position = self.position(application, product)?;
        let ledger = self.books.get(application)?.get(product)?;
        Some(Explanation::of(position, figure, ledger))
    }
}

/// Reconciles. The order of applications, accounts, activity, entitlements and people makes no difference to the result.
///
/// # Errors
/// When the rules are senseless or the costs do not fit.
pub fn reconcile(input: &Input<'_>) -> Result<Reconciliation, ReconcileError> {
    let mut reconciler =
        Reconciler::new(input.people, input.entitlements, input.rules, input.as_of)?;
    for application in input.applications {
        let mut reader =
            reconciler.application(application.name, application.products, application.activity);
        for account in application.accounts {
            reader.account(account);
        }
    }
    reconciler.finish()
}

#[cfg(test)]
mod tests;
