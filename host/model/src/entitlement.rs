//! Entitlements: the rights a company owns.

use crate::Money;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Period that a unit cost pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Term {
    /// One seat for a month.
    Monthly,
    /// One seat for a year.
    Yearly,
}

impl Term {
    /// Returns the number of periods in a year.
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
    /// Contract, order or invoice that identifies it. Never empty.
    pub reference: String,
    /// Name of the profile of the SaaS application.
    pub application: String,
    /// Identifier of the product in the application.
    pub product: String,
    /// Number of seats.
    pub quantity: u32,
    /// Price of one seat for one `term`; absent if not known, which does not mean free.
    pub unit_cost: Option<Money>,
    /// Period that the unit cost pays for.
    pub term: Term,
    /// First valid day; absent if it always was valid.
    pub start: Option<Date>,
    /// Last valid day; absent if it does not end.
    pub end: Option<Date>,
}

impl Entitlement {
    /// Returns true if it is valid on a day. First and last day count.
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
    fn is_active_on_first_and_last_day_is_true() {
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
