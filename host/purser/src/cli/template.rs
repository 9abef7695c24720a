//! `purser template`: configuration templates, which describe how requests are authenticated.

use super::{Context, Failure, input};
use crate::json::{self, TemplateDeletedJson, TemplateJson};
use crate::render::template;
use purser_model::TemplateName;
use std::path::PathBuf;

/// Largest file that is read as a template.
const MAX_TEMPLATE_BYTES: u64 = 256 << 10;

const ADD_HELP: &str = "\
A template is a TOML file. Start from an existing one, and give it another name:

  purser template show bearer --toml > acme.toml
  purser template add acme.toml";

/// Manage configuration templates, which describe how requests are authenticated
#[derive(Debug, clap::Args)]
pub(crate) struct TemplateArgs {
    #[command(subcommand)]
    command: TemplateCommand,
}

#[derive(Debug, clap::Subcommand)]
enum TemplateCommand {
    /// List the templates, built-in and added
    #[command(after_help = "Example:\n  purser template list")]
    List,
    /// Show a template with its fields
    #[command(after_help = "Example:\n  purser template show oauth-authorization-code")]
    Show {
        /// Template
        name: TemplateName,
        /// Print the template's TOML file
        #[arg(long, conflicts_with = "json")]
        toml: bool,
    },
    /// Add a template of your own
    #[command(after_help = ADD_HELP)]
    Add {
        /// TOML file; - for standard input
        file: PathBuf,
    },
    /// Delete a template that no connection uses
    #[command(after_help = "Example:\n  purser template delete acme")]
    Delete {
        /// Template
        name: TemplateName,
    },
}

impl TemplateArgs {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let purser = context.open_or_create()?;

        match self.command {
            TemplateCommand::List => {
                let templates = purser.templates().list()?;

                let document: Vec<TemplateJson<'_>> = json::list(&templates);
                context.show(&document, || template::list(&templates))
            }
            TemplateCommand::Show { name, toml } => {
                let found = purser.templates().find(&name)?;
                if toml {
                    return super::print(found.toml());
                }
                context.show(&TemplateJson::from(&found), || template::details(&found))
            }
            TemplateCommand::Add { file } => {
                let text = input::read_text(&file, MAX_TEMPLATE_BYTES)?;
                let added = purser.templates().add(&text)?;
                context.show(&TemplateJson::from(&added), || template::added(&added))
            }
            TemplateCommand::Delete { name } => {
                purser.templates().delete(&name)?;
                context.show(&TemplateDeletedJson::from(&name), || {
                    format!("Deleted template {name}.")
                })
            }
        }
    }
}
