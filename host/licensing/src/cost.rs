//! The yearly cost of one seat of a product.
//!
//! If several entitlements of one product have different prices, a seat costs their **average**,
//! weighted by quantity: the yearly price of all seats with a known price, divided by their number.
//! The contract that a freed seat belongs to is decided at renewal and not before, and one price
//! for every seat lets a reader check a total by hand.

use purser_model::{Entitlement, Money, MoneyError};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The yearly cost of one seat of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SeatCost {
    /// A known cost.
    Known(Money),
    /// An unknown cost, which is not the same as free.
    Unknown(CostGap),
}

/// The reason that a seat's cost is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CostGap {
    /// No entitlement to the product is active.
    NoEntitlement,
    /// The active entitlements state no price.
    NotStated,
    /// The prices are in several currencies, which cannot be averaged without a stated rate.
    MixedCurrencies,
}

impl Default for SeatCost {
    /// Returns the cost of a product without entitlements.
    fn default() -> Self {
        Self::Unknown(CostGap::NoEntitlement)
    }
}

impl SeatCost {
    /// Averages the prices of a product's active entitlements, weighted by quantity.
    ///
    /// Fails if an amount overflows.
    pub(crate) fn average<'a>(
        active: impl IntoIterator<Item = &'a Entitlement>,
    ) -> Result<Self, MoneyError> {
        let mut total: Option<Money> = None;
        let mut seats = 0;
        let mut prices = Vec::new();
        let mut gap = CostGap::NoEntitlement;

        let with_seats = active
            .into_iter()
            .filter(|entitlement| entitlement.quantity > 0);
        for entitlement in with_seats {
            gap = CostGap::NotStated;
            let Some(unit_cost) = entitlement.unit_cost else {
                continue;
            };

            let price = unit_cost.times(entitlement.term.per_year())?;
            let quantity = u64::from(entitlement.quantity);
            let cost = price.times(quantity)?;
            total = match total {
                Some(sum) if sum.currency != cost.currency => {
                    return Ok(Self::Unknown(CostGap::MixedCurrencies));
                }
                Some(sum) => Some(sum.plus(cost)?),
                None => Some(cost),
            };
            seats += quantity;
            prices.push(price);
        }

        Ok(total.map_or(Self::Unknown(gap), |total| {
            Self::Known(average_price(total, seats, &prices))
        }))
    }

    /// Returns the cost, if it is known.
    pub(crate) const fn known(self) -> Option<Money> {
        match self {
            Self::Known(money) => Some(money),
            Self::Unknown(_) => None,
        }
    }

    /// Returns the reason that the cost is unknown, if it is.
    pub(crate) const fn gap(self) -> Option<CostGap> {
        match self {
            Self::Known(_) => None,
            Self::Unknown(gap) => Some(gap),
        }
    }

    /// Returns the yearly cost of a number of seats, if it is known.
    ///
    /// Fails if the amount overflows.
    pub(crate) fn times(self, seats: u64) -> Result<Option<Money>, MoneyError> {
        self.known().map(|money| money.times(seats)).transpose()
    }
}

/// Returns the average, rounded half to even, with as many decimals as the currency has or the
/// prices are written with, whichever is more.
fn average_price(total: Money, seats: u64, prices: &[Money]) -> Money {
    let minor_digits = u32::from(total.currency.exponent().unwrap_or(0));
    let written_digits = prices
        .iter()
        .map(|price| price.amount.scale())
        .max()
        .unwrap_or(0);

    // Never divides by zero: entitlements to no seats were left out.
    let exact = total
        .amount
        .checked_div(Decimal::from(seats))
        .unwrap_or(Decimal::ZERO);

    Money {
        amount: exact.round_dp(minor_digits.max(written_digits)),
        currency: total.currency,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{EntitlementBuilder, entitlement, money};
    use purser_model::Term;

    fn known(text: &str) -> Result<SeatCost, MoneyError> {
        Ok(SeatCost::Known(money(text)))
    }

    #[test]
    fn seat_cost_is_the_average_weighted_by_quantity() {
        let expensive = entitlement("A", 3).with_unit_cost("100 EUR");
        let cheap = entitlement("B", 1).with_unit_cost("60 EUR");

        assert_eq!(SeatCost::average([&expensive, &cheap]), known("90 EUR"));
        assert_eq!(SeatCost::average([&cheap, &expensive]), known("90 EUR"));
    }

    #[test]
    fn monthly_price_counts_twelve_times_a_year() {
        let monthly = Entitlement {
            term: Term::Monthly,
            ..entitlement("A", 7).with_unit_cost("12.50 EUR")
        };

        assert_eq!(SeatCost::average([&monthly]), known("150 EUR"));
    }

    #[test]
    fn average_is_rounded_to_the_currency_or_to_the_digits_of_the_prices() {
        let average = |a: &str, b: &str| {
            SeatCost::average([
                &entitlement("A", 2).with_unit_cost(a),
                &entitlement("B", 1).with_unit_cost(b),
            ])
        };

        assert_eq!(average("10 EUR", "0 EUR"), known("6.67 EUR"));
        assert_eq!(average("10 JPY", "0 JPY"), known("7 JPY"));
        assert_eq!(average("0.125 USD", "0.125 USD"), known("0.125 USD"));
    }

    #[test]
    fn missing_or_mixed_prices_leave_the_cost_unknown() {
        let unpriced = entitlement("A", 5);
        let euro = entitlement("B", 5).with_unit_cost("10 EUR");
        let dollar = entitlement("C", 5).with_unit_cost("10 USD");
        let dollar_without_seats = entitlement("D", 0).with_unit_cost("10 USD");
        let unknown = |gap| Ok(SeatCost::Unknown(gap));

        assert_eq!(SeatCost::average([]), unknown(CostGap::NoEntitlement));
        assert_eq!(SeatCost::average([&unpriced]), unknown(CostGap::NotStated));
        assert_eq!(
            SeatCost::average([&euro, &dollar]),
            unknown(CostGap::MixedCurrencies)
        );

        assert_eq!(SeatCost::average([&unpriced, &euro]), known("10 EUR"));
        assert_eq!(
            SeatCost::average([&dollar_without_seats, &euro]),
            known("10 EUR")
        );
    }

    #[test]
    fn overflowing_amount_is_an_error() {
        let huge = entitlement("A", 10).with_unit_cost("79228162514264337593543950335 EUR");

        assert_eq!(SeatCost::average([&huge]), Err(MoneyError::Overflow));
    }
}
