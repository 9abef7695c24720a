//! `purser connector rollback`

use crate::cli::{Context, Failure};
use crate::render::lifecycle;
use purser_model::ConnectorName;

const EXAMPLES: &str = "\
The version must have been granted before, and keeps the grant it had.

Examples:
  purser connector rollback jupyterhub
  purser connector rollback jupyterhub --to 0.1.0";

/// Move the profiles of a connector back to the version granted before
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Rollback {
    /// The connector's name
    name: ConnectorName,
    /// Go back to this version, or to the digest that begins so
    #[arg(long, value_name = "VERSION|DIGEST")]
    to: Option<String>,
}

impl Rollback {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let back = context
            .open()?
            .connectors()
            .roll_back(&self.name, self.to.as_deref())?;
        context.show(&back, || {
            lifecycle::moves(&back.connector, &back.moved, &back.stayed)
        })
    }
}
