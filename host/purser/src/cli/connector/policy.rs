//! `purser connector policy`

use crate::cli::{Context, Failure};
use purser_engine::Policy as Asked;
use purser_model::ProfileName;

const EXAMPLES: &str = "\
Examples:
  purser connector policy
  purser connector policy --require-signature on";

/// Show or change what is asked of every connector before it may be used
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Policy {
    /// Use only connectors that a trusted publisher signed
    #[arg(long, value_name = "on|off", value_parser = ["on", "off"])]
    require_signature: Option<String>,
}

impl Policy {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let purser = context.open_or_create()?;
        let policy = match self.require_signature {
            None => purser.publishers().policy()?,
            Some(switch) => purser.publishers().require_signature(switch == "on")?,
        };
        context.show(&policy, || text(&policy))
    }
}

fn text(
    Asked {
        require_signature,
        blocked_profiles: stopped,
    }: &Asked,
) -> String {
    if !require_signature {
        return "Connectors need no signature; one that does not hold is refused all the same."
            .into();
    }
    let rule = "Only connectors that a trusted publisher signed are taken in, granted and run.";
    match stopped.as_slice() {
        [] => rule.into(),
        names => {
            let names: Vec<_> = names.iter().map(ProfileName::as_str).collect();
            format!(
                "{rule}\nThese profiles do not run, because their connectors are not signed so: {}.",
                names.join(", ")
            )
        }
    }
}
