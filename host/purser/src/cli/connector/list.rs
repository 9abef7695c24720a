//! `purser connector list`

use crate::cli::{Context, Failure};
use crate::render::connector;

/// List the connectors taken in, and what they were granted
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  purser connector list")]
pub(crate) struct List {}

impl List {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let connectors = context.open()?.connectors().list()?;
        context.show(&connectors, || connector::list(&connectors))
    }
}
