//! The answer key: what is true of each seat, known because the company was made up that way and not because anybody computed it.

/// Who holds a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// Somebody who works for the company.
    Employee,
    /// Somebody who has left it.
    Leaver,
    /// A person who is not in the company's directory.
    Stranger,
    /// Somebody of another company.
    Guest,
    /// A program.
    Bot,
}

/// How a seat is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Usage {
    /// In the last 60 days.
    InUse,
    /// Last 60 days ago or earlier.
    Inactive,
    /// Never, in more than a year.
    NeverUsed,
    /// Not yet: it was given a few days ago.
    New,
    /// The application does not tell.
    Untold,
}

/// What is true of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) plan: &'static str,
    pub(crate) holder: Holder,
    pub(crate) usage: Usage,
}

impl Fact {
    /// Whether nobody would miss the seat.
    const fn is_wasted(self) -> bool {
        matches!(self.holder, Holder::Leaver)
            || matches!(self.usage, Usage::Inactive | Usage::NeverUsed)
    }
}

/// What one seat of a plan costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// In hundredths of the currency's unit.
    pub cents: u64,
    /// Its code in ISO 4217.
    pub currency: &'static str,
    /// How often it is paid in a year: 1 or 12.
    pub payments_per_year: u64,
}

/// The seats of one plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanTruth {
    /// The plan's key.
    pub plan: &'static str,
    /// What a seat costs.
    pub price: Price,
    /// Seats bought and valid today.
    pub owned: u64,
    /// Seats given out. Each is in exactly one of `in_use`, `inactive`, `never_used` and `unknown`.
    pub seats: u64,
    /// Used in the last 60 days.
    pub in_use: u64,
    /// Last used 60 days ago or earlier.
    pub inactive: u64,
    /// Never used.
    pub never_used: u64,
    /// Of these, given out only days ago.
    pub in_grace: u64,
    /// Use not told.
    pub unknown: u64,
    /// Held by people who have left, used or not.
    pub leavers: u64,
    /// Held by people who are not in the directory.
    pub unmatched: u64,
    /// Held by people of other companies.
    pub guests: u64,
    /// Held by programs.
    pub service: u64,
    /// Wasted: a leaver's, inactive, or never used and not new.
    pub reclaimable: u64,
}

impl PlanTruth {
    pub(crate) fn count(
        plan: &'static str,
        price: Price,
        bought_per_hundred: u64,
        facts: &[Fact],
    ) -> Self {
        let count = |wanted: fn(&Fact) -> bool| {
            facts
                .iter()
                .filter(|fact| fact.plan == plan)
                .filter(|fact| wanted(fact))
                .count() as u64
        };
        let seats = count(|_| true);
        Self {
            plan,
            price,
            owned: seats * bought_per_hundred / 100,
            seats,
            in_use: count(|fact| fact.usage == Usage::InUse),
            inactive: count(|fact| fact.usage == Usage::Inactive),
            never_used: count(|fact| matches!(fact.usage, Usage::NeverUsed | Usage::New)),
            in_grace: count(|fact| fact.usage == Usage::New),
            unknown: count(|fact| fact.usage == Usage::Untold),
            leavers: count(|fact| fact.holder == Holder::Leaver),
            unmatched: count(|fact| fact.holder == Holder::Stranger),
            guests: count(|fact| fact.holder == Holder::Guest),
            service: count(|fact| fact.holder == Holder::Bot),
            reclaimable: count(|fact| fact.is_wasted()),
        }
    }

    /// What so many seats of the plan cost in a year, in hundredths of the currency's unit.
    #[must_use]
    pub const fn cents_per_year(&self, seats: u64) -> u64 {
        seats * self.price.cents * self.price.payments_per_year
    }
}

/// The answer key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// Accounts in the application. Each is in exactly one of the four that follow.
    pub accounts: u64,
    /// Accounts of people in the directory, leavers among them.
    pub matched_accounts: u64,
    /// Accounts of people who are not in the directory.
    pub unmatched_accounts: u64,
    /// Accounts of people of other companies.
    pub guest_accounts: u64,
    /// Accounts of programs.
    pub service_accounts: u64,
    /// People in the directory, leavers among them.
    pub people: u64,
    /// Each plan.
    pub plans: Vec<PlanTruth>,
}

impl Truth {
    /// A plan by its key.
    #[must_use]
    pub fn plan(&self, key: &str) -> Option<&PlanTruth> {
        self.plans.iter().find(|plan| plan.plan == key)
    }
}
