//! The compliance position of one product: seats owned against seats held, used and wasted.

use crate::cost::CostGap;
use crate::figure::Figure;
use crate::product_rows::ProductRows;
use purser_model::{Money, MoneyError};
use serde::{Deserialize, Serialize};

/// The result of comparing the seats of a product with its entitlements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum ComplianceStatus {
    /// Every allocated seat is owned, and every owned seat is required.
    Compliant,
    /// Every allocated seat is owned, and more are owned than required: some can be given back.
    OverLicensed,
    /// More seats are allocated than owned: a true-up is due, unless seats are reclaimed.
    NotCompliant,
    /// Seats are allocated and none is owned.
    Unlicensed,
    /// Seats are owned and none is allocated.
    Unused,
}

impl ComplianceStatus {
    /// Returns the word used in tables and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    fn from_counts(owned: u64, allocated: u64, required: u64) -> Self {
        match (owned, allocated) {
            (0, 0) => Self::Compliant,
            (0, _) => Self::Unlicensed,
            (_, 0) => Self::Unused,
            _ if allocated > owned => Self::NotCompliant,
            _ if required < owned => Self::OverLicensed,
            _ => Self::Compliant,
        }
    }
}

/// The position of one product of one application. Counts are seats; costs are for a year.
///
/// Always `allocated = in_use + inactive + never_used + unknown` and
/// `required = allocated − reclaimable`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The application, by the name of its profile.
    pub application: String,
    /// The product's identifier in the application.
    pub product: String,
    /// The product's display name; absent if the application does not list the product.
    pub product_name: Option<String>,
    /// The result of comparing seats with entitlements.
    pub status: ComplianceStatus,
    /// Seats of the active entitlements.
    pub owned: u64,
    /// Seats that accounts hold. A product held directly and through a group is one seat.
    pub allocated: u64,
    /// Allocated seats used within the window.
    pub in_use: u64,
    /// Allocated seats last used before the window.
    pub inactive: u64,
    /// Allocated seats never used.
    pub never_used: u64,
    /// Allocated seats whose use the application does not report.
    pub unknown: u64,
    /// Idle seats that are not reclaimable because they are new.
    pub in_grace: u64,
    /// Seats of exempt accounts, used or not.
    pub exempt: u64,
    /// Wasted seats: inactive, never used or a leaver's, and neither new nor exempt.
    pub reclaimable: u64,
    /// Seats left after reclaiming.
    pub required: u64,
    /// Seats owned and not allocated.
    pub available: u64,
    /// Seats owned beyond those required, which could be given back to the vendor.
    pub over_licensed: u64,
    /// Seats allocated beyond those owned.
    pub shortfall: u64,
    /// The yearly cost of a seat: the average of the active entitlements, weighted by quantity.
    /// Absent if it is unknown.
    pub seat_cost: Option<Money>,
    /// The reason that `seat_cost` is unknown; absent if it is known.
    pub cost_gap: Option<CostGap>,
    /// The yearly cost of covering the shortfall at `seat_cost`. Absent if that is unknown.
    pub true_up_cost: Option<Money>,
    /// The yearly cost of the reclaimable seats. Absent if `seat_cost` is unknown.
    ///
    /// If there is a shortfall, reclaiming avoids the true-up first and only then saves current
    /// cost; both have the same value here.
    pub potential_savings: Option<Money>,
    /// The yearly cost of the available seats, which are paid for and held by no account. Never
    /// overlaps `potential_savings`. Absent if `seat_cost` is unknown.
    pub available_cost: Option<Money>,
    /// Seats bought by the application's own count, for comparison only. Absent if not reported.
    pub reported_purchased: Option<u32>,
    /// Seats allocated by the application's own count, for comparison only. Absent if not
    /// reported.
    pub reported_assigned: Option<u32>,
}

/// The value of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Amount {
    /// A number of seats.
    Seats(u64),
    /// Money a year; absent if the cost of a seat is unknown.
    Money(Option<Money>),
}

impl Position {
    /// Computes the position of a product from its rows.
    ///
    /// Fails if a cost overflows.
    pub(crate) fn new(
        application: &str,
        product: &str,
        rows: &ProductRows,
    ) -> Result<Self, MoneyError> {
        let count = |figure: Figure| -> u64 {
            rows.seats
                .iter()
                .map(|row| u64::from(figure.counts(row)))
                .sum()
        };

        let owned = rows.owned();
        let allocated = count(Figure::Allocated);
        let reclaimable = count(Figure::Reclaimable);
        let required = allocated.saturating_sub(reclaimable);
        let shortfall = allocated.saturating_sub(owned);
        let available = owned.saturating_sub(allocated);
        let listed = rows.listed.as_ref();

        Ok(Self {
            application: application.to_owned(),
            product: product.to_owned(),
            product_name: listed.map(|product| product.name.clone()),
            status: ComplianceStatus::from_counts(owned, allocated, required),
            owned,
            allocated,
            in_use: count(Figure::InUse),
            inactive: count(Figure::Inactive),
            never_used: count(Figure::NeverUsed),
            unknown: count(Figure::Unknown),
            in_grace: count(Figure::InGrace),
            exempt: count(Figure::Exempt),
            reclaimable,
            required,
            available,
            over_licensed: owned.saturating_sub(required),
            shortfall,
            seat_cost: rows.cost.known(),
            cost_gap: rows.cost.gap(),
            true_up_cost: rows.cost.times(shortfall)?,
            potential_savings: rows.cost.times(reclaimable)?,
            available_cost: rows.cost.times(available)?,
            reported_purchased: listed.and_then(|product| product.purchased),
            reported_assigned: listed.and_then(|product| product.assigned),
        })
    }

    /// Returns the value of a figure.
    #[must_use]
    pub const fn figure(&self, figure: Figure) -> Amount {
        Amount::Seats(match figure {
            Figure::Owned => self.owned,
            Figure::Allocated => self.allocated,
            Figure::InUse => self.in_use,
            Figure::Inactive => self.inactive,
            Figure::NeverUsed => self.never_used,
            Figure::Unknown => self.unknown,
            Figure::InGrace => self.in_grace,
            Figure::Exempt => self.exempt,
            Figure::Reclaimable => self.reclaimable,
            Figure::Required => self.required,
            Figure::Available => self.available,
            Figure::OverLicensed => self.over_licensed,
            Figure::Shortfall => self.shortfall,
            Figure::TrueUpCost => return Amount::Money(self.true_up_cost),
            Figure::PotentialSavings => return Amount::Money(self.potential_savings),
            Figure::AvailableCost => return Amount::Money(self.available_cost),
        })
    }

    /// Returns true if the product is not owned, not held and not listed by the application.
    pub(crate) const fn is_blank(&self) -> bool {
        self.owned == 0 && self.allocated == 0 && self.product_name.is_none()
    }
}
