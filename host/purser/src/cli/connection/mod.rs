//! `purser connection`: where an application is, and with which credential.

mod authorize;
mod create;
mod given;
mod sign_in;

use super::{Context, Failure};
use crate::render::connection;
use purser_engine::{Connected, Revocation};
use purser_model::{Action, ConnectionName, Outcome};
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
    Authorize(authorize::Authorize),
    /// Try what a connection can do, changing nothing in the application
    #[command(after_help = "Example:\n  purser connection test acme")]
    Test {
        /// The connection
        name: ConnectionName,
    },
    /// List the connections, how they fare, and what to do about it
    #[command(after_help = "Example:\n  purser connection list")]
    List,
    /// Show one connection
    #[command(after_help = "Example:\n  purser connection show acme")]
    Show {
        /// The connection
        name: ConnectionName,
    },
    /// Forget a connection, its credential, and what was read through it
    ///
    /// A token that the application gave out is given back first. If that fails, the connection is kept.
    #[command(after_help = "Example:\n  purser connection delete acme")]
    Delete {
        /// The connection
        name: ConnectionName,
        /// Do not tell the application that the token is not needed any more
        #[arg(long)]
        no_revoke: bool,
    },
}

impl Connection {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.verb {
            Verb::Create(verb) => verb.run(context).await,
            Verb::Authorize(verb) => verb.run(context).await,
            Verb::Test { name } => test(context, &name).await,
            Verb::List => {
                let connections = context.open()?.connections().list()?;
                context.show(&connections, || connection::list(&connections))
            }
            Verb::Show { name } => {
                let shown = context.open()?.connections().find(&name)?;
                context.show(&shown, || connection::sheet(&shown))
            }
            Verb::Delete { name, no_revoke } => {
                let revocation = context
                    .open()?
                    .connections()
                    .delete(&name, !no_revoke)
                    .await?;
                context.show(
                    &Deleted {
                        deleted: &name,
                        revocation,
                    },
                    || deleted(&name, revocation),
                )
            }
        }
    }
}

/// What `delete` prints as JSON.
#[derive(Serialize)]
struct Deleted<'a> {
    deleted: &'a ConnectionName,
    revocation: Revocation,
}

fn deleted(name: &ConnectionName, revocation: Revocation) -> String {
    let token = match revocation {
        Revocation::Revoked => "Its token was revoked.",
        Revocation::NotOffered | Revocation::LeftOut => {
            "Its token was not revoked: the application may accept it until it expires."
        }
        Revocation::NoToken => {
            "Its credential still works in the application; revoke it there if nothing else needs it."
        }
    };
    format!("Forgot connection {name} and what was read through it. {token}")
}

async fn test(context: &Context, name: &ConnectionName) -> Result<(), Failure> {
    let connected = context.open()?.connections().test(name).await?;
    show(context, &connected)?;
    // A credential that cannot reclaim is still good for everything else; one that cannot read is not.
    match connected
        .checks
        .into_iter()
        .find(|checked| matches!(checked.action, Action::Read(_)) && checked.result.is_err())
    {
        Some(purser_engine::Checked {
            result: Err(outcome),
            ..
        }) => Err(outcome.into()),
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
                warnings: report
                    .map(|report| report.warnings.as_slice())
                    .unwrap_or_default(),
                failure: checked.result.as_ref().err(),
            }
        };
        Self {
            connection: &connected.connection,
            checks: connected.checks.iter().map(check).collect(),
        }
    }
}
