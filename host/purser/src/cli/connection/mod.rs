//! `purser connection`: where an application is, and with which credential.

mod create;
mod secret;

use super::{Context, Failure};
use crate::render::connection;
use purser_engine::Connected;
use purser_model::{Action, Name, Outcome};
use serde::Serialize;

/// Make, test and forget connections to SaaS applications
#[derive(Debug, clap::Args)]
pub(crate) struct Connection {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Create(create::Create),
    /// Try what a connection can do, changing nothing in the application
    #[command(after_help = "Example:\n  purser connection test acme")]
    Test {
        /// The connection
        name: Name,
    },
    /// List the connections
    #[command(after_help = "Example:\n  purser connection list")]
    List,
    /// Forget a connection, its credential, and what was read through it
    #[command(after_help = "Example:\n  purser connection delete acme")]
    Delete {
        /// The connection
        name: Name,
    },
}

impl Connection {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.verb {
            Verb::Create(verb) => verb.run(context).await,
            Verb::Test { name } => test(context, &name).await,
            Verb::List => {
                let connections = context.open()?.connections()?;
                context.show(&connections, || connection::list(&connections))
            }
            Verb::Delete { name } => {
                context.open()?.delete_connection(&name)?;
                context.show(&Deleted { deleted: &name }, || {
                    format!("Forgot connection {name} and what was read through it.")
                })
            }
        }
    }
}

/// What `delete` prints as JSON.
#[derive(Serialize)]
struct Deleted<'a> {
    deleted: &'a Name,
}

async fn test(context: &Context, name: &Name) -> Result<(), Failure> {
    let connected = context.open()?.test_connection(name).await?;
    show(context, &connected)?;
    // A credential that cannot reclaim is still good for everything else; one that cannot read is not.
    match connected
        .checks
        .into_iter()
        .find(|checked| matches!(checked.action, Action::Read(_)) && checked.result.is_err())
    {
        Some(purser_engine::Checked { result: Err(outcome), .. }) => Err(outcome.into()),
        _ => Ok(()),
    }
}

fn show(context: &Context, connected: &Connected) -> Result<(), Failure> {
    context.show(&Shown::from(connected), || connection::connected(connected))
}

/// What trying a connection prints as JSON.
#[derive(Serialize)]
struct Shown<'a> {
    connection: &'a purser_model::Connection,
    checks: Vec<Check<'a>>,
}

/// One capability: `failure` is absent where it works.
#[derive(Serialize)]
struct Check<'a> {
    action: &'a Action,
    works: bool,
    identity: Option<&'a str>,
    tenant: Option<&'a str>,
    warnings: &'a [String],
    failure: Option<&'a Outcome>,
}

impl<'a> From<&'a Connected> for Shown<'a> {
    fn from(connected: &'a Connected) -> Self {
        let check = |checked: &'a purser_engine::Checked| {
            let report = checked.result.as_ref().ok();
            Check {
                action: &checked.action,
                works: report.is_some(),
                identity: report.and_then(|report| report.identity.as_deref()),
                tenant: report.and_then(|report| report.tenant.as_deref()),
                warnings: report.map(|report| report.warnings.as_slice()).unwrap_or_default(),
                failure: checked.result.as_ref().err(),
            }
        };
        Self { connection: &connected.connection, checks: connected.checks.iter().map(check).collect() }
    }
}
