//! Judging one seat: how it is used, what is to be said of it, and whether it is waste. A new kind of finding is a case of [`Finding`] and a
//! line in `CHECKS`.

use crate::{AsOf, Finding, Match, ReclamationRules};
use purser_model::{Account, Employment, LastActivity, Seat, Timestamp};
use serde::{Deserialize, Serialize};

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
            LastActivity::At(at) if whole_days(at, now) >= i64::from(inactive_after_days) => {
                Self::Inactive
            }
            LastActivity::At(_) => Self::InUse,
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
        self.findings
            .iter()
            .any(|finding| finding.kind().is_waste())
    }
}

type Check = fn(&Subscription<'_>, &ReclamationRules, AsOf) -> Option<Finding>;

/// Every check, the gravest finding first.
const CHECKS: [Check; 6] = [
    leaver,
    inactive,
    never_used,
    unmatched,
    ambiguous,
    activity_unknown,
];

/// Judges one seat.
#[must_use]
pub fn assess(seat: &Subscription<'_>, rules: &ReclamationRules, as_of: AsOf) -> Assessment {
    let usage = Usage::of(seat.last_activity, rules.inactive_after_days, as_of.now);
    let findings = CHECKS
        .iter()
        .filter_map(|check| check(seat, rules, as_of))
        .collect();
    let mut assessment = Assessment {
        usage,
        findings,
        spared: None,
    };
    assessment.spared = match rules
        .exempt
        .iter()
        .find(|pattern| pattern.picks(seat.application, seat.account))
    {
        Some(pattern) => Some(Spared::Exempt {
            pattern: pattern.as_str().to_owned(),
        }),
        None if idle(usage) && !assessment.is_waste() => Some(Spared::Grace),
        None => None,
    };
    assessment
}

const fn idle(usage: Usage) -> bool {
    matches!(usage, Usage::Inactive | Usage::NeverUsed)
}

fn leaver(seat: &Subscription<'_>, _: &ReclamationRules, as_of: AsOf) -> Option<Finding> {
    let Match::Person { person, .. } = seat.holder else {
        return None;
    };
    person
        .employment
        .has_left_by(as_of.today)
        .then(|| Finding::Leaver {
            employee_number: person.employee_number.clone(),
            name: person.name.clone(),
            left_on: match person.employment {
                Employment::Left(on) => on,
                Employment::Employed => None,
            },
        })
}

fn inactive(seat: &Subscription<'_>, rules: &ReclamationRules, as_of: AsOf) -> Option<Finding> {
    let LastActivity::At(since) = seat.last_activity else {
        return None;
    };
    let days = whole_days(since, as_of.now);
    let rule_days = rules.inactive_after_days;
    let found = days >= i64::from(rule_days) && !is_new(seat, rules, as_of.now);
    found.then_some(Finding::Inactive {
        since,
        days,
        rule_days,
    })
}

fn never_used(seat: &Subscription<'_>, rules: &ReclamationRules, as_of: AsOf) -> Option<Finding> {
    let found = seat.last_activity == LastActivity::Never && !is_new(seat, rules, as_of.now);
    found.then(|| Finding::NeverUsed {
        held_since: seat.seat.assigned_at.or(seat.account.created_at),
    })
}

fn unmatched(seat: &Subscription<'_>, _: &ReclamationRules, _: AsOf) -> Option<Finding> {
    let Match::Unmatched { mapped_to } = seat.holder else {
        return None;
    };
    Some(Finding::Unmatched {
        mapped_to: mapped_to.clone(),
    })
}

fn ambiguous(seat: &Subscription<'_>, _: &ReclamationRules, _: AsOf) -> Option<Finding> {
    let Match::Ambiguous { people, evidence } = seat.holder else {
        return None;
    };
    let people = people
        .iter()
        .map(|person| person.employee_number.clone())
        .collect();
    Some(Finding::Ambiguous {
        people,
        value: evidence.value.clone(),
    })
}

fn activity_unknown(seat: &Subscription<'_>, _: &ReclamationRules, _: AsOf) -> Option<Finding> {
    (seat.last_activity == LastActivity::Unknown).then_some(Finding::ActivityUnknown)
}

fn is_new(seat: &Subscription<'_>, rules: &ReclamationRules, now: Timestamp) -> bool {
    let born = [seat.seat.assigned_at, seat.account.created_at];
    born.into_iter()
        .flatten()
        .any(|at| whole_days(at, now) < i64::from(rules.grace_days))
}

/// Whole days of 24 hours between two instants, rounded down: negative when `from` is later.
fn whole_days(from: Timestamp, to: Timestamp) -> i64 {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    (to.as_millisecond() - from.as_millisecond()).div_euclid(DAY)
}

#[cfg(test)]
mod tests;
