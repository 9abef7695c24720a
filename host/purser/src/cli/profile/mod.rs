//! `purser profile`: which connector reads which connections, with which settings.

mod create;
mod publish;

use super::{Context, Failure};
use crate::render::profile;
use purser_model::Name;

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
        name: Name,
    },
}

impl Profile {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.verb {
            Verb::Create(verb) => verb.run(context),
            Verb::Publish(verb) => verb.run(context).await,
            Verb::List => {
                let profiles = context.open()?.profiles()?;
                context.show(&profiles, || profile::list(&profiles))
            }
            Verb::Show { name } => {
                let shown = context.open()?.profile(&name)?;
                context.show(&shown, || profile::detail(&shown))
            }
        }
    }
}
