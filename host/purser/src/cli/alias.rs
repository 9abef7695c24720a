//! `purser alias`: named groups of connections to one SaaS application.

use super::{Context, Failure};
use crate::json::{self, AliasJson};
use crate::render::{alias, sanitize};
use purser_model::{AliasName, RetryPolicy};

/// Create and list aliases, which group the connections to one application
#[derive(Debug, clap::Args)]
pub(crate) struct AliasArgs {
    #[command(subcommand)]
    command: AliasCommand,
}

#[derive(Debug, clap::Subcommand)]
enum AliasCommand {
    Create(CreateAliasArgs),
    /// List the aliases
    #[command(after_help = "Example:\n  purser alias list")]
    List,
}

/// Create an alias for the application that a connector reads
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  purser alias create hubs --connector jupyterhub")]
struct CreateAliasArgs {
    /// Name of the new alias
    name: AliasName,
    /// Connector, by its name or the beginning of its digest
    #[arg(long)]
    connector: String,
    /// Attempts of a request that fails with a transient error, including the first
    #[arg(long, value_name = "COUNT", default_value_t = RetryPolicy::default().attempts)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=10))]
    retry_attempts: u32,
    /// Seconds after the first attempt within which a retry may start
    #[arg(long, value_name = "SECONDS", default_value_t = RetryPolicy::default().within_seconds)]
    #[arg(value_parser = clap::value_parser!(u32).range(0..=600))]
    retry_within: u32,
}

impl AliasArgs {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            AliasCommand::Create(args) => args.run(context),
            AliasCommand::List => {
                let aliases = context.open()?.aliases().list()?;

                let document: Vec<AliasJson<'_>> = json::list(&aliases);
                context.show(&document, || alias::list(&aliases))
            }
        }
    }
}

impl CreateAliasArgs {
    fn run(self, context: &Context) -> Result<(), Failure> {
        let retry = RetryPolicy {
            attempts: self.retry_attempts,
            within_seconds: self.retry_within,
        };
        let created = context
            .open()?
            .aliases()
            .create(&self.name, &self.connector, retry)?;

        context.show(&AliasJson::from(&created), || {
            let name = &created.name;
            let application = sanitize::line(&created.application);
            format!(
                "Created alias {name} for {application}.\n\
                 Next: purser connection create NAME --alias {name} --base-url URL --template TEMPLATE"
            )
        })
    }
}
