//! Reconciliations in JSON: `purser reconcile`.

use super::candidate::CandidateJson;
use super::money::MoneyJson;
use super::notice::NoticeJson;
use super::position::PositionJson;
use super::{Document, list};
use crate::words;
use jiff::Timestamp;
use jiff::civil::Date;
use purser_engine::licensing::{AsOf, MatchSummary, Notice, Position, Reconciliation, Totals};
use serde::{Serialize, Serializer};

/// Positions, with their totals and the limits of their figures.
#[derive(Serialize)]
pub(crate) struct PositionsJson<'a> {
    as_of: AsOfJson,
    positions: Vec<PositionJson<'a>>,
    /// Over the listed products.
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
    available_cost: Vec<MoneyJson>,
    available_without_cost: u64,
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
            available_cost: list(&totals.available_cost),
            available_without_cost: totals.available_without_cost,
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

impl Document for PositionsJson<'_> {}

impl<'a> PositionsJson<'a> {
    /// Takes these positions of a reconciliation, with their totals and notices.
    pub(crate) fn new(
        all: &Reconciliation,
        positions: &[&'a Position],
        totals: &Totals,
        notices: &[&'a Notice],
    ) -> Self {
        Self {
            as_of: all.as_of.into(),
            positions: list(positions.iter().copied()),
            totals: totals.into(),
            notices: list(notices.iter().copied()),
        }
    }
}
