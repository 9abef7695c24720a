//! Candidates: the seats proposed for reclaim, each with what was found, why, and what it would save.

use crate::{Assessment, Evidence, Finding, FindingKind, Match, SeatCost, Spared, Subscription};
use purser_model::{LastActivity, Money, Timestamp};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::fmt;

/// Whether a candidate can go on as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CandidateState {
    /// It can be approved.
    Ready,
    /// Somebody must look at it first; `attention` says why.
    AttentionRequired,
}

impl CandidateState {
    /// The word used in tables and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::AttentionRequired => "attention-required",
        }
    }
}

/// Why somebody must look at a candidate first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Attention {
    /// Nobody is known to be its holder, so nobody can be asked.
    NoOwner,
    /// Several people may be its holder.
    SeveralOwners,
    /// It is a service account: something may break.
    ServiceAccount,
    /// Its account is excluded from matching, so nobody is expected to answer for it.
    Excluded {
        /// The pattern that says so.
        pattern: String,
    },
    /// Nobody at all seems to have used the application since this instant: it may no longer tell.
    ActivityFrozen {
        /// The latest activity of anybody.
        since: Timestamp,
    },
    /// The seat comes from a group and cannot be taken from the account alone.
    Inherited {
        /// The group.
        group: String,
    },
}

impl fmt::Display for Attention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoOwner => f.write_str("nobody is known to hold the account"),
            Self::SeveralOwners => f.write_str("several people may hold the account"),
            Self::ServiceAccount => f.write_str("it is a service account"),
            Self::Excluded { pattern } => {
                write!(f, "the account is excluded from matching by {pattern}")
            }
            Self::ActivityFrozen { since } => {
                write!(
                    f,
                    "nobody at all seems to have used the application since {}",
                    since.strftime("%Y-%m-%d")
                )
            }
            Self::Inherited { group } => write!(f, "the seat comes from the group {group}"),
        }
    }
}

/// The person who holds a candidate's seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Their employee number.
    pub employee_number: String,
    /// Their name.
    pub name: String,
    /// Where they work.
    pub department: Option<String>,
    /// The employee number of their manager.
    pub manager: Option<String>,
    /// Why the account is taken to be theirs.
    pub matched_by: Evidence,
}

/// A seat proposed for reclaim. `application`, `connection`, `account` and `product` together identify it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The application, by the name of its profile.
    pub application: String,
    /// The connection through which it was read, where the application has several.
    pub connection: Option<String>,
    /// The product's identifier in the application.
    pub product: String,
    /// The id of the account that holds the seat.
    pub account: String,
    /// What is typed to sign in with it.
    pub principal_name: Option<String>,
    /// The name shown to others.
    pub display_name: Option<String>,
    /// Whose the account is, if it was matched.
    pub person: Option<Holder>,
    /// Whether it can go on as it is.
    pub state: CandidateState,
    /// Why not, if not.
    pub attention: Vec<Attention>,
    /// What was found, the gravest first.
    pub findings: Vec<Finding>,
    /// The findings as a sentence that a person can check.
    pub evidence: String,
    /// Whether the seat is wasted, and so counts as saving. A seat whose account nobody matches is shown, but in use it is not waste.
    pub reclaimable: bool,
    /// Since when it is idle: the last use, or for a seat never used the day it was given, where known.
    pub idle_since: Option<Timestamp>,
    /// What reclaiming it saves in a year. Absent when it is not reclaimable, or the cost is not known.
    pub yearly_saving: Option<Money>,
}

impl Candidate {
    /// Proposes a seat, if there is something to propose: waste, or an account with no single owner. Never an exempt one.
    pub(crate) fn of(
        seat: &Subscription<'_>,
        assessment: &Assessment,
        cost: SeatCost,
    ) -> Option<Self> {
        let worth_showing = |finding: &Finding| finding.kind() != FindingKind::ActivityUnknown;
        let exempt = matches!(assessment.spared, Some(Spared::Exempt { .. }));
        if exempt || !assessment.findings.iter().any(worth_showing) {
            return None;
        }
        let attention = attention(seat);
        let reclaimable = assessment.is_reclaimable();
        let sentence: Vec<String> = assessment.findings.iter().map(Finding::to_string).collect();
        Some(Self {
            application: seat.application.to_owned(),
            connection: seat.connection.map(str::to_owned),
            product: seat.seat.product.clone(),
            account: seat.account.id.clone(),
            principal_name: seat.account.principal_name.clone(),
            display_name: seat.account.display_name.clone(),
            person: holder(seat.holder),
            state: if attention.is_empty() {
                CandidateState::Ready
            } else {
                CandidateState::AttentionRequired
            },
            attention,
            findings: assessment.findings.clone(),
            evidence: sentence.join("; "),
            reclaimable,
            idle_since: idle_since(seat),
            yearly_saving: if reclaimable { cost.known() } else { None },
        })
    }

    /// Has somebody look at it first, where it is proposed for being idle and nothing is known of who uses the application. Whoever has left
    /// does not need the seat in any case.
    pub(crate) fn doubt(&mut self, since: Timestamp) {
        let found = |kinds: &[FindingKind]| {
            self.findings
                .iter()
                .any(|finding| kinds.contains(&finding.kind()))
        };
        if found(&[FindingKind::Inactive, FindingKind::NeverUsed]) && !found(&[FindingKind::Leaver])
        {
            self.state = CandidateState::AttentionRequired;
            self.attention.push(Attention::ActivityFrozen { since });
        }
    }

    /// Orders candidates: the largest saving first, each currency for itself because amounts of two cannot be compared; then what has been
    /// idle longest; then by name, so that the order never depends on the order of the input.
    pub(crate) fn rank(&self) -> impl Ord + '_ {
        let saving = self
            .yearly_saving
            .map(|money| (money.currency.code(), Reverse(money.amount)));
        (
            saving.is_none(),
            saving,
            !self.reclaimable,
            self.idle_since.is_none(),
            self.idle_since,
            (
                &self.application,
                &self.connection,
                &self.product,
                &self.account,
            ),
        )
    }
}

fn attention(seat: &Subscription<'_>) -> Vec<Attention> {
    let owner = match seat.holder {
        Match::Person { .. } | Match::Guest => None,
        Match::Unmatched { .. } => Some(Attention::NoOwner),
        Match::Ambiguous { .. } => Some(Attention::SeveralOwners),
        Match::NotAPerson => Some(Attention::ServiceAccount),
        Match::Excluded { pattern } => Some(Attention::Excluded {
            pattern: pattern.clone(),
        }),
    };
    let inherited = seat
        .seat
        .inherited_from
        .clone()
        .map(|group| Attention::Inherited { group });
    owner.into_iter().chain(inherited).collect()
}

fn holder(found: &Match<'_>) -> Option<Holder> {
    let Match::Person { person, evidence } = found else {
        return None;
    };
    Some(Holder {
        employee_number: person.employee_number.clone(),
        name: person.name.clone(),
        department: person.department.clone(),
        manager: person.manager.clone(),
        matched_by: evidence.clone(),
    })
}

fn idle_since(seat: &Subscription<'_>) -> Option<Timestamp> {
    match seat.last_activity {
        LastActivity::At(at) => Some(at),
        LastActivity::Never => seat.seat.assigned_at.or(seat.account.created_at),
        LastActivity::Unknown => None,
    }
}
