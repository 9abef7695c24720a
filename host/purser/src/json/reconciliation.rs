//! Reconciliations in JSON: `purser reconcile`.

use super::candidate::CandidateJson;
use super::money::MoneyJson;
use super::position::PositionJson;
use super::{Document, list};
use crate::words;
use jiff::Timestamp;
use jiff::civil::Date;
use purser_engine::licensing::{AsOf, MatchSummary, Notice, Position, Reconciliation, Totals};
use serde::{Serialize, Serializer};

/// Positions, with the totals over all products.
#[derive(Serialize)]
pub(crate) struct PositionsJson<'a> {
    as_of: AsOfJson,
    positions: Vec<PositionJson<'a>>,
    /// Over all products, also those that are not listed.
    totals: TotalsJson,
    notices: Vec<NoticeJson<'a>>,
}

/// A complete reconciliation.
#[derive(Serialize)]
pub(crate) struct ReconciliationJson<'a> {
    as_of: AsOfJson,
    positions: Vec<PositionJson<'a>>,
    totals: TotalsJson,
    candidates: Vec<CandidateJson<'a>>,
    #[serde(serialize_with = "as_map")]
    findings: Vec<(&'static str, u64)>,
    matches: MatchesJson,
    notices: Vec<NoticeJson<'a>>,
}

/// The instant and the day of a reconciliation.
#[derive(Serialize)]
pub(super) struct AsOfJson {
    now: Timestamp,
    today: Date,
}

/// Sums over all products, one amount for each currency.
#[derive(Serialize)]
pub(super) struct TotalsJson {
    true_up_cost: Vec<MoneyJson>,
    shortfall_without_cost: u64,
    potential_savings: Vec<MoneyJson>,
    reclaimable_without_cost: u64,
}

/// Numbers of accounts, by the result of matching them to people.
#[derive(Serialize)]
struct MatchesJson {
    accounts: u64,
    matched: u64,
    #[serde(serialize_with = "as_map")]
    by_rule: Vec<(&'static str, u64)>,
    ambiguous: u64,
    unmatched: u64,
    guests: u64,
    excluded: u64,
    service: u64,
}

/// A limit of the figures that a reader should know.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "notice")]
pub(super) enum NoticeJson<'a> {
    ActivityUnknown {
        application: &'a str,
        seats: u64,
        of: u64,
    },
    ActivityFrozen {
        application: &'a str,
        connection: Option<&'a str>,
        since: Timestamp,
        accounts: u64,
    },
    AccountsWithoutSeat {
        application: &'a str,
        accounts: u64,
    },
    MappedToNobody {
        application: &'a str,
        accounts: u64,
    },
    ApplicationNotRead {
        application: &'a str,
        entitlements: &'a [String],
    },
}

/// Prints pairs as one object that keeps their order.
fn as_map<S: Serializer>(pairs: &[(&'static str, u64)], out: S) -> Result<S::Ok, S::Error> {
    out.collect_map(pairs.iter().copied())
}

impl Document for ReconciliationJson<'_> {}

impl<'a> From<&'a Reconciliation> for ReconciliationJson<'a> {
    fn from(all: &'a Reconciliation) -> Self {
        let findings = all.findings.iter();

        Self {
            as_of: all.as_of.into(),
            positions: list(&all.positions),
            totals: (&all.totals).into(),
            candidates: list(&all.candidates),
            findings: findings
                .map(|(kind, seats)| (words::finding_kind(*kind), *seats))
                .collect(),
            matches: (&all.matches).into(),
            notices: list(&all.notices),
        }
    }
}

impl From<AsOf> for AsOfJson {
    fn from(as_of: AsOf) -> Self {
        Self {
            now: as_of.now,
            today: as_of.today,
        }
    }
}

impl From<&Totals> for TotalsJson {
    fn from(totals: &Totals) -> Self {
        Self {
            true_up_cost: list(&totals.true_up_cost),
            shortfall_without_cost: totals.shortfall_without_cost,
            potential_savings: list(&totals.potential_savings),
            reclaimable_without_cost: totals.reclaimable_without_cost,
        }
    }
}

impl From<&MatchSummary> for MatchesJson {
    fn from(matches: &MatchSummary) -> Self {
        let by_rule = matches.by_rule.iter();

        Self {
            accounts: matches.accounts,
            matched: matches.matched,
            by_rule: by_rule
                .map(|(rule, accounts)| (words::match_rule(*rule), *accounts))
                .collect(),
            ambiguous: matches.ambiguous,
            unmatched: matches.unmatched,
            guests: matches.guests,
            excluded: matches.excluded,
            service: matches.service,
        }
    }
}

impl<'a> From<&'a Notice> for NoticeJson<'a> {
    fn from(notice: &'a Notice) -> Self {
        match notice {
            Notice::ActivityUnknown {
                application,
                seats,
                of,
            } => Self::ActivityUnknown {
                application,
                seats: *seats,
                of: *of,
            },
            Notice::ActivityFrozen {
                application,
                connection,
                since,
                accounts,
            } => Self::ActivityFrozen {
                application,
                connection: connection.as_deref(),
                since: *since,
                accounts: *accounts,
            },
            Notice::AccountsWithoutSeat {
                application,
                accounts,
            } => Self::AccountsWithoutSeat {
                application,
                accounts: *accounts,
            },
            Notice::MappedToUnknownEmployee {
                application,
                accounts,
            } => Self::MappedToNobody {
                application,
                accounts: *accounts,
            },
            Notice::ApplicationNotRead {
                application,
                entitlements,
            } => Self::ApplicationNotRead {
                application,
                entitlements,
            },
        }
    }
}

impl Document for PositionsJson<'_> {}

impl<'a> PositionsJson<'a> {
    /// Takes these positions of a reconciliation, and its totals and notices.
    pub(crate) fn new(all: &'a Reconciliation, positions: &[&'a Position]) -> Self {
        Self {
            as_of: all.as_of.into(),
            positions: list(positions.iter().copied()),
            totals: (&all.totals).into(),
            notices: list(&all.notices),
        }
    }
}
