//! The figures of a position by name, and the rows behind each: "why this number".

use crate::ledger::Ledger;
use crate::{Position, SeatRow, Spared, Usage};
use purser_model::{Entitlement, Money};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A figure of a [`Position`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "each is the field of `Position` of the same name, documented there"
)]
pub enum Figure {
    Owned,
    Allocated,
    InUse,
    Inactive,
    NeverUsed,
    Unknown,
    InGrace,
    Exempt,
    Reclaimable,
    Required,
    Available,
    OverLicensed,
    Shortfall,
    TrueUpCost,
    PotentialSavings,
}

/// A word that names no figure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no figure of a position: use one of {names}", names = Figure::ALL.map(Figure::as_str).join(", "))]
pub struct FigureError(String);

impl Figure {
    /// Every figure, in the order of a position.
    pub const ALL: [Self; 15] = [
        Self::Owned,
        Self::Allocated,
        Self::InUse,
        Self::Inactive,
        Self::NeverUsed,
        Self::Unknown,
        Self::InGrace,
        Self::Exempt,
        Self::Reclaimable,
        Self::Required,
        Self::Available,
        Self::OverLicensed,
        Self::Shortfall,
        Self::TrueUpCost,
        Self::PotentialSavings,
    ];

    /// The name of the field of [`Position`].
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owned => "owned",
            Self::Allocated => "allocated",
            Self::InUse => "in_use",
            Self::Inactive => "inactive",
            Self::NeverUsed => "never_used",
            Self::Unknown => "unknown",
            Self::InGrace => "in_grace",
            Self::Exempt => "exempt",
            Self::Reclaimable => "reclaimable",
            Self::Required => "required",
            Self::Available => "available",
            Self::OverLicensed => "over_licensed",
            Self::Shortfall => "shortfall",
            Self::TrueUpCost => "true_up_cost",
            Self::PotentialSavings => "potential_savings",
        }
    }

    /// How it is computed from its rows, in a clause.
    #[must_use]
    pub const fn formula(self) -> &'static str {
        match self {
            Self::Owned => "the quantities of the active entitlements",
            Self::Allocated => "the seats that accounts hold",
            Self::InUse => "the seats used within the window",
            Self::Inactive => "the seats used, but not within the window",
            Self::NeverUsed => "the seats never used",
            Self::Unknown => "the seats of which the application does not tell when they were used",
            Self::InGrace => "the seats not in use that are left alone because they are new",
            Self::Exempt => "the seats of exempt accounts",
            Self::Reclaimable => {
                "the seats inactive, never used or held by a leaver, neither new nor exempt"
            }
            Self::Required => "the seats allocated that are not reclaimable",
            Self::Available => "owned less allocated",
            Self::OverLicensed => "owned less required",
            Self::Shortfall => "allocated less owned",
            Self::TrueUpCost => "shortfall times the average yearly cost of a seat",
            Self::PotentialSavings => "reclaimable times the average yearly cost of a seat",
        }
    }

    /// Whether a seat is one of the rows behind the figure.
    #[must_use]
    pub fn counts(self, row: &SeatRow) -> bool {
        match self {
            Self::Owned => false,
            Self::InUse => row.usage == Usage::InUse,
            Self::Inactive => row.usage == Usage::Inactive,
            Self::NeverUsed => row.usage == Usage::NeverUsed,
            Self::Unknown => row.usage == Usage::Unknown,
            Self::InGrace => row.spared == Some(Spared::Grace),
            Self::Exempt => matches!(row.spared, Some(Spared::Exempt { .. })),
            Self::Reclaimable | Self::PotentialSavings => row.reclaimable,
            Self::Required | Self::OverLicensed => !row.reclaimable,
            Self::Allocated | Self::Available | Self::Shortfall | Self::TrueUpCost => true,
        }
    }

    /// Whether entitlements are among the rows behind the figure.
    #[must_use]
    pub const fn uses_entitlements(self) -> bool {
        matches!(
            self,
            Self::Owned
                | Self::Available
                | Self::OverLicensed
                | Self::Shortfall
                | Self::TrueUpCost
                | Self::PotentialSavings
        )
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Figure {
    type Err = FigureError;

    /// Reads the name of a field, with hyphens as good as underscores.
    fn from_str(text: &str) -> Result<Self, FigureError> {
        let name = text.trim().replace('-', "_");
        let found = Self::ALL.into_iter().find(|figure| figure.as_str() == name);
        found.ok_or_else(|| FigureError(text.chars().take(80).collect()))
    }
}

/// The value of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Amount {
    /// A number of seats.
    Seats(u64),
    /// Money a year; absent when the cost is not known.
    Money(Option<Money>),
}

impl Position {
    /// The value of a figure.
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
        })
    }
}

/// A figure with the rows it came from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation<'a> {
    /// The application.
    pub application: &'a str,
    /// The product.
    pub product: &'a str,
    /// Which figure.
    pub figure: Figure,
    /// What it is.
    pub value: Amount,
    /// How it is computed from the rows.
    pub formula: &'static str,
    /// The seats behind it, by connection and account id.
    pub seats: Vec<&'a SeatRow>,
    /// The entitlements behind it, by reference.
    pub entitlements: Vec<&'a Entitlement>,
}

impl<'a> Explanation<'a> {
    pub(crate) fn of(position: &'a Position, figure: Figure, ledger: &'a Ledger) -> Self {
        let entitlements = if figure.uses_entitlements() {
            ledger.entitlements.as_slice()
        } else {
            &[]
        };
        Self {
            application: &position.application,
            product: &position.product,
            figure,
            value: position.figure(figure),
            formula: figure.formula(),
            seats: ledger
                .seats
                .iter()
                .filter(|row| figure.counts(row))
                .collect(),
            entitlements: entitlements.iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_read_by_its_name() {
        for figure in Figure::ALL {
            assert_eq!(figure.as_str().parse(), Ok(figure));
        }
        assert_eq!("never-used".parse(), Ok(Figure::NeverUsed));
        assert!(
            "waste"
                .parse::<Figure>()
                .unwrap_err()
                .to_string()
                .contains("potential_savings")
        );
    }
}
