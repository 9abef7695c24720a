//! What one seat of a product costs in a year.
//!
//! Where several entitlements of one product have different prices, a seat costs their **average**, weighted by quantity: what is paid in a
//! year for the seats whose price is known, divided by their number. Which of several contracts a freed seat belongs to is decided when
//! the contracts are renewed and not before, and one price for every seat lets anybody check a total by hand.

use purser_model::{Entitlement, Money, MoneyError};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The yearly cost of one seat of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatCost {
    /// This much.
    Known(Money),
    /// Nobody can tell, which is not the same as free.
    Unknown(CostGap),
}

/// Why a seat's cost is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CostGap {
    /// No entitlement to the product is active.
    NoEntitlement,
    /// The active entitlements say nothing of a price.
    NotStated,
    /// They are priced in more than one currency, which cannot be averaged without a stated rate.
    MixedCurrencies,
}

impl Default for SeatCost {
    /// The cost of a product that nothing is owned of.
    fn default() -> Self {
        Self::Unknown(CostGap::NoEntitlement)
    }
}

impl SeatCost {
    /// Averages the prices of a product's active entitlements.
    ///
    /// # Errors
    /// When the amounts do not fit.
    pub fn of<'a>(active: impl IntoIterator<Item = &'a Entitlement>) -> Result<Self, MoneyError> {
        let (mut paid, mut seats, mut prices): (Option<Money>, u64, Vec<Money>) =
            (None, 0, Vec::new());
        let mut gap = CostGap::NoEntitlement;
        for entitlement in active
            .into_iter()
            .filter(|entitlement| entitlement.quantity > 0)
        {
            gap = CostGap::NotStated;
            let Some(unit) = entitlement.unit_cost else {
                continue;
            };
            let price = unit.times(entitlement.term.per_year())?;
            let quantity = u64::from(entitlement.quantity);
            let cost = price.times(quantity)?;
            paid = match paid {
                Some(sum) if sum.currency != cost.currency => {
                    return Ok(Self::Unknown(CostGap::MixedCurrencies));
                }
                Some(sum) => Some(sum.plus(cost)?),
                None => Some(cost),
            };
            seats += quantity;
            prices.push(price);
        }
        Ok(paid.map_or(Self::Unknown(gap), |paid| {
            Self::Known(average(paid, seats, &prices))
        }))
    }

    /// The cost, where it is known.
    #[must_use]
    pub const fn known(self) -> Option<Money> {
        match self {
            Self::Known(money) => Some(money),
            Self::Unknown(_) => None,
        }
    }

    /// Why it is not known, where it is not.
    #[must_use]
    pub const fn gap(self) -> Option<CostGap> {
        match self {
            Self::Known(_) => None,
            Self::Unknown(gap) => Some(gap),
        }
    }

    /// What a number of seats costs in a year, where that is known.
    ///
    /// # Errors
    /// When the amount does not fit.
    pub fn times(self, seats: u64) -> Result<Option<Money>, MoneyError> {
        self.known().map(|money| money.times(seats)).transpose()
    }
}

/// The average, rounded half to even, to as many decimals as the currency has or the prices are written with.
fn average(paid: Money, seats: u64, prices: &[Money]) -> Money {
    let minor = u32::from(paid.currency.exponent().unwrap_or(0));
    let written = prices
        .iter()
        .map(|price| price.amount.scale())
        .max()
        .unwrap_or(0);
    // Never divides by zero: entitlements to no seats were left out.
    let exact = paid
        .amount
        .checked_div(Decimal::from(seats))
        .unwrap_or(Decimal::ZERO);
    Money {
        amount: exact.round_dp(minor.max(written)),
        currency: paid.currency,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{EntitlementWords, entitlement};
    use purser_model::Term;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn a_seat_costs_the_average_weighted_by_quantity() {
        let (dear, cheap) = (
            entitlement("A", 3).costing("100 EUR"),
            entitlement("B", 1).costing("60 EUR"),
        );
        assert_eq!(
            SeatCost::of([&dear, &cheap]),
            Ok(SeatCost::Known(money("90 EUR")))
        );
        assert_eq!(
            SeatCost::of([&cheap, &dear]),
            Ok(SeatCost::Known(money("90 EUR")))
        );
    }

    #[test]
    fn a_month_is_a_twelfth_of_a_year() {
        let monthly = Entitlement {
            term: Term::Monthly,
            ..entitlement("A", 7).costing("12.50 EUR")
        };
        assert_eq!(
            SeatCost::of([&monthly]),
            Ok(SeatCost::Known(money("150 EUR")))
        );
    }

    #[test]
    fn an_average_is_rounded_to_the_currency_or_as_the_prices_are_written() {
        let average = |a: &str, b: &str| {
            SeatCost::of([
                &entitlement("A", 2).costing(a),
                &entitlement("B", 1).costing(b),
            ])
        };
        assert_eq!(
            average("10 EUR", "0 EUR"),
            Ok(SeatCost::Known(money("6.67 EUR")))
        );
        assert_eq!(
            average("10 JPY", "0 JPY"),
            Ok(SeatCost::Known(money("7 JPY")))
        );
        assert_eq!(
            average("0.125 USD", "0.125 USD"),
            Ok(SeatCost::Known(money("0.125 USD")))
        );
    }

    #[test]
    fn what_is_not_known_is_not_free() {
        let silent = entitlement("A", 5);
        let (euro, dollar) = (
            entitlement("B", 5).costing("10 EUR"),
            entitlement("C", 5).costing("10 USD"),
        );
        assert_eq!(
            SeatCost::of([]),
            Ok(SeatCost::Unknown(CostGap::NoEntitlement))
        );
        assert_eq!(
            SeatCost::of([&silent]),
            Ok(SeatCost::Unknown(CostGap::NotStated))
        );
        assert_eq!(
            SeatCost::of([&euro, &dollar]),
            Ok(SeatCost::Unknown(CostGap::MixedCurrencies))
        );
        assert_eq!(
            SeatCost::of([&silent, &euro]),
            Ok(SeatCost::Known(money("10 EUR")))
        );
        assert_eq!(
            SeatCost::of([&entitlement("D", 0).costing("10 USD"), &euro]),
            Ok(SeatCost::Known(money("10 EUR")))
        );
    }

    #[test]
    fn an_amount_that_does_not_fit_is_an_error() {
        let huge = entitlement("A", 10).costing("79228162514264337593543950335 EUR");
        assert_eq!(SeatCost::of([&huge]), Err(MoneyError::Overflow));
    }
}
