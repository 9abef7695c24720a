//! `purser runs`: past and current runs.

use super::{Context, Failure};
use crate::json::{self, RejectedRowJson, RunDetailJson, RunJson};
use crate::render::run;
use purser_model::{ProfileName, RunId};

/// List, show and cancel runs
#[derive(Debug, clap::Args)]
pub(crate) struct RunsArgs {
    #[command(subcommand)]
    command: RunsCommand,
}

const CANCEL_HELP: &str = "\
The next run of the profile continues from its checkpoint. Runs of other processes on this machine and parked runs
are cancelled too.

Example:
  purser runs cancel 7";

#[derive(Debug, clap::Subcommand)]
enum RunsCommand {
    /// List the latest runs, newest first
    #[command(after_help = "Example:\n  purser runs list --profile hub --limit 5")]
    List {
        /// Only runs of this profile
        #[arg(long)]
        profile: Option<ProfileName>,
        /// Show at most this many
        #[arg(long, default_value_t = 20, value_name = "COUNT")]
        limit: u32,
    },
    /// Show one run, with its log and its rejected rows
    #[command(after_help = "Example:\n  purser runs show 7")]
    Show {
        /// Number of the run
        #[arg(value_name = "RUN")]
        id: RunId,
    },
    /// Cancel a run at once; records read so far are kept
    #[command(after_help = CANCEL_HELP)]
    Cancel {
        /// Number of the run
        #[arg(value_name = "RUN")]
        id: RunId,
    },
    /// Write the rejected rows of a run with their reasons as CSV
    #[command(after_help = "Example:\n  purser runs rejected 7 > rejected.csv")]
    Rejected {
        /// Number of the run
        #[arg(value_name = "RUN")]
        id: RunId,
    },
}

impl RunsArgs {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            RunsCommand::List { profile, limit } => {
                let runs = context.open()?.runs().list(profile.as_ref(), limit)?;

                let document: Vec<RunJson<'_>> = json::list(&runs);
                context.show(&document, || run::list(&runs))
            }
            RunsCommand::Show { id } => {
                let detail = context.open()?.runs().show(id)?;
                context.show(&RunDetailJson::from(&detail), || run::full_details(&detail))
            }
            RunsCommand::Cancel { id } => {
                let run = context.open()?.runs().cancel(id).await?;
                context.show(&RunJson::from(&run), || run::details(&run))
            }
            RunsCommand::Rejected { id } => {
                let rejected = context.open()?.runs().show(id)?.rejected;
                let table = run::rejected_csv(&rejected)?;

                let document: Vec<RejectedRowJson<'_>> = json::list(&rejected);
                context.show(&document, || table)
            }
        }
    }
}
