//! `purser people`: the company's directory.

use super::{Context, Failure, input};
use crate::json::{self, PeopleImportedJson, PersonJson};
use crate::render::person;
use purser_engine::PeopleImportOptions;
use std::path::PathBuf;

const IMPORT_HELP: &str = "\
The first line names the columns: employee_number and name, and optionally email, aliases, user_name,
department, manager, status, left_on, hired_on and account_enabled. Either all rows are imported or none, and
every wrong row is listed. A person who is employed by status and left by date counts as employed, and no seat
of theirs is ready to be reclaimed. With --complete, nothing is imported if more than a fifth of the employed
people would have left.

Examples:
  purser people import people.csv --complete --dry-run
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
        /// Accept that more than a fifth of the employed people have left, with --complete
        #[arg(long, requires = "complete")]
        accept_shrink: bool,
        /// Change nothing; show what would change and who would have left
        #[arg(long)]
        dry_run: bool,
    },
    /// List the people
    #[command(after_help = "Example:\n  purser people list")]
    List,
}

impl PeopleArgs {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            PeopleCommand::Import {
                file,
                complete,
                accept_shrink,
                dry_run,
            } => {
                let source = input::open(&file)?;
                let options = PeopleImportOptions {
                    complete,
                    accept_shrink,
                    dry_run,
                };
                let imported = context.open_or_create()?.people().import(source, options)?;

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
