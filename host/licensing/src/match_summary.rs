//! Counts of accounts by the result of matching.

use crate::matching::{Match, MatchRule};
use serde::Serialize;
use std::collections::BTreeMap;

/// Numbers of accounts, by the result of matching them to people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct MatchSummary {
    /// All accounts.
    pub accounts: u64,
    /// Accounts matched to one person.
    pub matched: u64,
    /// Matched accounts, by the rule that decided.
    pub by_rule: BTreeMap<MatchRule, u64>,
    /// Accounts that match several people and need a mapping by hand.
    pub ambiguous: u64,
    /// Accounts that match no person of the directory.
    pub unmatched: u64,
    /// Guest accounts that match no person of the directory.
    pub guests: u64,
    /// Accounts excluded by pattern.
    pub excluded: u64,
    /// Service accounts.
    pub service: u64,
}

impl MatchSummary {
    /// Counts one account.
    pub(crate) fn count(&mut self, found: &Match<'_>) {
        self.accounts += 1;

        match found {
            Match::Person { evidence, .. } => {
                self.matched += 1;
                *self.by_rule.entry(evidence.rule).or_default() += 1;
            }
            Match::Ambiguous { .. } => self.ambiguous += 1,
            Match::Unmatched { .. } => self.unmatched += 1,
            Match::Guest => self.guests += 1,
            Match::Excluded { .. } => self.excluded += 1,
            Match::ServiceAccount => self.service += 1,
        }
    }
}
