//! `purser profile`: a connector with its connections and settings.

mod create;
mod publish;

use super::{Context, Failure};
use crate::json::{self, ProfileJson, ProfileViewJson};
use crate::render::profile;
use purser_model::ProfileName;

/// Manage integration profiles, which join a connector to its connections and settings
#[derive(Debug, clap::Args)]
pub(crate) struct ProfileArgs {
    #[command(subcommand)]
    command: ProfileCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ProfileCommand {
    Create(create::CreateProfileArgs),
    Publish(publish::PublishProfileArgs),
    /// List the profiles
    #[command(after_help = "Example:\n  purser profile list")]
    List,
    /// Show one profile
    #[command(after_help = "Example:\n  purser profile show hub")]
    Show {
        /// Profile
        name: ProfileName,
    },
    /// Turn a profile into a draft: it is not reconciled; its records are kept
    #[command(after_help = "Example:\n  purser profile unpublish hub")]
    Unpublish {
        /// Profile
        name: ProfileName,
    },
    /// Delete an unpublished profile with its records
    #[command(after_help = "Example:\n  purser profile delete hub")]
    Delete {
        /// Profile
        name: ProfileName,
    },
}

impl ProfileArgs {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            ProfileCommand::Create(args) => args.run(context),
            ProfileCommand::Publish(args) => args.run(context).await,
            ProfileCommand::List => {
                let profiles = context.open()?.profiles().list()?;

                let document: Vec<ProfileViewJson<'_>> = json::list(&profiles);
                context.show(&document, || profile::list(&profiles))
            }
            ProfileCommand::Show { name } => {
                let view = context.open()?.profiles().find(&name)?;
                context.show(&ProfileViewJson::from(&view), || {
                    profile::full_details(&view)
                })
            }
            ProfileCommand::Unpublish { name } => {
                let draft = context.open()?.profiles().unpublish(&name)?;
                context.show(&ProfileJson::from(&draft), || {
                    format!(
                        "Unpublished {name}: it is a draft and is not reconciled. Its records are kept."
                    )
                })
            }
            ProfileCommand::Delete { name } => {
                let deleted = context.open()?.profiles().delete(&name)?;
                context.show(&ProfileJson::from(&deleted), || {
                    format!(
                        "Deleted profile {name} with its records; `purser runs list` still shows its runs."
                    )
                })
            }
        }
    }
}
