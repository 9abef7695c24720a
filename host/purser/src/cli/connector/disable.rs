//! `purser connector disable`: a version that may not run.

use crate::cli::{Context, Failure};
use crate::json::ConnectorJson;

/// Disable a version, so that it does not run; refused if published profiles run it
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  purser connector disable jupyterhub@0.1.0\n  purser connector disable 0123456789ab"
)]
pub(super) struct DisableConnectorArgs {
    /// Connector: its name (the latest version), NAME@VERSION, or the beginning of its digest
    connector: String,
}

impl DisableConnectorArgs {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let disabled = context.open()?.connectors().disable(&self.connector)?;

        context.show(&ConnectorJson::from(&disabled), || {
            format!("Disabled {}: it is not compiled or run.", disabled.title())
        })
    }
}
