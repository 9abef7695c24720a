//! Entitlements: the rights a company owns.

use crate::Money;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a unit cost buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Term {
    /// A month of one seat.
    Monthly,
    /// A year of one seat.
    Yearly,
}

impl Term {
    /// How many of it make a year.
    #[must_use]
    pub const fn per_year(self) -> u64 {
        match self {
            Self::Monthly => 12,
            Self::Yearly => 1,
        }
    }
}

/// Rights to a number of seats of one product, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entitlement {
    /// The contract, order or invoice that says so: what identifies it. Never empty.
    pub reference: String,
    /// The SaaS application, by the name of its profile.
    pub application: String,
    /// The product's identifier in the application.
    pub product: String,
    /// Seats.
    pub quantity: u32,
    /// The price of one seat for one `term`; absent when not known. Not known is not free.
    pub unit_cost: Option<Money>,
    /// What the unit cost buys.
    pub term: Term,
    /// The first day it is valid; absent when it always was.
    pub start: Option<Date>,
    /// The last day it is valid; absent when it does not end.
    pub end: Option<Date>,
}

impl Entitlement {
    /// Whether it is valid on a day. First and last day count.
    #[must_use]
    pub fn is_active_on(&self, day: Date) -> bool {
        self.start.is_none_or(|start| start <= day) && self.end.is_none_or(|end| day <= end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn first_and_last_day_count() {
        let entitlement = Entitlement {
            reference: "PO-1".into(),
            application: "hub".into(),
            product: "seat".into(),
            quantity: 1,
            unit_cost: None,
            term: Term::Yearly,
            start: Some(date(2026, 1, 1)),
            end: Some(date(2026, 12, 31)),
        };
        assert!(!entitlement.is_active_on(date(2025, 12, 31)));
        assert!(entitlement.is_active_on(date(2026, 1, 1)));
        assert!(entitlement.is_active_on(date(2026, 12, 31)));
        assert!(!entitlement.is_active_on(date(2027, 1, 1)));
    }
}
