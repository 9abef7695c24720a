//! `purser candidates`: seats proposed for reclaim.

use super::product_filter::ProductFilter;
use super::rules::RulesArgs;
use super::{Context, Failure};
use crate::json::{self, CandidateJson};
use crate::render::{candidate, reconciliation};
use clap::ValueEnum;
use purser_engine::licensing::{Candidate, FindingKind};

/// List the seats proposed for reclaim with their reasons, largest saving first
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  purser candidates --finding leaver --limit 20")]
pub(crate) struct CandidatesArgs {
    #[command(flatten)]
    filter: ProductFilter,
    /// Only seats with this finding
    #[arg(long, value_enum)]
    finding: Option<FindingArg>,
    /// Show at most this many
    #[arg(long, value_name = "COUNT")]
    limit: Option<usize>,
    #[command(flatten)]
    rules: RulesArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FindingArg {
    /// The holder has left the company
    Leaver,
    /// Used, but not within the inactivity window
    Inactive,
    /// Never used, and past the grace period
    NeverUsed,
    /// No person in the directory matches the account
    Unmatched,
    /// Several people match the account
    Ambiguous,
}

impl From<FindingArg> for FindingKind {
    fn from(finding: FindingArg) -> Self {
        match finding {
            FindingArg::Leaver => Self::Leaver,
            FindingArg::Inactive => Self::Inactive,
            FindingArg::NeverUsed => Self::NeverUsed,
            FindingArg::Unmatched => Self::Unmatched,
            FindingArg::Ambiguous => Self::Ambiguous,
        }
    }
}

impl CandidatesArgs {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let Self {
            filter,
            finding,
            limit,
            rules,
        } = self;
        let finding = finding.map(FindingKind::from);
        let purser = context.open()?;
        let all = purser.licensing().reconcile(&rules.read()?)?;
        filter.check(&all, &purser.profiles().list()?)?;

        let is_wanted = |row: &&Candidate| {
            filter.matches(&row.application, &row.product)
                && finding.is_none_or(|kind| row.findings.iter().any(|found| found.kind() == kind))
        };
        let candidates: Vec<_> = all.candidates.iter().filter(is_wanted).collect();
        let first = candidates
            .get(..limit.unwrap_or(usize::MAX))
            .unwrap_or(&candidates);

        let document: Vec<CandidateJson<'_>> = json::list(first.iter().copied());
        let notices = filter.notices(&all);
        context.show(&document, || {
            let list = candidate::list(first, candidates.len());
            match reconciliation::notices(notices.iter().copied()) {
                notes if notes.is_empty() => list,
                notes => format!("{list}\n\n{notes}"),
            }
        })
    }
}
