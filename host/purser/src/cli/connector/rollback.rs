//! `purser connector rollback`: a return to an earlier version.

use crate::cli::{Context, Failure};
use crate::json::RolledBackJson;
use crate::render::version;
use purser_model::ConnectorName;

const EXAMPLES: &str = "\
The earlier version must have a grant, and keeps it.

Examples:
  purser connector rollback jupyterhub
  purser connector rollback jupyterhub --to 0.1.0";

/// Return the profiles of a connector to the version granted before
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct RollBackConnectorArgs {
    /// Name of the connector
    name: ConnectorName,
    /// Return to this version, or to the digest that begins with this text
    #[arg(long, value_name = "VERSION|DIGEST")]
    to: Option<String>,
}

impl RollBackConnectorArgs {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let back = context
            .open()?
            .connectors()
            .roll_back(&self.name, self.to.as_deref())?;

        context.show(&RolledBackJson::from(&back), || {
            version::moves(&back.connector, &back.moved, &back.stayed)
        })
    }
}
