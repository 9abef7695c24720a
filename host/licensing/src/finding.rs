//! What can be found about one seat, in words and in numbers.

use jiff::civil::Date;
use jiff::tz::Offset;
use purser_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Something worth knowing about a seat. Its `Display` is a clause that a person can check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "finding")]
pub enum Finding {
    /// Its holder has left the company.
    Leaver {
        /// Who.
        employee_number: String,
        /// Their name.
        name: String,
        /// When, where the directory tells.
        left_on: Option<Date>,
    },
    /// It was used, but not for a long time.
    Inactive {
        /// The last use.
        since: Timestamp,
        /// Whole days from then to now.
        days: i64,
        /// The days that the rule asks for.
        rule_days: u32,
    },
    /// It was never used, and is no longer new.
    NeverUsed {
        /// When the seat was assigned or else the account made, where the application tells.
        held_since: Option<Timestamp>,
    },
    /// Nobody in the directory matches its account.
    Unmatched {
        /// The employee number, unknown to the directory, that the account was mapped to by hand.
        mapped_to: Option<String>,
    },
    /// Several people match its account.
    Ambiguous {
        /// Their employee numbers.
        people: Vec<String>,
        /// The account's values that point at them.
        value: String,
    },
    /// The application does not tell when it was used. Never waste.
    ActivityUnknown,
}

/// A finding without its particulars, for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// [`Finding::Leaver`].
    Leaver,
    /// [`Finding::Inactive`].
    Inactive,
    /// [`Finding::NeverUsed`].
    NeverUsed,
    /// [`Finding::Unmatched`].
    Unmatched,
    /// [`Finding::Ambiguous`].
    Ambiguous,
    /// [`Finding::ActivityUnknown`].
    ActivityUnknown,
}

impl FindingKind {
    /// The word used in tables and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Leaver => "leaver",
            Self::Inactive => "inactive",
            Self::NeverUsed => "never-used",
            Self::Unmatched => "unmatched",
            Self::Ambiguous => "ambiguous",
            Self::ActivityUnknown => "activity-unknown",
        }
    }

    /// Whether a seat of which this is found is wasted. The others only ask for attention.
    #[must_use]
    pub const fn is_waste(self) -> bool {
        matches!(self, Self::Leaver | Self::Inactive | Self::NeverUsed)
    }
}

impl Finding {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> FindingKind {
        match self {
            Self::Leaver { .. } => FindingKind::Leaver,
            Self::Inactive { .. } => FindingKind::Inactive,
            Self::NeverUsed { .. } => FindingKind::NeverUsed,
            Self::Unmatched { .. } => FindingKind::Unmatched,
            Self::Ambiguous { .. } => FindingKind::Ambiguous,
            Self::ActivityUnknown => FindingKind::ActivityUnknown,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leaver {
                employee_number,
                name,
                left_on,
            } => {
                write!(f, "{name} ({employee_number}) left")?;
                left_on.map_or(Ok(()), |on| write!(f, " on {on}"))
            }
            Self::Inactive {
                since,
                days,
                rule_days,
            } => {
                write!(
                    f,
                    "last used {}, {days} days ago; rule: inactive {rule_days} days",
                    utc_day(*since)
                )
            }
            Self::NeverUsed {
                held_since: Some(since),
            } => write!(f, "never used, held since {}", utc_day(*since)),
            Self::NeverUsed { held_since: None } => {
                f.write_str("never used, held since an unknown day")
            }
            Self::Unmatched { mapped_to: None } => f.write_str("no matching person"),
            Self::Unmatched {
                mapped_to: Some(number),
            } => {
                write!(
                    f,
                    "mapped to employee {number}, whom the directory does not have"
                )
            }
            Self::Ambiguous { people, value } => {
                write!(f, "{value} matches {}", people.join(" and "))
            }
            Self::ActivityUnknown => f.write_str("the application does not tell when it was used"),
        }
    }
}

/// The day of an instant in UTC, for sentences.
fn utc_day(at: Timestamp) -> Date {
    Offset::UTC.to_datetime(at).date()
}
