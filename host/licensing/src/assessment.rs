//! Assessment of one seat: its usage, its findings, and the reason not to reclaim it.
//!
//! A new kind of finding is a variant of [`Finding`] and an entry of `CHECKS`.

use crate::finding::Finding;
use crate::matching::Match;
use crate::rules::{AsOf, ReclamationRules};
use crate::subscription::Subscription;
use crate::usage::{Usage, whole_days};
use jiff::civil::Date;
use purser_model::{Employment, LastActivity, Timestamp};
use serde::{Deserialize, Serialize};

/// The reason that a seat is not proposed for reclaim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum NotReclaimable {
    /// The seat or its account is new.
    Grace,
    /// The account is exempt.
    Exempt {
        /// The pattern of the rule that exempts it.
        pattern: String,
    },
}

/// The assessment of one seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assessment {
    /// The usage, by activity alone.
    pub(crate) usage: Usage,
    /// The findings, most serious first.
    pub(crate) findings: Vec<Finding>,
    /// The reason not to reclaim the seat; absent if there is none. Always present for an exempt
    /// account, regardless of the findings.
    pub(crate) not_reclaimable: Option<NotReclaimable>,
}

type Check = fn(&Subscription<'_>, &ReclamationRules, AsOf) -> Option<Finding>;

/// Every check, most serious finding first.
const CHECKS: [Check; 6] = [
    find_leaver,
    find_inactive,
    find_never_used,
    find_unmatched,
    find_ambiguous,
    find_activity_unknown,
];

impl Assessment {
    /// Assesses one seat by the rules. `as_of.now` is the moment that the seat was read: nothing is
    /// known of its use after that.
    pub(crate) fn new(seat: &Subscription<'_>, rules: &ReclamationRules, as_of: AsOf) -> Self {
        let usage = Usage::classify(seat.last_activity, rules.inactive_after_days, as_of.now);
        let findings: Vec<_> = CHECKS
            .iter()
            .filter_map(|check| check(seat, rules, as_of))
            .collect();

        let exempted_by = rules
            .exempt
            .iter()
            .find(|pattern| pattern.matches(seat.application, seat.account));
        let not_reclaimable = match exempted_by {
            Some(pattern) => Some(NotReclaimable::Exempt {
                pattern: pattern.as_str().to_owned(),
            }),
            // The checks skip new seats: an idle seat without a waste finding is in grace.
            None if usage.is_idle() && !has_waste(&findings) => Some(NotReclaimable::Grace),
            None => None,
        };

        Self {
            usage,
            findings,
            not_reclaimable,
        }
    }

    /// Returns true if the account is exempt from reclaim.
    pub(crate) const fn is_exempt(&self) -> bool {
        matches!(self.not_reclaimable, Some(NotReclaimable::Exempt { .. }))
    }

    /// Returns the day on which the holder left, if they left; absent inside if it is not known.
    pub(crate) fn leaver(&self) -> Option<Option<Date>> {
        self.findings.iter().find_map(|finding| match finding {
            Finding::Leaver { left_on, .. } => Some(*left_on),
            _ => None,
        })
    }

    /// Returns true if the seat is wasted and may be reclaimed.
    ///
    /// A seat of unknown activity is reclaimable only if its holder has left.
    pub(crate) fn is_reclaimable(&self) -> bool {
        has_waste(&self.findings) && !self.is_exempt()
    }
}

fn has_waste(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.kind().is_waste())
}

fn find_leaver(seat: &Subscription<'_>, _: &ReclamationRules, as_of: AsOf) -> Option<Finding> {
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
                Employment::Employed | Employment::Unclear(_) => None,
            },
        })
}

fn find_inactive(
    seat: &Subscription<'_>,
    rules: &ReclamationRules,
    as_of: AsOf,
) -> Option<Finding> {
    let LastActivity::At(since) = seat.last_activity else {
        return None;
    };

    let days = whole_days(since, as_of.now);
    let rule_days = rules.inactive_after_days;
    let is_inactive = days >= i64::from(rule_days) && !is_in_grace(seat, rules, as_of.now);

    is_inactive.then_some(Finding::Inactive {
        since,
        days,
        rule_days,
    })
}

fn find_never_used(
    seat: &Subscription<'_>,
    rules: &ReclamationRules,
    as_of: AsOf,
) -> Option<Finding> {
    let is_unused =
        seat.last_activity == LastActivity::Never && !is_in_grace(seat, rules, as_of.now);

    is_unused.then(|| Finding::NeverUsed {
        held_since: seat.seat.assigned_at.or(seat.account.created_at),
    })
}

fn find_unmatched(seat: &Subscription<'_>, _: &ReclamationRules, _: AsOf) -> Option<Finding> {
    let Match::Unmatched { mapped_to } = seat.holder else {
        return None;
    };

    Some(Finding::Unmatched {
        mapped_to: mapped_to.clone(),
    })
}

fn find_ambiguous(seat: &Subscription<'_>, _: &ReclamationRules, _: AsOf) -> Option<Finding> {
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

fn find_activity_unknown(
    seat: &Subscription<'_>,
    _: &ReclamationRules,
    _: AsOf,
) -> Option<Finding> {
    (seat.last_activity == LastActivity::Unknown).then_some(Finding::ActivityUnknown)
}

/// Returns true if the seat or its account is younger than the grace period.
///
/// Undated seats have no grace: an application without dates would otherwise never show waste.
fn is_in_grace(seat: &Subscription<'_>, rules: &ReclamationRules, now: Timestamp) -> bool {
    let dates = [seat.seat.assigned_at, seat.account.created_at];

    dates
        .into_iter()
        .flatten()
        .any(|at| whole_days(at, now) < i64::from(rules.grace_days))
}

#[cfg(test)]
mod tests;
