//! `purser profile publish`: a profile in use, with its first run.

use crate::cli::run::{fail_unless_complete, run_until_interrupted};
use crate::cli::{Context, Failure, notice};
use crate::json::ProfilePublishedJson;
use crate::render::progress::Progress;
use crate::render::run;
use purser_engine::RunRequest;
use purser_model::ProfileName;

/// Publish a profile, and start its first run
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  purser profile publish hub")]
pub(super) struct PublishProfileArgs {
    /// Profile
    name: ProfileName,
    /// Do not start a run
    #[arg(long)]
    no_run: bool,
}

impl PublishProfileArgs {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let purser = context.open()?;
        let profile = purser.profiles().publish(&self.name)?;
        let name = &profile.name;

        if self.no_run {
            let document = ProfilePublishedJson::new(&profile, &[]);
            return context.show(&document, || {
                format!("Published {name}.\nNext: purser run {name}")
            });
        }

        notice(&format!("Published {name}. Its first run starts."));
        let request = RunRequest::new(self.name);
        let runs = run_until_interrupted(&purser, request, &Progress::to_stderr()).await?;

        let document = ProfilePublishedJson::new(&profile, &runs);
        context.show(&document, || run::all_details(&runs))?;
        fail_unless_complete(runs)
    }
}
