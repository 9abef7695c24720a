//! `purser candidates`: seats proposed for reclaim.

use super::rules::RulesArgs;
use super::{Context, Failure};
use crate::json::{self, CandidateJson};
use crate::render::candidate;
use clap::ValueEnum;
use purser_engine::licensing::{Candidate, FindingKind};

/// List the seats proposed for reclaim with their reasons, largest saving first
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  purser candidates --finding leaver --limit 20")]
pub(crate) struct CandidatesArgs {
    /// Only this application, by the name of its profile
    #[arg(long, value_name = "PROFILE")]
    application: Option<String>,
    /// Only this product, by the application's identifier
    #[arg(long)]
    product: Option<String>,
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
            application,
            product,
            finding,
            limit,
            rules,
        } = self;
        let finding = finding.map(FindingKind::from);
        let all = context.open()?.licensing().reconcile(&rules.read()?)?;

        let is_wanted = |row: &&Candidate| {
            application
                .as_ref()
                .is_none_or(|name| row.application == *name)
                && product.as_ref().is_none_or(|name| row.product == *name)
                && finding.is_none_or(|kind| row.findings.iter().any(|found| found.kind() == kind))
        };
        let candidates: Vec<_> = all.candidates.iter().filter(is_wanted).collect();
        let first = candidates
            .get(..limit.unwrap_or(usize::MAX))
            .unwrap_or(&candidates);

        let document: Vec<CandidateJson<'_>> = json::list(first.iter().copied());
        context.show(&document, || candidate::list(first, candidates.len()))
    }
}
