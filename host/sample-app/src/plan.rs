//! The plans that the company pays for.

use crate::expected::Price;

/// A plan that the company pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The key that identifies the plan in the API.
    pub(crate) key: &'static str,
    /// The display name.
    pub(crate) title: &'static str,
    /// The price of a seat.
    pub(crate) price: Price,
    /// Seats purchased for every hundred that members hold.
    pub(crate) purchased_percent: u64,
}

const fn yearly(cents: u64, currency: &'static str) -> Price {
    Price {
        cents,
        currency,
        payments_per_year: 1,
    }
}

/// The number of plans.
///
/// It is separate from `PLANS`, because a type that takes its length from `PLANS` sends the
/// optimising compiler into a cycle.
pub(crate) const PLAN_COUNT: usize = 3;

/// The plans. As in most companies, there are too many seats of the first and too few of the
/// second, and the prices are in two currencies.
pub(crate) const PLANS: [Plan; PLAN_COUNT] = [
    Plan {
        key: "boards-standard",
        title: "Quayboard Standard",
        price: yearly(9_600, "USD"),
        purchased_percent: 112,
    },
    Plan {
        key: "boards-premium",
        title: "Quayboard Premium",
        price: Price {
            cents: 1_450,
            currency: "EUR",
            payments_per_year: 12,
        },
        purchased_percent: 92,
    },
    Plan {
        key: "whiteboard",
        title: "Whiteboard add-on",
        price: yearly(3_650, "USD"),
        purchased_percent: 105,
    },
];
