//! `purser alias`: named places for connections to one SaaS application.

use super::{Context, Failure};
use crate::render::{Table, plain};
use purser_engine::AliasView;
use purser_model::{AliasName, ConnectionName, RetryPolicy};

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
        name: AliasName,
        /// The connector, by its name or the beginning of its digest
        #[arg(long)]
        connector: String,
        /// How often a request that failed in passing is attempted, in all
        #[arg(long, value_name = "COUNT", default_value_t = RetryPolicy::default().attempts, value_parser = clap::value_parser!(u32).range(1..=10))]
        retry_attempts: u32,
        /// Seconds after the first attempt in which another may begin
        #[arg(long, value_name = "SECONDS", default_value_t = RetryPolicy::default().within_seconds, value_parser = clap::value_parser!(u32).range(0..=600))]
        retry_within: u32,
    },
    /// List the aliases
    #[command(after_help = "Example:\n  purser alias list")]
    List,
}

impl Alias {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        match self.verb {
            Verb::Create {
                name,
                connector,
                retry_attempts,
                retry_within,
            } => {
                let retry = RetryPolicy {
                    attempts: retry_attempts,
                    within_seconds: retry_within,
                };
                let alias = context.open()?.aliases().create(&name, &connector, retry)?;
                context.show(&alias, || {
                    let AliasView { name, application, .. } = &alias;
                    let application = plain::line(application);
                    format!("Made alias {name} for {application}.\nNext: purser connection create NAME --alias {name} --base-url URL --template TEMPLATE")
                })
            }
            Verb::List => {
                let aliases = context.open()?.aliases().list()?;
                context.show(&aliases, || list(&aliases))
            }
        }
    }
}

fn list(aliases: &[AliasView]) -> String {
    if aliases.is_empty() {
        return "No alias yet. Next: purser alias create NAME --connector CONNECTOR".into();
    }
    let mut table = Table::new(["NAME", "APPLICATION", "CONNECTIONS", "RETRIES"]);
    for AliasView {
        name,
        application,
        retry,
        connections,
    } in aliases
    {
        let connections: Vec<_> = connections.iter().map(ConnectionName::as_str).collect();
        let retry = format!(
            "{} attempts within {} s",
            retry.attempts, retry.within_seconds
        );
        table.row([name.as_str(), application, &connections.join(" "), &retry]);
    }
    table.to_string()
}
