//! Attention: the reasons that a candidate must be reviewed before its seat is taken.
//!
//! A finding is only as good as the facts behind it. A person decides if these contradict each
//! other, are missing or are old.

use crate::assessment::Assessment;
use crate::matching::Match;
use crate::rules::AsOf;
use crate::subscription::Subscription;
use crate::usage::{Usage, utc_day, whole_days};
use jiff::ToSpan as _;
use jiff::civil::Date;
use purser_model::{Employment, LastActivity, Person, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Age in days from which the facts about a seat are too old to act on.
pub(crate) const MAX_AGE_DAYS: i64 = 7;

/// Fields that neither identify an account nor say whether it is used, in lower-case letters.
const HARMLESS_FIELDS: [&str; 14] = [
    "addresses",
    "attribute",
    "attributes",
    "department",
    "displayname",
    "familyname",
    "formatted",
    "givenname",
    "locale",
    "name",
    "nickname",
    "phonenumbers",
    "photos",
    "title",
];

/// The reason that a candidate must be reviewed first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Attention {
    /// No person matches the account, so there is no holder to ask.
    NoOwner,
    /// Several people match the account.
    SeveralOwners,
    /// Weaker evidence names other people.
    ContradictoryEvidence {
        /// The employee numbers of the others.
        people: Vec<String>,
    },
    /// The directory contradicts itself about the holder's employment.
    EmploymentUnclear {
        /// The day of leaving that it reports; absent if it reports none.
        left_on: Option<Date>,
    },
    /// The holder has left, and the account was used after that.
    UsedAfterLeaving {
        /// The last use.
        at: Timestamp,
    },
    /// The account is a service account: a program may depend on it.
    ServiceAccount,
    /// The account is excluded from matching, so it has no holder to ask.
    Excluded {
        /// The pattern of the rule that excludes it.
        pattern: String,
    },
    /// No person used the application recently, so its activity may be incomplete.
    ActivityFrozen {
        /// The latest activity of any person.
        since: Timestamp,
    },
    /// Fields of the account that identify it, or say how it is used, could not be read.
    UnreadableFields {
        /// The problems, one sentence each.
        warnings: Vec<String>,
    },
    /// The last complete read did not list the account. It may be gone.
    Missing {
        /// The time of that read.
        since: Timestamp,
    },
    /// The account was last read long ago, so it may have been used since.
    OldRead {
        /// The time of the last complete read.
        at: Timestamp,
    },
    /// The seat comes from a group and cannot be removed from the account alone.
    Inherited {
        /// The group, as the application names it.
        group: String,
    },
}

impl fmt::Display for Attention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoOwner => f.write_str("no person is known to hold the account"),
            Self::SeveralOwners => f.write_str("several people may hold the account"),
            Self::ContradictoryEvidence { people } => {
                write!(f, "other evidence names {}", people.join(" and "))
            }
            Self::EmploymentUnclear { left_on: Some(day) } => write!(
                f,
                "the directory calls the holder employed and reports {day} as the day of leaving"
            ),
            Self::EmploymentUnclear { left_on: None } => {
                f.write_str("the directory does not say whether the holder is employed")
            }
            Self::UsedAfterLeaving { at } => {
                write!(f, "it was used after the holder left, on {}", utc_day(*at))
            }
            Self::ServiceAccount => f.write_str("it is a service account"),
            Self::Excluded { pattern } => {
                write!(f, "the account is excluded from matching by {pattern}")
            }
            Self::ActivityFrozen { since } => write!(
                f,
                "the application shows no activity of any person since {}",
                utc_day(*since)
            ),
            Self::UnreadableFields { warnings } => {
                write!(f, "fields could not be read: {}", warnings.join("; "))
            }
            Self::Missing { since } => {
                write!(
                    f,
                    "the application no longer lists it since {}",
                    utc_day(*since)
                )
            }
            Self::OldRead { at } => write!(f, "it was last read on {}", utc_day(*at)),
            Self::Inherited { group } => write!(f, "the seat comes from the group {group}"),
        }
    }
}

