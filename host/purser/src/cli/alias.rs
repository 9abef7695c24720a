//! `purser alias`: named places for connections to one SaaS application.

use super::{Context, Failure};
use crate::render::{Table, plain};
use purser_engine::AliasView;
use purser_model::Name;

/// Name the places that hold connections
#[derive(Debug, clap::Args)]
pub(crate) struct Alias {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Make an alias for the application that a connector knows
    #[command(after_help = "Example:\n  purser alias create hubs --connector jupyterhub")]
    Create {
        /// What to call it
        name: Name,
        /// The connector, by its name or the beginning of its digest
        #[arg(long)]
        connector: String,
    },
    /// List the aliases
    #[command(after_help = "Example:\n  purser alias list")]
    List,
}

impl Alias {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        match self.verb {
            Verb::Create { name, connector } => {
                let alias = context.open()?.create_alias(&name, &connector)?;
                context.show(&alias, || {
                    let AliasView { name, application } = &alias;
                    let application = plain::line(application);
                    format!("Made alias {name} for {application}.\nNext: purser connection create NAME --alias {name} --base-url URL --template TEMPLATE")
                })
            }
            Verb::List => {
                let aliases = context.open()?.aliases()?;
                context.show(&aliases, || list(&aliases))
            }
        }
    }
}

fn list(aliases: &[AliasView]) -> String {
    if aliases.is_empty() {
        return "No alias yet. Next: purser alias create NAME --connector CONNECTOR".into();
    }
    let mut table = Table::new(["NAME", "APPLICATION"]);
    for AliasView { name, application } in aliases {
        table.row([name.as_str(), application]);
    }
    table.to_string()
}
