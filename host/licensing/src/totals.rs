//! The money of all positions together, each currency for itself.

use crate::Position;
use purser_model::{Money, MoneyError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Costs of a year over all positions. Currencies are never added: there is one amount for each, by its code. Amounts of nothing are
/// left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// What covering every shortfall costs.
    pub true_up_cost: Vec<Money>,
    /// Seats short whose cost is not known, and which are therefore not in `true_up_cost`.
    pub shortfall_without_cost: u64,
    /// What all reclaimable seats cost.
    pub potential_savings: Vec<Money>,
    /// Reclaimable seats whose cost is not known, and which are therefore not in `potential_savings`.
    pub reclaimable_without_cost: u64,
}

impl Totals {
    pub(crate) fn of(positions: &[Position]) -> Result<Self, MoneyError> {
        let uncosted = |position: &&Position| position.seat_cost.is_none();
        Ok(Self {
            true_up_cost: sum(positions
                .iter()
                .filter_map(|position| position.true_up_cost))?,
            shortfall_without_cost: positions
                .iter()
                .filter(uncosted)
                .map(|position| position.shortfall)
                .sum(),
            potential_savings: sum(positions
                .iter()
                .filter_map(|position| position.potential_savings))?,
            reclaimable_without_cost: positions
                .iter()
                .filter(uncosted)
                .map(|position| position.reclaimable)
                .sum(),
        })
    }
}

fn sum(amounts: impl Iterator<Item = Money>) -> Result<Vec<Money>, MoneyError> {
    let mut sums: BTreeMap<&'static str, Money> = BTreeMap::new();
    for amount in amounts.filter(|amount| !amount.amount.is_zero()) {
        let sum = sums
            .entry(amount.currency.code())
            .or_insert(Money::zero(amount.currency));
        *sum = sum.plus(amount)?;
    }
    Ok(sums.into_values().collect())
}
