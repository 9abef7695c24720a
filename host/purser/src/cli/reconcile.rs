//! `purser reconcile`: the summary of a reconciliation.

use super::rules::RulesArgs;
use super::{Context, Failure};
use crate::json::ReconciliationJson;
use crate::render::reconciliation;

/// Compare owned seats with held and used seats: a summary, or everything with --json
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  purser reconcile --inactive-days 90")]
pub(crate) struct ReconcileArgs {
    #[command(flatten)]
    rules: RulesArgs,
}

impl ReconcileArgs {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let all = context.open()?.licensing().reconcile(&self.rules.read()?)?;

        context.show(&ReconciliationJson::from(&all), || {
            reconciliation::summary(&all)
        })
    }
}
