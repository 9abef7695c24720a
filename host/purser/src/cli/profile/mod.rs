//! `purser profile`: which connector reads which connections, with which settings.

mod create;
mod publish;

use super::{Context, Failure};
use crate::render::profile;
use purser_model::ProfileName;

/// Make and publish integration profiles
#[derive(Debug, clap::Args)]
pub(crate) struct Profile {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Create(create::Create),
    Publish(publish::Publish),
    /// List the profiles
    #[command(after_help = "Example:\n  purser profile list")]
    List,
    /// Show one profile
    #[command(after_help = "Example:\n  purser profile show hub")]
    Show {
        /// The profile
        name: ProfileName,
    },
    /// Take a profile out of use: it is not reconciled, and keeps what it read
    #[command(after_help = "Example:\n  purser profile unpublish hub")]
    Unpublish {
        /// The profile
        name: ProfileName,
    },
    /// Forget a profile that is not published, with all it read
    #[command(after_help = "Example:\n  purser profile delete hub")]
    Delete {
        /// The profile
        name: ProfileName,
    },
}

impl Profile {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.verb {
            Verb::Create(verb) => verb.run(context),
            Verb::Publish(verb) => verb.run(context).await,
            Verb::List => {
                let profiles = context.open()?.profiles().list()?;
                context.show(&profiles, || profile::list(&profiles))
            }
            Verb::Show { name } => {
                let shown = context.open()?.profiles().find(&name)?;
                context.show(&shown, || profile::detail(&shown))
            }
            Verb::Unpublish { name } => {
                let draft = context.open()?.profiles().unpublish(&name)?;
                context.show(&draft, || {
                    format!("Profile {name} is a draft again: it is not reconciled, and keeps what it read.")
                })
            }
            Verb::Delete { name } => {
                let deleted = context.open()?.profiles().delete(&name)?;
                context.show(&deleted, || {
                    format!("Profile {name} is deleted, with all it read; `purser runs list` still shows its runs.")
                })
            }
        }
    }
}
