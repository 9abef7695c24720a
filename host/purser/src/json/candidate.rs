//! Candidates for reclaim in JSON: `purser candidates`.

use super::money::MoneyJson;
use super::{Document, list};
use crate::words;
use jiff::Timestamp;
use jiff::civil::Date;
use purser_engine::licensing::{Attention, Candidate, Finding, Holder};
use serde::Serialize;

/// A seat proposed for reclaim.
#[derive(Serialize)]
pub(crate) struct CandidateJson<'a> {
    application: &'a str,
    connection: Option<&'a str>,
    product: &'a str,
    account: &'a str,
    principal_name: Option<&'a str>,
    display_name: Option<&'a str>,
    person: Option<HolderJson<'a>>,
    state: &'static str,
    attention: Vec<AttentionJson<'a>>,
    findings: Vec<FindingJson<'a>>,
    evidence: &'a str,
    reclaimable: bool,
    idle_since: Option<Timestamp>,
    yearly_saving: Option<MoneyJson>,
}

/// The person who holds the seat.
#[derive(Serialize)]
struct HolderJson<'a> {
    employee_number: &'a str,
    name: &'a str,
    department: Option<&'a str>,
    manager: Option<&'a str>,
    matched_by: MatchedByJson<'a>,
}

/// The evidence that matched an account to a person.
#[derive(Serialize)]
struct MatchedByJson<'a> {
    rule: &'static str,
    value: &'a str,
}

/// A reason why a person must look at a candidate.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
enum AttentionJson<'a> {
    NoOwner,
    SeveralOwners,
    ContradictoryEvidence { people: &'a [String] },
    EmploymentUnclear { left_on: Option<Date> },
    UsedAfterLeaving { at: Timestamp },
    ServiceAccount,
    Excluded { pattern: &'a str },
    ActivityFrozen { since: Timestamp },
    UnreadableFields { warnings: &'a [String] },
    Missing { since: Timestamp },
    OldRead { at: Timestamp },
    Inherited { group: &'a str },
}

/// A reason why a seat may be wasted.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "finding")]
enum FindingJson<'a> {
    Leaver {
        employee_number: &'a str,
        name: &'a str,
        left_on: Option<Date>,
    },
    Inactive {
        since: Timestamp,
        days: i64,
        rule_days: u32,
    },
    NeverUsed {
        held_since: Option<Timestamp>,
    },
    Unmatched {
        mapped_to: Option<&'a str>,
    },
    Ambiguous {
        people: &'a [String],
        value: &'a str,
    },
    ActivityUnknown,
}

impl Document for CandidateJson<'_> {}

impl<'a> From<&'a Candidate> for CandidateJson<'a> {
    fn from(candidate: &'a Candidate) -> Self {
        Self {
            application: &candidate.application,
            connection: candidate.connection.as_deref(),
            product: &candidate.product,
            account: &candidate.account,
            principal_name: candidate.principal_name.as_deref(),
            display_name: candidate.display_name.as_deref(),
            person: candidate.person.as_ref().map(HolderJson::from),
            state: words::candidate_state(candidate.state),
            attention: list(&candidate.attention),
            findings: list(&candidate.findings),
            evidence: &candidate.evidence,
            reclaimable: candidate.reclaimable,
            idle_since: candidate.idle_since,
            yearly_saving: candidate.yearly_saving.map(MoneyJson::from),
        }
    }
}

impl<'a> From<&'a Holder> for HolderJson<'a> {
    fn from(holder: &'a Holder) -> Self {
        Self {
            employee_number: &holder.employee_number,
            name: &holder.name,
            department: holder.department.as_deref(),
            manager: holder.manager.as_deref(),
            matched_by: MatchedByJson {
                rule: words::match_rule(holder.matched_by.rule),
                value: &holder.matched_by.value,
            },
        }
    }
}

impl<'a> From<&'a Attention> for AttentionJson<'a> {
    fn from(attention: &'a Attention) -> Self {
        match attention {
            Attention::NoOwner => Self::NoOwner,
            Attention::SeveralOwners => Self::SeveralOwners,
            Attention::ContradictoryEvidence { people } => Self::ContradictoryEvidence { people },
            Attention::EmploymentUnclear { left_on } => {
                Self::EmploymentUnclear { left_on: *left_on }
            }
            Attention::UsedAfterLeaving { at } => Self::UsedAfterLeaving { at: *at },
            Attention::UnreadableFields { warnings } => Self::UnreadableFields { warnings },
            Attention::Missing { since } => Self::Missing { since: *since },
            Attention::OldRead { at } => Self::OldRead { at: *at },
            Attention::ServiceAccount => Self::ServiceAccount,
            Attention::Excluded { pattern } => Self::Excluded { pattern },
            Attention::ActivityFrozen { since } => Self::ActivityFrozen { since: *since },
            Attention::Inherited { group } => Self::Inherited { group },
        }
    }
}

impl<'a> From<&'a Finding> for FindingJson<'a> {
    fn from(finding: &'a Finding) -> Self {
        match finding {
            Finding::Leaver {
                employee_number,
                name,
                left_on,
            } => Self::Leaver {
                employee_number,
                name,
                left_on: *left_on,
            },
            Finding::Inactive {
                since,
                days,
                rule_days,
            } => Self::Inactive {
                since: *since,
                days: *days,
                rule_days: *rule_days,
            },
            Finding::NeverUsed { held_since } => Self::NeverUsed {
                held_since: *held_since,
            },
            Finding::Unmatched { mapped_to } => Self::Unmatched {
                mapped_to: mapped_to.as_deref(),
            },
            Finding::Ambiguous { people, value } => Self::Ambiguous { people, value },
            Finding::ActivityUnknown => Self::ActivityUnknown,
        }
    }
}
