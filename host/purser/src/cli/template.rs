//! `purser template`: the ways in which requests can be signed, as data.

use super::{Context, Failure, input};
use crate::render::template;
use purser_engine::Template as ConfigurationTemplate;
use purser_model::TemplateName;
use serde::Serialize;
use std::path::PathBuf;

/// The largest file that is read as a template.
const AT_MOST: u64 = 256 << 10;

const ADD: &str = "\
A template is a TOML file. Begin with one that is there, and give it another name:

  purser template show bearer --toml > acme.toml
  purser template add acme.toml";

/// Show and add configuration templates: the ways in which requests are signed
#[derive(Debug, clap::Args)]
pub(crate) struct Template {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List the templates, those that are built in and those that were added
    #[command(after_help = "Example:\n  purser template list")]
    List,
    /// Show a template: its fields, and how it signs
    #[command(after_help = "Example:\n  purser template show oauth-authorization-code")]
    Show {
        /// The template
        name: TemplateName,
        /// Print the file it is made of
        #[arg(long, conflicts_with = "json")]
        toml: bool,
    },
    /// Add a template of your own
    #[command(after_help = ADD)]
    Add {
        /// The file, or `-` for standard input
        file: PathBuf,
    },
    /// Forget a template that no connection uses
    #[command(after_help = "Example:\n  purser template delete acme")]
    Delete {
        /// The template
        name: TemplateName,
    },
}

impl Template {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let purser = context.open_or_create()?;
        match self.verb {
            Verb::List => {
                let templates = purser.templates().list()?;
                let shown: Vec<_> = templates.iter().map(Shown::from).collect();
                context.show(&shown, || template::list(&templates))
            }
            Verb::Show { name, toml } => {
                let found = purser.templates().find(&name)?;
                if toml {
                    return super::print(found.toml());
                }
                context.show(&Shown::from(&found), || template::sheet(&found))
            }
            Verb::Add { file } => {
                let added = purser.templates().add(&input::read_text(&file, AT_MOST)?)?;
                let name = added.name();
                context.show(&Shown::from(&added), || {
                    format!("Added template {name}.\n\n{}\n\nNext: purser connection create NAME --alias ALIAS --base-url URL --template {name}", template::sheet(&added))
                })
            }
            Verb::Delete { name } => {
                purser.templates().delete(&name)?;
                context.show(&Deleted { deleted: &name }, || {
                    format!("Forgot template {name}.")
                })
            }
        }
    }
}

/// What `delete` prints as JSON.
#[derive(Serialize)]
struct Deleted<'a> {
    deleted: &'a TemplateName,
}

/// A template in JSON.
#[derive(Serialize)]
struct Shown<'a> {
    name: &'a TemplateName,
    title: &'a str,
    summary: &'a str,
    like: &'a [TemplateName],
    hosts: &'a [String],
    fields: &'a [purser_engine::TemplateField],
}

impl<'a> From<&'a ConfigurationTemplate> for Shown<'a> {
    fn from(template: &'a ConfigurationTemplate) -> Self {
        Self {
            name: template.name(),
            title: template.title(),
            summary: template.summary(),
            like: template.like(),
            hosts: template.hosts(),
            fields: template.fields(),
        }
    }
}
