//! `purser connector enable`

use crate::cli::{Context, Failure};

/// Let a disabled version run again, with the grant it has
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  purser connector enable jupyterhub@0.1.0\n  purser connector enable 0123456789ab"
)]
pub(super) struct Enable {
    /// The connector: its name (the latest version), NAME@VERSION, or the beginning of its digest
    connector: String,
}

impl Enable {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let known = context.open()?.connectors().enable(&self.connector)?;
        context.show(&known, || format!("{} is enabled.", known.title()))
    }
}
