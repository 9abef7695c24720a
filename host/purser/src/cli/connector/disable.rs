//! `purser connector disable`

use crate::cli::{Context, Failure};

/// Keep a version from running until it is enabled again; refused while published profiles run it
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  purser connector disable jupyterhub@0.1.0\n  purser connector disable 0123456789ab"
)]
pub(super) struct Disable {
    /// The connector: its name (the latest version), NAME@VERSION, or the beginning of its digest
    connector: String,
}

impl Disable {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let known = context.open()?.connectors().disable(&self.connector)?;
        context.show(&known, || {
            format!(
                "{} is disabled: it neither runs nor is compiled.",
                known.title()
            )
        })
    }
}
