//! `purser candidates`

use super::rules::Rules;
use super::{Context, Failure};
use crate::render::candidate;
use clap::ValueEnum;
use purser_engine::licensing::{Candidate, FindingKind};

/// List the seats proposed for reclaim, the largest saving first, and why
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  purser candidates --finding leaver --limit 20")]
pub(crate) struct Candidates {
    /// Only this application, by the name of its profile
    #[arg(long, value_name = "PROFILE")]
    application: Option<String>,
    /// Only this product, as the application calls it
    #[arg(long)]
    product: Option<String>,
    /// Only seats of which this was found
    #[arg(long, value_enum)]
    finding: Option<FindingName>,
    /// Only the first so many
    #[arg(long, value_name = "COUNT")]
    limit: Option<usize>,
    #[command(flatten)]
    rules: Rules,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FindingName {
    /// The holder has left the company
    Leaver,
    /// Used, but not for a long time
    Inactive,
    /// Never used, and no longer new
    NeverUsed,
    /// Nobody in the directory matches the account
    Unmatched,
    /// Several people match the account
    Ambiguous,
}

impl From<FindingName> for FindingKind {
    fn from(name: FindingName) -> Self {
        match name {
            FindingName::Leaver => Self::Leaver,
            FindingName::Inactive => Self::Inactive,
            FindingName::NeverUsed => Self::NeverUsed,
            FindingName::Unmatched => Self::Unmatched,
            FindingName::Ambiguous => Self::Ambiguous,
        }
    }
}

impl Candidates {
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
        let wanted = |row: &&Candidate| {
            application
                .as_ref()
                .is_none_or(|wanted| row.application == *wanted)
                && product.as_ref().is_none_or(|wanted| row.product == *wanted)
                && finding.is_none_or(|wanted| {
                    row.findings.iter().any(|finding| finding.kind() == wanted)
                })
        };
        let candidates: Vec<_> = all.candidates.iter().filter(wanted).collect();
        let first = candidates
            .get(..limit.unwrap_or(usize::MAX))
            .unwrap_or(&candidates);
        context.show(&first, || candidate::list(first, candidates.len()))
    }
}
