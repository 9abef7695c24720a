//! `purser connector delete`: removal of a version.

use crate::cli::{Context, Failure};
use crate::json::ConnectorJson;

/// Delete a version and its grant; refused if profiles run it
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  purser connector delete jupyterhub@0.1.0\n  purser connector delete 0123456789ab"
)]
pub(super) struct DeleteConnectorArgs {
    /// Connector: its name (the latest version), NAME@VERSION, or the beginning of its digest
    connector: String,
}

impl DeleteConnectorArgs {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let deleted = context.open()?.connectors().delete(&self.connector)?;

        context.show(&ConnectorJson::from(&deleted), || {
            format!("Deleted {}.", deleted.title())
        })
    }
}
