//! `purser connector enable`: a disabled version that may run again.

use crate::cli::{Context, Failure};
use crate::json::ConnectorJson;

/// Enable a disabled version with the grant it had
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  purser connector enable jupyterhub@0.1.0\n  purser connector enable 0123456789ab"
)]
pub(super) struct EnableConnectorArgs {
    /// Connector: its name (the latest version), NAME@VERSION, or the beginning of its digest
    connector: String,
}

impl EnableConnectorArgs {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let enabled = context.open()?.connectors().enable(&self.connector)?;

        context.show(&ConnectorJson::from(&enabled), || {
            format!("Enabled {}.", enabled.title())
        })
    }
}
