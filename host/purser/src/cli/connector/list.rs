//! `purser connector list`: all uploaded versions.

use crate::cli::{Context, Failure};
use crate::json::{self, ConnectorJson};
use crate::render::connector;

/// List the uploaded connectors with their grants
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  purser connector list")]
pub(crate) struct ListConnectorsArgs {}

impl ListConnectorsArgs {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let connectors = context.open()?.connectors().list()?;

        let document: Vec<ConnectorJson<'_>> = json::list(&connectors);
        context.show(&document, || connector::list(&connectors))
    }
}
