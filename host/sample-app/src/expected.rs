//! The expected result of a reconciliation.
//!
//! It is known from how the company was generated; it is not computed from the members.

/// The holder of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SeatHolder {
    /// An employee of the company.
    Employee,
    /// A person who has left the company.
    Leaver,
    /// A person who is not in the company's directory.
    Unlisted,
    /// A person of another company.
    Guest,
    /// A program.
    Bot,
}

/// The usage of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SeatUsage {
    /// Used in the last 60 days.
    InUse,
    /// Last used 60 days ago or earlier.
    Inactive,
    /// Never used, in more than a year.
    NeverUsed,
    /// Not used yet, and assigned a few days ago.
    New,
    /// Not reported by the application.
    Unreported,
}

/// The facts of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SeatFacts {
    /// The plan's key.
    pub(crate) plan: &'static str,
    /// The holder.
    pub(crate) holder: SeatHolder,
    /// The usage.
    pub(crate) usage: SeatUsage,
}

impl SeatFacts {
    /// Returns true if the seat can be reclaimed.
    const fn is_wasted(self) -> bool {
        matches!(self.holder, SeatHolder::Leaver)
            || matches!(self.usage, SeatUsage::Inactive | SeatUsage::NeverUsed)
    }
}

/// The price of one seat of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Hundredths of the currency's unit.
    pub cents: u64,
    /// Currency code of ISO 4217.
    pub currency: &'static str,
    /// Payments a year: 1 or 12.
    pub payments_per_year: u64,
}

/// The expected figures of one plan, in seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedPlan {
    /// The plan's key.
    pub plan: &'static str,
    /// The price of a seat.
    pub price: Price,
    /// Seats purchased and valid today.
    pub owned: u64,
    /// Seats that members hold. Each is in exactly one of `in_use`, `inactive`, `never_used` and
    /// `unknown`.
    pub seats: u64,
    /// Seats used in the last 60 days.
    pub in_use: u64,
    /// Seats last used 60 days ago or earlier.
    pub inactive: u64,
    /// Seats never used.
    pub never_used: u64,
    /// Seats never used that were assigned only days ago.
    pub in_grace: u64,
    /// Seats whose use is not reported.
    pub unknown: u64,
    /// Seats of people who have left, used or not.
    pub leavers: u64,
    /// Seats of people who are not in the directory.
    pub unmatched: u64,
    /// Seats of people of other companies.
    pub guests: u64,
    /// Seats of programs.
    pub service: u64,
    /// Wasted seats: a leaver's, inactive, or never used and not new.
    pub reclaimable: u64,
}

impl ExpectedPlan {
    /// Counts the seats of a plan.
    pub(crate) fn count(
        plan: &'static str,
        price: Price,
        purchased_percent: u64,
        facts: &[SeatFacts],
    ) -> Self {
        let count = |wanted: fn(&SeatFacts) -> bool| {
            facts
                .iter()
                .filter(|seat| seat.plan == plan)
                .filter(|seat| wanted(seat))
                .count() as u64
        };
        let seats = count(|_| true);

        Self {
            plan,
            price,
            owned: seats * purchased_percent / 100,
            seats,
            in_use: count(|seat| seat.usage == SeatUsage::InUse),
            inactive: count(|seat| seat.usage == SeatUsage::Inactive),
            never_used: count(|seat| matches!(seat.usage, SeatUsage::NeverUsed | SeatUsage::New)),
            in_grace: count(|seat| seat.usage == SeatUsage::New),
            unknown: count(|seat| seat.usage == SeatUsage::Unreported),
            leavers: count(|seat| seat.holder == SeatHolder::Leaver),
            unmatched: count(|seat| seat.holder == SeatHolder::Unlisted),
            guests: count(|seat| seat.holder == SeatHolder::Guest),
            service: count(|seat| seat.holder == SeatHolder::Bot),
            reclaimable: count(|seat| seat.is_wasted()),
        }
    }

    /// Returns the yearly cost of a number of seats, in hundredths of the currency's unit.
    #[must_use]
    pub const fn cents_per_year(&self, seats: u64) -> u64 {
        seats * self.price.cents * self.price.payments_per_year
    }
}

/// The expected figures of the whole company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Accounts in the application. Each is in exactly one of the four counts that follow.
    pub accounts: u64,
    /// Accounts of people in the directory, including leavers.
    pub matched_accounts: u64,
    /// Accounts of people who are not in the directory.
    pub unmatched_accounts: u64,
    /// Accounts of people of other companies.
    pub guest_accounts: u64,
    /// Accounts of programs.
    pub service_accounts: u64,
    /// People in the directory, including leavers.
    pub people: u64,
    /// The figures of each plan.
    pub plans: Vec<ExpectedPlan>,
}

impl Expected {
    /// Returns the figures of a plan by its key.
    #[must_use]
    pub fn plan(&self, key: &str) -> Option<&ExpectedPlan> {
        self.plans.iter().find(|plan| plan.plan == key)
    }
}
