//! Amounts of money in JSON.

use purser_model::Money;
use serde::Serialize;

/// An amount in one currency.
#[derive(Serialize)]
pub(super) struct MoneyJson {
    /// The decimal number as text, because JSON numbers are often read as floats.
    amount: String,
    /// The code of ISO 4217.
    currency: &'static str,
}

impl From<Money> for MoneyJson {
    fn from(money: Money) -> Self {
        Self {
            amount: money.amount.to_string(),
            currency: money.currency.code(),
        }
    }
}

impl From<&Money> for MoneyJson {
    fn from(money: &Money) -> Self {
        (*money).into()
    }
}
