//! `purser connector policy`: requirements for all connectors.

use crate::cli::{Context, Failure};
use crate::json::PolicyJson;
use crate::render::publisher;

const EXAMPLES: &str = "\
Examples:
  purser connector policy
  purser connector policy --require-signature on";

/// Show or change the requirements that every connector must meet
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct PolicyArgs {
    /// Use only connectors that a trusted publisher signed
    #[arg(long, value_name = "on|off", value_parser = ["on", "off"])]
    require_signature: Option<String>,
}

impl PolicyArgs {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let purser = context.open_or_create()?;

        let policy = match self.require_signature {
            None => purser.publishers().policy()?,
            Some(switch) => purser.publishers().require_signature(switch == "on")?,
        };
        context.show(&PolicyJson::from(&policy), || publisher::policy(&policy))
    }
}
