//! Licensing: who holds which seat, what is owned, what is wasted and what it costs. Pure functions over the model: no I/O, no async and
//! no clock, so that the same facts always give the same figures, and every figure can name the rows it came from.
//!
//! [`Directory`] matches accounts to people, [`assess`] judges one seat, [`Position`] sums up one product, a [`Candidate`] proposes one
//! seat for reclaim, and [`reconcile`] does all of it for everything that was read.

mod assess;
mod candidate;
mod cost;
mod figure;
mod finding;
mod freeze;
mod ledger;
mod matching;
mod notice;
mod pattern;
mod position;
mod reader;
mod reconcile;
mod reconciler;
mod rules;
mod totals;

#[cfg(test)]
mod fixtures;

pub use assess::{Assessment, Spared, Subscription, Usage, assess};
pub use candidate::{Attention, Candidate, CandidateState, Holder};
pub use cost::{CostGap, SeatCost};
pub use figure::{Amount, Explanation, Figure, FigureError};
pub use finding::{Finding, FindingKind};
pub use ledger::SeatRow;
pub use matching::{Directory, Evidence, Match, MatchRule};
pub use notice::Notice;
pub use pattern::{AccountPattern, PatternError};
pub use position::{ComplianceStatus, Position};
pub use reader::ApplicationReader;
pub use reconcile::{Application, Input, MatchSummary, ReconcileError, Reconciliation, reconcile};
pub use reconciler::Reconciler;
pub use rules::{AsOf, MatchRules, ReclamationRules, Rules};
pub use totals::Totals;
