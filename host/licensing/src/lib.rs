//! Licensing rules: seat holders, entitlements, waste and cost.
//!
//! The crate is pure: no I/O, no async and no clock. The same facts always give the same figures,
//! and every figure can name the rows it was computed from.
//!
//! A [`Reconciler`] takes the directory, the entitlements and the rules, then the accounts of each
//! application. It matches every account to a person, assesses every seat and returns a
//! [`Reconciliation`]: a [`Position`] for each product and a [`Candidate`] for each seat proposed
//! for reclaim.

mod activity_gap;
mod application;
mod assessment;
mod attention;
mod candidate;
mod cost;
mod error;
mod explanation;
mod figure;
mod finding;
mod match_summary;
mod matching;
mod notice;
mod pattern;
mod position;
mod product_rows;
mod reconciler;
mod reconciliation;
mod rules;
mod seat_row;
mod subscription;
mod totals;
mod usage;

#[cfg(test)]
mod fixtures;

pub use assessment::NotReclaimable;
pub use attention::Attention;
pub use candidate::{Candidate, CandidateState, Holder};
pub use cost::CostGap;
pub use error::ReconcileError;
pub use explanation::Explanation;
pub use figure::{Figure, FigureError};
pub use finding::{Finding, FindingKind};
pub use match_summary::MatchSummary;
pub use matching::{Evidence, MatchRule};
pub use notice::Notice;
pub use pattern::{AccountPattern, PatternError};
pub use position::{Amount, ComplianceStatus, Position};
pub use reconciler::{ApplicationReader, Reconciler};
pub use reconciliation::Reconciliation;
pub use rules::{AsOf, MatchRules, ReclamationRules, Rules};
pub use seat_row::SeatRow;
pub use totals::Totals;
pub use usage::Usage;