/// Returns the reasons to review a candidate before its seat is taken.
pub(crate) fn attention(
    seat: &Subscription<'_>,
    assessment: &Assessment,
    as_of: AsOf,
) -> Vec<Attention> {
    let about_group = seat
        .seat
        .inherited_from
        .clone()
        .map(|group| Attention::Inherited { group });

    [
        about_holder(seat),
        contradiction(seat, assessment, as_of),
        unclear_employment(seat),
        use_after_leaving(seat, assessment),
        unreadable_fields(seat, assessment),
        seat.missing_since.map(|since| Attention::Missing { since }),
        old_read(seat, as_of),
        about_group,
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn about_holder(seat: &Subscription<'_>) -> Option<Attention> {
    match seat.holder {
        Match::Person { .. } | Match::Guest => None,
        Match::Unmatched { .. } => Some(Attention::NoOwner),
        Match::Ambiguous { .. } => Some(Attention::SeveralOwners),
        Match::ServiceAccount => Some(Attention::ServiceAccount),
        Match::Excluded { pattern } => Some(Attention::Excluded {
            pattern: pattern.clone(),
        }),
    }
}

fn contradiction(
    seat: &Subscription<'_>,
    assessment: &Assessment,
    as_of: AsOf,
) -> Option<Attention> {
    let Match::Person {
        others,
        contradicted,
        ..
    } = seat.holder
    else {
        return None;
    };

    // why: the account of a leaver whose address passed to a colleague may have passed, too
    let has_left = assessment.leaver().is_some();
    let works = |person: &Person| !person.employment.has_left_by(as_of.today);
    let may_have_passed = has_left && others.iter().any(|other| works(other));
    if !contradicted && !may_have_passed {
        return None;
    }

    let people = others
        .iter()
        .map(|person| person.employee_number.clone())
        .collect();
    Some(Attention::ContradictoryEvidence { people })
}

fn unclear_employment(seat: &Subscription<'_>) -> Option<Attention> {
    match seat.holder {
        Match::Person { person, .. } => match person.employment {
            Employment::Unclear(left_on) => Some(Attention::EmploymentUnclear { left_on }),
            Employment::Employed | Employment::Left(_) => None,
        },
        _ => None,
    }
}

fn use_after_leaving(seat: &Subscription<'_>, assessment: &Assessment) -> Option<Attention> {
    let left_on = assessment.leaver()?;
    let LastActivity::At(at) = seat.last_activity else {
        return None;
    };

    let is_after = match left_on {
        // why: the last day ends somewhere on earth up to a day and a half later
        Some(on) => {
            let used_on = utc_day(at);
            on.checked_add(1.day()).is_ok_and(|after| used_on > after)
        }
        // why: without a day, a recent use is the only sign that the person still works
        None => assessment.usage == Usage::InUse,
    };
    is_after.then_some(Attention::UsedAfterLeaving { at })
}

fn unreadable_fields(seat: &Subscription<'_>, assessment: &Assessment) -> Option<Attention> {
    let is_never_used = assessment.usage == Usage::NeverUsed;
    let warnings: Vec<_> = seat
        .account
        .warnings
        .iter()
        .filter(|warning| !is_harmless(warning, is_never_used))
        .cloned()
        .collect();

    (!warnings.is_empty()).then_some(Attention::UnreadableFields { warnings })
}

/// Returns true if the field that a warning begins with does not matter to a finding. The day of
/// creation matters to a seat that was never used: it may be new.
fn is_harmless(warning: &str, is_never_used: bool) -> bool {
    let field: String = warning
        .split([' ', ':'])
        .next()
        .unwrap_or_default()
        .split('.')
        .next_back()
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();

    HARMLESS_FIELDS.contains(&field.as_str())
        || !is_never_used && matches!(field.as_str(), "created" | "createdat" | "assignedat")
}

fn old_read(seat: &Subscription<'_>, as_of: AsOf) -> Option<Attention> {
    let at = seat.read_at?;

    (whole_days(at, as_of.now) >= MAX_AGE_DAYS).then_some(Attention::OldRead { at })
}
