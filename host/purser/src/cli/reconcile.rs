//! `purser reconcile`

use super::rules::Rules;
use super::{Context, Failure};
use crate::render::reconciliation;

/// Compare what is owned with what is held and used: the summary, or all of it with --json
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  purser reconcile --inactive-days 90")]
pub(crate) struct Reconcile {
    #[command(flatten)]
    rules: Rules,
}

impl Reconcile {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let reconciliation = context.open()?.licensing().reconcile(&self.rules.read()?)?;
        context.show(&reconciliation, || reconciliation::summary(&reconciliation))
    }
}
