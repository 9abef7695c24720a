//! The figures of a position by name, each with its formula and its rows.

use crate::assessment::NotReclaimable;
use crate::seat_row::SeatRow;
use crate::usage::Usage;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use strum::VariantArray;

/// A figure of a position, in the order of the position's fields.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
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
    AvailableCost,
}

/// A name that matches no figure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown figure {0:?}: use one of {names}", names = all_names())]
pub struct FigureError(String);

/// The longest part of an unknown name that an error repeats, in characters.
const MAX_QUOTED_CHARS: usize = 80;

impl Figure {
    /// Returns the name of the field of `Position`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns the computation of the figure from its rows, as a clause.
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
            Self::AvailableCost => "available times the average yearly cost of a seat",
        }
    }

    /// Returns true if the figure is computed from this seat.
    #[must_use]
    pub fn counts(self, row: &SeatRow) -> bool {
        match self {
            Self::Owned => false,
            Self::InUse => row.usage == Usage::InUse,
            Self::Inactive => row.usage == Usage::Inactive,
            Self::NeverUsed => row.usage == Usage::NeverUsed,
            Self::Unknown => row.usage == Usage::Unknown,
            Self::InGrace => row.not_reclaimable == Some(NotReclaimable::Grace),
            Self::Exempt => matches!(row.not_reclaimable, Some(NotReclaimable::Exempt { .. })),
            Self::Reclaimable | Self::PotentialSavings => row.reclaimable,
            Self::Required | Self::OverLicensed => !row.reclaimable,
            Self::Allocated
            | Self::Available
            | Self::Shortfall
            | Self::TrueUpCost
            | Self::AvailableCost => true,
        }
    }

    /// Returns true if the figure is computed from entitlements.
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
                | Self::AvailableCost
        )
    }
}

impl FromStr for Figure {
    type Err = FigureError;

    /// Parses the name of a field, written with underscores or hyphens.
    fn from_str(text: &str) -> Result<Self, FigureError> {
        let name = text.trim().replace('-', "_");

        Self::VARIANTS
            .iter()
            .copied()
            .find(|figure| figure.as_str() == name)
            .ok_or_else(|| FigureError(text.chars().take(MAX_QUOTED_CHARS).collect()))
    }
}

fn all_names() -> String {
    let names: Vec<_> = Figure::VARIANTS
        .iter()
        .map(|figure| figure.as_str())
        .collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_is_parsed_from_its_name() {
        for figure in Figure::VARIANTS {
            assert_eq!(figure.as_str().parse(), Ok(*figure));
        }
        assert_eq!("never-used".parse(), Ok(Figure::NeverUsed));
    }

    #[test]
    fn figure_name_equals_its_serialized_form() {
        for figure in Figure::VARIANTS {
            let json = serde_json::to_value(figure).unwrap();
            assert_eq!(json, figure.as_str());
            assert_eq!(json, figure.to_string());
        }
    }

    #[test]
    fn unknown_figure_name_error_lists_the_figures() {
        let error = "waste".parse::<Figure>().unwrap_err().to_string();

        assert!(error.contains("\"waste\""), "{error}");
        assert!(error.contains("potential_savings"), "{error}");
    }
}
