//! `purser connection`: base URLs of applications, each with a credential.

mod authorize;
mod browser;
mod create;
mod field_values;
mod output;

use super::{Context, Failure};
use crate::json::{self, ConnectionDeletedJson, ConnectionViewJson};
use crate::render::connection;
use purser_engine::Checked;
use purser_model::{Action, ConnectionName};

/// Manage connections to SaaS applications
#[derive(Debug, clap::Args)]
pub(crate) struct ConnectionArgs {
    #[command(subcommand)]
    command: ConnectionCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ConnectionCommand {
    Create(create::CreateConnectionArgs),
    Authorize(authorize::AuthorizeConnectionArgs),
    /// Test which capabilities of a connection work; changes nothing in the application
    #[command(after_help = "Example:\n  purser connection test acme")]
    Test {
        /// Connection
        name: ConnectionName,
        /// Connector to test with, by name, version or digest; else that of the profile or alias
        #[arg(long)]
        connector: Option<String>,
    },
    /// List the connections with their state and what to do about it
    #[command(after_help = "Example:\n  purser connection list")]
    List,
    /// Show one connection
    #[command(after_help = "Example:\n  purser connection show acme")]
    Show {
        /// Connection
        name: ConnectionName,
    },
    /// Delete a connection, its credential, and the records read through it
    ///
    /// An OAuth token is revoked first. If the application refuses that, the connection is kept.
    #[command(after_help = "Example:\n  purser connection delete acme")]
    Delete {
        /// Connection
        name: ConnectionName,
        /// Do not revoke the token
        #[arg(long)]
        no_revoke: bool,
    },
}

impl ConnectionArgs {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            ConnectionCommand::Create(args) => args.run(context).await,
            ConnectionCommand::Authorize(args) => args.run(context).await,
            ConnectionCommand::Test { name, connector } => {
                test(context, &name, connector.as_deref()).await
            }
            ConnectionCommand::List => {
                let connections = context.open()?.connections().list()?;

                let document: Vec<ConnectionViewJson<'_>> = json::list(&connections);
                context.show(&document, || connection::list(&connections))
            }
            ConnectionCommand::Show { name } => {
                let view = context.open()?.connections().find(&name)?;
                context.show(&ConnectionViewJson::from(&view), || {
                    connection::details(&view)
                })
            }
            ConnectionCommand::Delete { name, no_revoke } => {
                let revocation = context
                    .open()?
                    .connections()
                    .delete(&name, !no_revoke)
                    .await?;

                let document = ConnectionDeletedJson::new(&name, revocation);
                context.show(&document, || connection::deleted(&name, revocation))
            }
        }
    }
}

/// Tests a connection. Fails if a read does not work: a credential that cannot reclaim is still
/// good for everything else, and one that cannot read is not.
async fn test(
    context: &Context,
    name: &ConnectionName,
    connector: Option<&str>,
) -> Result<(), Failure> {
    let connected = context.open()?.connections().test(name, connector).await?;
    output::show_connected(context, &connected)?;

    let failed_read = |checked: Checked| match (checked.action, checked.result) {
        (Action::Read(_), Err(outcome)) => Some(outcome),
        _ => None,
    };
    match connected.checks.into_iter().find_map(failed_read) {
        Some(outcome) => Err(outcome.into()),
        None => Ok(()),
    }
}
