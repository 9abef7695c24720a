//! `purser runs`

use super::{Context, Failure};
use crate::render::run;
use purser_engine::RunDetail;
use purser_model::{ProfileName, RunId};

/// List and show past runs
#[derive(Debug, clap::Args)]
pub(crate) struct Runs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List the latest runs, newest first
    #[command(after_help = "Example:\n  purser runs list --profile hub --limit 5")]
    List {
        /// Only those of this profile
        #[arg(long)]
        profile: Option<ProfileName>,
        /// How many
        #[arg(long, default_value_t = 20, value_name = "COUNT")]
        limit: u32,
    },
    /// Show one run, with its log and the rows that could not be used
    #[command(after_help = "Example:\n  purser runs show 7")]
    Show {
        /// Its number
        #[arg(value_name = "RUN")]
        id: RunId,
    },
    /// End a run at once, keeping what it had read
    #[command(after_help = "\
The next run of the profile takes over from its checkpoint. A run of another process of this machine is ended, too, and so is a parked one.

Example:
  purser runs cancel 7")]
    Cancel {
        /// The run's number
        #[arg(value_name = "RUN")]
        id: RunId,
    },
    /// Write the rows that a run could not use, with their reasons, as CSV
    #[command(after_help = "Example:\n  purser runs rejected 7 > rejected.csv")]
    Rejected {
        /// The run's number
        #[arg(value_name = "RUN")]
        id: RunId,
    },
}

impl Runs {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.verb {
            Verb::List { profile, limit } => {
                let runs = context.open()?.runs().list(profile.as_ref(), limit)?;
                context.show(&runs, || run::list(&runs))
            }
            Verb::Show { id } => {
                let detail = context.open()?.runs().show(id)?;
                context.show(&detail, || run::detail(&detail))
            }
            Verb::Cancel { id } => {
                let run = context.open()?.runs().cancel(id).await?;
                context.show(&run, || run::sheet(&run))
            }
            Verb::Rejected { id } => {
                let RunDetail { rejected, .. } = context.open()?.runs().show(id)?;
                let table = run::rejected_csv(&rejected)?;
                context.show(&rejected, || table)
            }
        }
    }
}
