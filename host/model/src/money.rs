//! Money: a decimal amount and its currency. Never a float, and never added across currencies.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A currency of ISO 4217.
pub use iso_currency::Currency;

/// An amount in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// How much, in whole units of the currency.
    pub amount: Decimal,
    /// Of what.
    pub currency: Currency,
}

/// Why an amount could not be computed or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies met.
    #[error("{0} and {1} cannot be added without a stated rate")]
    Currencies(String, String),
    /// The result does not fit.
    #[error("the amount is too large")]
    Overflow,
    /// Not an amount with its currency.
    #[error("{0:?} is no amount: use a decimal number and an ISO 4217 currency, such as 12.50 EUR")]
    Malformed(String),
}

impl Money {
    /// Nothing, in this currency.
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
    /// When the currencies differ or the sum does not fit.
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
    /// When the product does not fit.
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
    /// `1,234.50 EUR`: grouped in thousands, with as many decimals as the currency has, or more where the amount has more.
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
    fn amounts_print_as_people_write_them() {
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
    fn currencies_never_mix() {
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
    fn an_amount_needs_a_real_currency() {
        for bad in ["12", "EUR", "12 XYZW", "twelve EUR", ""] {
            assert!(bad.parse::<Money>().is_err(), "{bad}");
        }
    }
}
