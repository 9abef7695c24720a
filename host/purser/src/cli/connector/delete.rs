//! `purser connector delete`

use crate::cli::{Context, Failure};

/// Forget a version and its grant; refused while profiles run it
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  purser connector delete jupyterhub@0.1.0\n  purser connector delete 0123456789ab"
)]
pub(super) struct Delete {
    /// The connector: its name (the latest version), NAME@VERSION, or the beginning of its digest
    connector: String,
}

impl Delete {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let known = context.open()?.connectors().delete(&self.connector)?;
        context.show(&known, || format!("{} is deleted.", known.title()))
    }
}
