//! The compliance position of one product: what is owned against what is held, used and wasted.

use crate::ledger::Ledger;
use crate::{CostGap, Figure};
use purser_model::{Money, MoneyError};
use serde::{Deserialize, Serialize};

/// Whether a product is used within what is owned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComplianceStatus {
    /// As much is owned as is required, and every seat given out is covered.
    Compliant,
    /// Every seat given out is covered, and more is owned than is required: something can be given back.
    OverLicensed,
    /// More seats are given out than are owned: a true-up is due, unless seats are reclaimed.
    NotCompliant,
    /// Seats are given out and nothing is owned.
    Unlicensed,
    /// Something is owned and no seat is given out.
    Unused,
}

impl ComplianceStatus {
    /// The word used in tables and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compliant => "compliant",
            Self::OverLicensed => "over-licensed",
            Self::NotCompliant => "not-compliant",
            Self::Unlicensed => "unlicensed",
            Self::Unused => "unused",
        }
    }

    fn of(owned: u64, allocated: u64, required: u64) -> Self {
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

/// Where one product of one application stands. Counts are seats; costs are for a year.
///
/// Always `allocated = in_use + inactive + never_used + unknown` and `required = allocated − reclaimable`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The application, by the name of its profile.
    pub application: String,
    /// The product's identifier in the application.
    pub product: String,
    /// The name people know, where the application tells.
    pub product_name: Option<String>,
    /// Whether all of it is in order.
    pub status: ComplianceStatus,
    /// Seats of the entitlements that are active.
    pub owned: u64,
    /// Seats that accounts hold. An account that holds a product twice, directly and through a group, holds one seat.
    pub allocated: u64,
    /// Of these, used within the window.
    pub in_use: u64,
    /// Of these, used, but not within the window.
    pub inactive: u64,
    /// Of these, never used.
    pub never_used: u64,
    /// Of these, not to be judged, because the application does not tell.
    pub unknown: u64,
    /// Seats not in use that are left alone because they are new.
    pub in_grace: u64,
    /// Seats of exempt accounts, used or not.
    pub exempt: u64,
    /// Seats that are wasted and may be taken back: inactive, never used or a leaver's, neither new nor exempt.
    pub reclaimable: u64,
    /// Seats that are left when those are taken back.
    pub required: u64,
    /// Seats owned and not given out.
    pub available: u64,
    /// Seats owned beyond what is required: what could be given back to the vendor.
    pub over_licensed: u64,
    /// Seats given out beyond what is owned.
    pub shortfall: u64,
    /// What a seat costs in a year: the average of the active entitlements, weighted by quantity.
    pub seat_cost: Option<Money>,
    /// Why the cost is not known, where it is not.
    pub cost_gap: Option<CostGap>,
    /// What covering the shortfall costs in a year, at the same price. Absent when the cost is not known.
    pub true_up_cost: Option<Money>,
    /// What the reclaimable seats cost in a year. Absent when the cost is not known. Where there is a shortfall, reclaiming first avoids
    /// the true-up and only then saves what is paid today; both are valued alike.
    pub potential_savings: Option<Money>,
    /// Seats bought, as the application itself counts them; for comparison, it does not enter any figure.
    pub reported_purchased: Option<u32>,
    /// Seats given out, as the application itself counts them; for comparison.
    pub reported_assigned: Option<u32>,
}

impl Position {
    pub(crate) fn of(
        application: &str,
        product: &str,
        ledger: &Ledger,
    ) -> Result<Self, MoneyError> {
        let count = |figure: Figure| {
            ledger
                .seats
                .iter()
                .map(|row| u64::from(figure.counts(row)))
                .sum::<u64>()
        };
        let owned = ledger
            .entitlements
            .iter()
            .map(|entitlement| u64::from(entitlement.quantity))
            .sum::<u64>();
        let (allocated, reclaimable) = (count(Figure::Allocated), count(Figure::Reclaimable));
        let (required, shortfall) = (
            allocated.saturating_sub(reclaimable),
            allocated.saturating_sub(owned),
        );
        let listed = ledger.listed.as_ref();
        Ok(Self {
            application: application.to_owned(),
            product: product.to_owned(),
            product_name: listed.map(|product| product.name.clone()),
            status: ComplianceStatus::of(owned, allocated, required),
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
            available: owned.saturating_sub(allocated),
            over_licensed: owned.saturating_sub(required),
            shortfall,
            seat_cost: ledger.cost.known(),
            cost_gap: ledger.cost.gap(),
            true_up_cost: ledger.cost.times(shortfall)?,
            potential_savings: ledger.cost.times(reclaimable)?,
            reported_purchased: listed.and_then(|product| product.purchased),
            reported_assigned: listed.and_then(|product| product.assigned),
        })
    }

    /// Whether there is nothing to say: nothing owned, nothing held, and not a product that the application lists.
    pub(crate) const fn is_blank(&self) -> bool {
        self.owned == 0 && self.allocated == 0 && self.product_name.is_none()
    }
}
