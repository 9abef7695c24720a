//! Findings about one seat, as data and as a clause.

use crate::usage::utc_day;
use jiff::civil::Date;
use purser_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A finding about a seat. Its `Display` is a clause that a person can check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "finding")]
pub enum Finding {
    /// The holder has left the company.
    Leaver {
        /// The holder's employee number.
        employee_number: String,
        /// The holder's name.
        name: String,
        /// The day of leaving; absent if the directory does not report it.
        left_on: Option<Date>,
    },
    /// The seat was used, but not for a long time.
    Inactive {
        /// The last use.
        since: Timestamp,
        /// Whole days from the last use to now.
        days: i64,
        /// The days after which the rule calls a seat inactive.
        rule_days: u32,
    },
    /// The seat was never used, and its grace period is over.
    NeverUsed {
        /// The day of assignment, or else of the account's creation; absent if neither is reported.
        held_since: Option<Timestamp>,
    },
    /// No person of the directory matches the account.
    Unmatched {
        /// The employee number that the account was mapped to by hand and that the directory lacks;
        /// absent if it was not mapped.
        mapped_to: Option<String>,
    },
    /// Several people match the account.
    Ambiguous {
        /// The employee numbers of these people.
        people: Vec<String>,
        /// The account's values that match them, separated by commas.
        value: String,
    },
    /// The application does not report the use of the seat. Never waste.
    ActivityUnknown,
}

/// A finding without its details, for counting.
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
    strum::IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
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
    /// Returns the word used in tables and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns true if a seat with this finding is wasted. Other findings only ask for attention.
    #[must_use]
    pub const fn is_waste(self) -> bool {
        matches!(self, Self::Leaver | Self::Inactive | Self::NeverUsed)
    }
}

impl Finding {
    /// Returns the finding without its details.
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
                let day = utc_day(*since);
                write!(
                    f,
                    "last used {day}, {days} days ago; rule: inactive {rule_days} days"
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{as_of, days_ago};

    fn leaver(left_on: Option<Date>) -> Finding {
        Finding::Leaver {
            employee_number: "E7".into(),
            name: "Ada".into(),
            left_on,
        }
    }

    fn inactive() -> Finding {
        Finding::Inactive {
            since: days_ago(114),
            days: 114,
            rule_days: 60,
        }
    }

    #[test]
    fn finding_displays_a_clause_with_its_details() {
        for (finding, clause) in [
            (
                inactive(),
                "last used 2026-08-01, 114 days ago; rule: inactive 60 days",
            ),
            (
                Finding::NeverUsed {
                    held_since: Some(days_ago(114)),
                },
                "never used, held since 2026-08-01",
            ),
            (
                Finding::NeverUsed { held_since: None },
                "never used, held since an unknown day",
            ),
            (leaver(Some(as_of().today)), "Ada (E7) left on 2026-11-23"),
            (leaver(None), "Ada (E7) left"),
            (
                Finding::Ambiguous {
                    people: vec!["E1".into(), "E2".into()],
                    value: "a@b".into(),
                },
                "a@b matches E1 and E2",
            ),
        ] {
            assert_eq!(finding.to_string(), clause);
        }
    }

    #[test]
    fn finding_serializes_to_stable_json() {
        let json =
            r#"{"finding":"inactive","since":"2026-08-01T12:00:00Z","days":114,"rule_days":60}"#;

        assert_eq!(serde_json::to_string(&inactive()).unwrap(), json);
    }
}
