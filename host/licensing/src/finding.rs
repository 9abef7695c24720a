//! What can be found about one seat, and whether that makes it waste. A new kind of finding is a case of [`Finding`] and a line in
//! `CHECKS`.

use crate::{AsOf, Match, ReclamationRules};
use jiff::civil::Date;
use jiff::tz::Offset;
use purser_model::{Account, Employment, LastActivity, Seat, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One seat and all that is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Subscription<'a> {
    /// The application's name.
    pub application: &'a str,
    /// The connection through which it was read, where the application has several.
    pub connection: Option<&'a str>,
    /// The account that holds it.
    pub account: &'a Account,
    /// The seat.
    pub seat: &'a Seat,
    /// When it was last used, by everything that was read: this and not the account's own field is what counts.
    pub last_activity: LastActivity,
    /// Whose the account is.
    pub holder: &'a Match<'a>,
}

/// How a seat is used. Every seat is in exactly one of these, by its activity alone: grace and exemptions do not change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Usage {
    /// Used within the window.
    InUse,
    /// Used, but not within the window.
    Inactive,
    /// Never used, and the application tells so.
    NeverUsed,
    /// The application does not tell.
    Unknown,
}

impl Usage {
    /// Judges activity against a window that ends now. Activity in the future, from a clock that is ahead, is use.
    #[must_use]
    pub fn of(activity: LastActivity, inactive_after_days: u32, now: Timestamp) -> Self {
        match activity {
            LastActivity::Unknown => Self::Unknown,
            LastActivity::Never => Self::NeverUsed,
            LastActivity::At(at) if whole_days(at, now) >= i64::from(inactive_after_days) => Self::Inactive,
            LastActivity::At(_) => Self::InUse,
        }
    }
}

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
            Self::Leaver { employee_number, name, left_on } => {
                write!(f, "{name} ({employee_number}) left")?;
                left_on.map_or(Ok(()), |on| write!(f, " on {on}"))
            }
            Self::Inactive { since, days, rule_days } => {
                write!(f, "last used {}, {days} days ago; rule: inactive {rule_days} days", utc_day(*since))
            }
            Self::NeverUsed { held_since: Some(since) } => write!(f, "never used, held since {}", utc_day(*since)),
            Self::NeverUsed { held_since: None } => f.write_str("never used, held since an unknown day"),
            Self::Unmatched { mapped_to: None } => f.write_str("no matching person"),
            Self::Unmatched { mapped_to: Some(number) } => {
                write!(f, "mapped to employee {number}, whom the directory does not have")
            }
            Self::Ambiguous { people, value } => write!(f, "{value} matches {}", people.join(" and ")),
            Self::ActivityUnknown => f.write_str("the application does not tell when it was used"),
        }
    }
}

/// Why a seat is not proposed for reclaim although it is not in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Spared {
    /// It is new.
    Grace,
    /// Its account is exempt.
    Exempt {
        /// The pattern that says so.
        pattern: String,
    },
}

/// What one seat comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// How it is used.
    pub usage: Usage,
    /// What was found, the gravest first.
    pub findings: Vec<Finding>,
    /// Why it is left alone, if it is. An exempt seat always says so, whatever was found.
    pub spared: Option<Spared>,
}

impl Assessment {
    /// Whether the seat is wasted and may be taken back. A seat of unknown activity is only ever that when its holder has left.
    #[must_use]
    pub fn is_reclaimable(&self) -> bool {
        self.is_waste() && !matches!(self.spared, Some(Spared::Exempt { .. }))
    }

    fn is_waste(&self) -> bool {
        self.findings.iter().any(|finding| finding.kind().is_waste())
    }
}

type Check = fn(&Subscription<'_>, &ReclamationRules, AsOf) -> Option<Finding>;

/// Every check, the gravest finding first.
const CHECKS: [Check; 6] = [leaver, inactive, never_used, unmatched, ambiguous, activity_unknown];

/// Judges one seat.
#[must_use]
pub fn assess(seat: &Subscription<'_>, rules: &ReclamationRules, as_of: AsOf) -> Assessment {
    let usage = Usage::of(seat.last_activity, rules.inactive_after_days, as_of.now);
    let findings = CHECKS.iter().filter_map(|check| check(seat, rules, as_of)).collect();
    let mut assessment = Assessment { usage, findings, spared: None };
    assessment.spared = match rules.exempt.iter().find(|pattern| pattern.picks(seat.application, seat.account)) {
        Some(pattern) => Some(Spared::Exempt { pattern: pattern.as_str().to_owned() }),
        None if idle(usage) && !assessment.is_waste() => Some(Spared::Grace),
        None => None,
    };
    assessment
}

const fn idle(usage: Usage) -> bool {
    matches!(usage, Usage::Inactive | Usage::NeverUsed)
}

fn leaver(seat: &Subscription<'_>, _: &ReclamationRules, as_of: AsOf) -> Option<Finding> {
    let Match::Person { person, .. } = seat.holder else { return None };
    person.employment.has_left_by(as_of.today).then(|| Finding::Leaver {
        employee_number: person.employee_number.clone(),
        name: person.name.clone(),
        left_on: match person.employment {
            Employment::Left(on) => on,
            Employment::Employed => None,
        },
    })
}

fn inactive(seat: &Subscription<'_>, rules: &ReclamationRules, as_of: AsOf) -> Option<Finding> {
    let LastActivity::At(since) = seat.last_activity else { return None };
    let days = whole_days(since, as_of.now);
    let rule_days = rules.inactive_after_days;
    let found = days >= i64::from(rule_days) && !is_new(seat, rules, as_of.now);
    found.then_some(Finding::Inactive { since, days, rule_days })
}

fn never_used(seat: &Subscription<'_>, rules: &ReclamationRules, as_of: AsOf) -> Option<Finding> {
    let found = seat.last_activity == LastActivity::Never && !is_new(seat, rules, as_of.now);
    found.then(|| Finding::NeverUsed { held_since: seat.seat.assigned_at.or(seat.account.created_at) })
}

fn unmatched(seat: &Subscription<'_>, _: &ReclamationRules, _: AsOf) -> Option<Finding> {
    let Match::Unmatched { mapped_to } = seat.holder else { return None };
    Some(Finding::Unmatched { mapped_to: mapped_to.clone() })
}

fn ambiguous(seat: &Subscription<'_>, _: &ReclamationRules, _: AsOf) -> Option<Finding> {
    let Match::Ambiguous { people, evidence } = seat.holder else { return None };
    let people = people.iter().map(|person| person.employee_number.clone()).collect();
    Some(Finding::Ambiguous { people, value: evidence.value.clone() })
}

fn activity_unknown(seat: &Subscription<'_>, _: &ReclamationRules, _: AsOf) -> Option<Finding> {
    (seat.last_activity == LastActivity::Unknown).then_some(Finding::ActivityUnknown)
}

fn is_new(seat: &Subscription<'_>, rules: &ReclamationRules, now: Timestamp) -> bool {
    let born = [seat.seat.assigned_at, seat.account.created_at];
    born.into_iter().flatten().any(|at| whole_days(at, now) < i64::from(rules.grace_days))
}

/// Whole days of 24 hours between two instants, rounded down: negative when `from` is later.
fn whole_days(from: Timestamp, to: Timestamp) -> i64 {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    (to.as_millisecond() - from.as_millisecond()).div_euclid(DAY)
}

/// The day of an instant in UTC, for sentences.
fn utc_day(at: Timestamp) -> Date {
    Offset::UTC.to_datetime(at).date()
}

#[cfg(test)]
mod tests;
