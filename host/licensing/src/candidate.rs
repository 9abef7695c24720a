//! Candidates: seats proposed for reclaim, each with its findings, their evidence and the saving.

use crate::assessment::Assessment;
use crate::attention::{Attention, attention};
use crate::cost::SeatCost;
use crate::finding::{Finding, FindingKind};
use crate::matching::{Evidence, Match};
use crate::rules::AsOf;
use crate::subscription::Subscription;
use purser_model::{LastActivity, Money, Timestamp};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// The state of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum CandidateState {
    /// Can be approved.
    Ready,
    /// Must be reviewed first, for the reasons in `attention`.
    AttentionRequired,
}

impl CandidateState {
    /// Returns the word used in tables and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The person who holds a candidate's seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The employee number, which identifies the person.
    pub employee_number: String,
    /// The name in the directory.
    pub name: String,
    /// The department; absent if the directory does not report it.
    pub department: Option<String>,
    /// The employee number of the manager; absent if the directory does not report it.
    pub manager: Option<String>,
    /// The evidence that the account is theirs.
    pub matched_by: Evidence,
}

/// A seat proposed for reclaim. `application`, `connection`, `account` and `product` together
/// identify it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The application, by the name of its profile.
    pub application: String,
    /// The connection the account was read through; absent if the application has only one.
    pub connection: Option<String>,
    /// The product's identifier in the application.
    pub product: String,
    /// The id of the account that holds the seat.
    pub account: String,
    /// The account's sign-in name; absent if the application does not report it.
    pub principal_name: Option<String>,
    /// The account's display name; absent if the application does not report it.
    pub display_name: Option<String>,
    /// The holder; absent if the account was not matched to one person.
    pub person: Option<Holder>,
    /// The state; `ready` exactly if `attention` is empty.
    pub state: CandidateState,
    /// The reasons for a review.
    pub attention: Vec<Attention>,
    /// The findings, most serious first.
    pub findings: Vec<Finding>,
    /// The findings as a sentence that a person can check.
    pub evidence: String,
    /// True if the seat is wasted and counts as a saving. A seat in use without a known holder is
    /// proposed for review, but not wasted.
    pub reclaimable: bool,
    /// The last use, or the day of assignment of a seat never used. Absent if it is unknown.
    pub idle_since: Option<Timestamp>,
    /// The yearly saving. Absent if the seat is not reclaimable or its cost is unknown.
    pub yearly_saving: Option<Money>,
}

impl Candidate {
    /// Proposes a seat if it is wasted or its account has no single holder. Never proposes an
    /// exempt seat.
    pub(crate) fn propose(
        seat: &Subscription<'_>,
        assessment: &Assessment,
        cost: SeatCost,
        as_of: AsOf,
    ) -> Option<Self> {
        let has_finding = assessment
            .findings
            .iter()
            .any(|finding| finding.kind() != FindingKind::ActivityUnknown);
        if assessment.is_exempt() || !has_finding {
            return None;
        }

        let attention = attention(seat, assessment, as_of);
        let state = if attention.is_empty() {
            CandidateState::Ready
        } else {
            CandidateState::AttentionRequired
        };
        let clauses: Vec<String> = assessment.findings.iter().map(Finding::to_string).collect();
        let reclaimable = assessment.is_reclaimable();

        Some(Self {
            application: seat.application.to_owned(),
            connection: seat.connection.map(str::to_owned),
            product: seat.seat.product.clone(),
            account: seat.account.id.clone(),
            principal_name: seat.account.principal_name.clone(),
            display_name: seat.account.display_name.clone(),
            person: holder(seat.holder),
            state,
            attention,
            findings: assessment.findings.clone(),
            evidence: clauses.join("; "),
            reclaimable,
            idle_since: idle_since(seat),
            yearly_saving: if reclaimable { cost.known() } else { None },
        })
    }

    /// Holds an idle candidate for review, because the application shows no activity since an
    /// instant.
    ///
    /// A leaver does not need the seat in any case, so a leaver's candidate stays as it is.
    pub(crate) fn require_review(&mut self, since: Timestamp) {
        let has = |kinds: &[FindingKind]| {
            self.findings
                .iter()
                .any(|finding| kinds.contains(&finding.kind()))
        };
        let is_idle = has(&[FindingKind::Inactive, FindingKind::NeverUsed]);

        if is_idle && !has(&[FindingKind::Leaver]) {
            self.state = CandidateState::AttentionRequired;
            self.attention.push(Attention::ActivityFrozen { since });
        }
    }

    /// Returns the sort key: largest saving first, then longest idle, then by name.
    ///
    /// Each currency is sorted separately, because amounts of two cannot be compared. The names
    /// make the order independent of the order of the input.
    pub(crate) fn rank(&self) -> impl Ord + '_ {
        let saving = self
            .yearly_saving
            .map(|money| (money.currency.code(), Reverse(money.amount)));
        let names = (
            &self.application,
            &self.connection,
            &self.product,
            &self.account,
        );

        (
            saving.is_none(),
            saving,
            !self.reclaimable,
            self.idle_since.is_none(),
            self.idle_since,
            names,
        )
    }
}

fn holder(found: &Match<'_>) -> Option<Holder> {
    let Match::Person {
        person, evidence, ..
    } = found
    else {
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
