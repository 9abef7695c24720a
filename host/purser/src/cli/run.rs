//! `purser run`

use super::{Context, Failure};
use crate::render;
use purser_engine::{Purser, RunOrder, Watch};
use purser_model::Name;

pub(crate) use crate::render::progress::Progress;

const EXAMPLES: &str = "\
A run takes over from the checkpoint of an earlier one that did not end.

Examples:
  purser run hub
  purser run hub --stream users --connection acme";

/// Download what a profile's connector reads
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Run {
    /// The profile
    profile: Name,
    /// Read only this stream
    #[arg(long)]
    stream: Option<Name>,
    /// Use only this connection, even if it needs attention
    #[arg(long)]
    connection: Option<Name>,
    /// Believe a download that has far fewer records than the last one
    #[arg(long)]
    accept_shrink: bool,
}

impl Run {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let purser = context.open()?;
        let Self { profile, stream, connection, accept_shrink } = self;
        let order = RunOrder { profile, stream, connection, accept_shrink };
        let runs = until_interrupted(&purser, order, &Progress::to_stderr()).await?;
        context.show(&runs, || text(&runs))?;
        verdict(runs)
    }
}

/// Runs a profile until it ends or the user presses ctrl-c. Dropping the run is enough to stop it cleanly: a page is committed with its
/// cursor or not at all.
pub(super) async fn until_interrupted(
    purser: &Purser,
    order: RunOrder,
    watch: &dyn Watch,
) -> Result<Vec<purser_model::Run>, Failure> {
    let profile = order.profile.clone();
    tokio::select! {
        runs = purser.run(order, watch) => Ok(runs?),
        Ok(()) = tokio::signal::ctrl_c() => {
            purser.settle().await;
            Err(Failure::Interrupted {
                what: format!("the run of profile {profile} was interrupted; what it had read is kept"),
                next: format!("`purser run {profile}` goes on from the last checkpoint"),
            })
        }
    }
}

/// The runs, one after the other.
pub(super) fn text(runs: &[purser_model::Run]) -> String {
    runs.iter().map(render::run::sheet).collect::<Vec<_>>().join("\n\n")
}

/// Whether the command did what it was asked to: every run must be complete. The first failure speaks for all.
pub(super) fn verdict(runs: Vec<purser_model::Run>) -> Result<(), Failure> {
    let mut failed = runs.into_iter().filter_map(|run| Some((run.id, run.outcome?)));
    let Some((id, mut outcome)) = failed.next() else { return Ok(()) };
    let others = failed.count();
    if others > 0 {
        outcome.message += &format!(" (and {others} more failed)");
    }
    let look =
        || format!("`purser runs show {id}` tells more; what was read is kept, and the next run goes on from there");
    outcome.next_step.get_or_insert_with(look);
    Err(outcome.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixtures;

    #[test]
    fn one_failed_run_of_several_fails_the_command() {
        assert!(verdict(vec![fixtures::run(None)]).is_ok());
        let failure =
            verdict(vec![fixtures::run(None), fixtures::run(Some("it broke")), fixtures::run(Some("x"))]).unwrap_err();
        assert_eq!(failure.exit_code(), 5);
        let report = failure.report();
        assert!(
            report.starts_with("error: it broke (and 1 more failed)\n") && report.contains("purser runs show 7"),
            "{report}"
        );
    }
}
