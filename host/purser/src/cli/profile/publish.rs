//! `purser profile publish`

use crate::cli::run::{self, Progress};
use crate::cli::{Context, Failure, remark};
use purser_engine::RunRequest;
use purser_model::{Profile, ProfileName, Run};
use serde::Serialize;

/// Put a profile to use, and start its first download
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  purser profile publish hub")]
pub(super) struct Publish {
    /// The profile
    name: ProfileName,
    /// Do not download anything yet
    #[arg(long)]
    no_run: bool,
}

/// What `publish` prints as JSON.
#[derive(Serialize)]
struct Published<'a> {
    profile: &'a Profile,
    runs: &'a [Run],
}

impl Publish {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let purser = context.open()?;
        let profile = purser.profiles().publish(&self.name)?;
        let name = &profile.name;
        if self.no_run {
            let published = Published {
                profile: &profile,
                runs: &[],
            };
            return context.show(&published, || {
                format!("Published {name}.\nNext: purser run {name}")
            });
        }
        remark(&format!("Published {name}. Its first download begins."));
        let order = RunRequest::new(self.name);
        let runs = run::until_interrupted(&purser, order, &Progress::to_stderr()).await?;
        context.show(
            &Published {
                profile: &profile,
                runs: &runs,
            },
            || run::text(&runs),
        )?;
        run::verdict(runs)
    }
}
