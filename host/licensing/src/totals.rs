//! The money of all positions together, by currency.

use crate::position::Position;
use purser_model::{Money, MoneyError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Yearly costs over all positions.
///
/// Currencies are never added: there is one amount for each, by its code. Zero amounts are omitted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// The cost of covering every shortfall.
    pub true_up_cost: Vec<Money>,
    /// Seats short of unknown cost, which `true_up_cost` leaves out.
    pub shortfall_without_cost: u64,
    /// The cost of all reclaimable seats.
    pub potential_savings: Vec<Money>,
    /// Reclaimable seats of unknown cost, which `potential_savings` leaves out.
    pub reclaimable_without_cost: u64,
    /// The cost of all seats that are owned and held by no account.
    pub available_cost: Vec<Money>,
    /// Available seats of unknown cost, which `available_cost` leaves out.
    pub available_without_cost: u64,
}

impl Totals {
    /// Adds up positions, each currency separately.
    ///
    /// # Errors
    /// Fails if an amount overflows.
    pub fn sum<'p>(positions: impl IntoIterator<Item = &'p Position>) -> Result<Self, MoneyError> {
        let positions: Vec<_> = positions.into_iter().collect();
        let true_up_costs = positions
            .iter()
            .filter_map(|position| position.true_up_cost);
        let potential_savings = positions
            .iter()
            .filter_map(|position| position.potential_savings);
        let available_costs = positions
            .iter()
            .filter_map(|position| position.available_cost);
        let without_cost = || {
            positions
                .iter()
                .filter(|position| position.seat_cost.is_none())
        };

        Ok(Self {
            true_up_cost: sum_by_currency(true_up_costs)?,
            shortfall_without_cost: without_cost().map(|position| position.shortfall).sum(),
            potential_savings: sum_by_currency(potential_savings)?,
            reclaimable_without_cost: without_cost().map(|position| position.reclaimable).sum(),
            available_cost: sum_by_currency(available_costs)?,
            available_without_cost: without_cost().map(|position| position.available).sum(),
        })
    }
}

fn sum_by_currency(amounts: impl Iterator<Item = Money>) -> Result<Vec<Money>, MoneyError> {
    let mut sums: BTreeMap<&'static str, Money> = BTreeMap::new();
    for amount in amounts.filter(|amount| !amount.amount.is_zero()) {
        let sum = sums
            .entry(amount.currency.code())
            .or_insert(Money::zero(amount.currency));
        *sum = sum.plus(amount)?;
    }

    Ok(sums.into_values().collect())
}
