//! `purser people`: the company's directory.

use super::{Context, Failure, input};
use crate::json::{self, PeopleImportedJson, PersonJson};
use crate::render::person;
use std::path::PathBuf;

const IMPORT_HELP: &str = "\
The first line names the columns: employee_number and name, and optionally email, aliases, user_name,
department, manager, status and left_on. Either all rows are imported or none, and every wrong row is listed.

Examples:
  purser people import people.csv --complete
  ldap2csv | purser people import -";

/// Import and list the people of the company
#[derive(Debug, clap::Args)]
pub(crate) struct PeopleArgs {
    #[command(subcommand)]
    command: PeopleCommand,
}

#[derive(Debug, clap::Subcommand)]
enum PeopleCommand {
    /// Import people from a CSV file
    #[command(after_help = IMPORT_HELP)]
    Import {
        /// CSV file; - for standard input
        file: PathBuf,
        /// The file is the whole directory: people missing from it have left
        #[arg(long)]
        complete: bool,
    },
    /// List the people
    #[command(after_help = "Example:\n  purser people list")]
    List,
}

impl PeopleArgs {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            PeopleCommand::Import { file, complete } => {
                let source = input::open(&file)?;
                let imported = context
                    .open_or_create()?
                    .people()
                    .import(source, complete)?;

                context.show(&PeopleImportedJson::from(&imported), || {
                    person::imported(&imported)
                })
            }
            PeopleCommand::List => {
                let people = context.open()?.people().list()?;

                let document: Vec<PersonJson<'_>> = json::list(&people);
                context.show(&document, || person::list(&people))
            }
        }
    }
}
