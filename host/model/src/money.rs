//! Money: a decimal amount and its currency. Never a float, and never added across currencies.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Currency of ISO 4217.
pub use iso_currency::Currency;

/// Amount in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Amount in whole units of the currency.
    pub amount: Decimal,
    /// Currency of the amount.
    pub currency: Currency,
}

/// Reason why an amount could not be computed or parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies cannot be added.
    #[error("{0} and {1} cannot be added without a stated rate")]
    Currencies(String, String),
    /// The result does not fit.
    #[error("the amount is too large")]
    Overflow,
    /// The text is not an amount with its currency.
    #[error(
        "{0:?} is not an amount: use a decimal number and an ISO 4217 currency, such as 12.50 EUR"
    )]
    Malformed(String),
}

impl Money {
    /// Returns zero in this currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self {
            amount: Decimal::ZERO,
            currency,
        }
    }

    /// Adds an amount of the same currency.
    ///
    /// # Errors
    /// Fails if the currencies differ or the sum does not fit.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Currencies(
                self.currency.code().into(),
                other.currency.code().into(),
            ));
        }

        let amount = self
            .amount
            .checked_add(other.amount)
            .ok_or(MoneyError::Overflow)?;

        Ok(Self {
            amount,
            currency: self.currency,
        })
    }

    /// Multiplies by a count.
    ///
    /// # Errors
    /// Fails if the product does not fit.
    pub fn times(self, count: u64) -> Result<Self, MoneyError> {
        let amount = self
            .amount
            .checked_mul(Decimal::from(count))
            .ok_or(MoneyError::Overflow)?;

        Ok(Self {
            amount,
            currency: self.currency,
        })
    }
}

impl fmt::Display for Money {
    /// Writes `1,234.50 EUR`: grouped in thousands, with as many decimals as the currency has, or
    /// more if the amount has more.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minor = u32::from(self.currency.exponent().unwrap_or(0));
        let normal = self.amount.normalize();
        let text = format!(
            "{:.*}",
            usize::try_from(minor.max(normal.scale())).unwrap_or(0),
            normal.abs()
        );

        let (whole, fraction) = text
            .split_once('.')
            .map_or((text.as_str(), None), |(whole, fraction)| {
                (whole, Some(fraction))
            });

        let mut grouped = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }

        if let Some(fraction) = fraction {
            grouped.push('.');
            grouped.push_str(fraction);
        }

        let sign = if normal.is_sign_negative() && !normal.is_zero() {
            "-"
        } else {
            ""
        };

        f.pad(&format!("{sign}{grouped} {}", self.currency.code()))
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let wrong = || MoneyError::Malformed(text.chars().take(80).collect());
        let (amount, code) = text.trim().rsplit_once(' ').ok_or_else(wrong)?;
        let amount = amount.trim().parse().map_err(|_| wrong())?;

        Ok(Self {
            amount,
            currency: Currency::from_code(&code.to_ascii_uppercase()).ok_or_else(wrong)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn display_groups_thousands_and_keeps_decimals() {
        for (given, printed) in [
            ("12.5 eur", "12.50 EUR"),
            ("1234567 USD", "1,234,567.00 USD"),
            ("1234 JPY", "1,234 JPY"),
            ("-0.5 USD", "-0.50 USD"),
            ("0.125 USD", "0.125 USD"),
            ("100 USD", "100.00 USD"),
            ("999 USD", "999.00 USD"),
        ] {
            assert_eq!(money(given).to_string(), printed);
        }
    }

    #[test]
    fn plus_of_two_currencies_is_refused() {
        assert_eq!(money("1 USD").plus(money("2 USD")), Ok(money("3 USD")));
        assert!(matches!(
            money("1 USD").plus(money("2 EUR")),
            Err(MoneyError::Currencies(..))
        ));
        assert_eq!(money("0.10 USD").times(3), Ok(money("0.30 USD")));
        assert_eq!(
            Money {
                amount: Decimal::MAX,
                currency: Currency::USD
            }
            .times(2),
            Err(MoneyError::Overflow)
        );
    }

    #[test]
    fn parse_without_a_known_currency_is_refused() {
        for bad in ["12", "EUR", "12 XYZW", "twelve EUR", ""] {
            assert!(bad.parse::<Money>().is_err(), "{bad}");
        }
    }
}
