//! `purser people`: the company's directory.

use super::{Context, Failure, input};
use crate::render::{Table, number};
use purser_model::{Employment, Person};
use std::path::PathBuf;

/// Import and list the people of the company
#[derive(Debug, clap::Args)]
pub(crate) struct People {
    #[command(subcommand)]
    verb: Verb,
}

const FORMAT: &str = "\
The first line names the columns: employee_number and name, and any of email, aliases, user_name,
department, manager, status and left_on. All rows are imported or none, and every wrong one is named.

Examples:
  purser people import people.csv --complete
  ldap2csv | purser people import -";

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Import people from a CSV file
    #[command(after_help = FORMAT)]
    Import {
        /// The file; - for standard input
        file: PathBuf,
        /// The file is the whole directory: whoever is not in it has left
        #[arg(long)]
        complete: bool,
    },
    /// List the people known
    #[command(after_help = "Example:\n  purser people list")]
    List,
}

impl People {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        match self.verb {
            Verb::Import { file, complete } => {
                let source = input::open(&file)?;
                let imported = context
                    .open_or_create()?
                    .people()
                    .import(source, complete)?;
                context.show(&imported, || {
                    let [added, changed, unchanged, left] =
                        [imported.added, imported.changed, imported.unchanged, imported.left].map(number::count);
                    format!("People: {added} added, {changed} changed, {unchanged} unchanged, {left} left.")
                })
            }
            Verb::List => {
                let people = context.open()?.people().list()?;
                context.show(&people, || list(&people))
            }
        }
    }
}

fn list(people: &[Person]) -> String {
    if people.is_empty() {
        return "No people yet. Next: purser people import FILE".into();
    }
    let mut table = Table::new(["NUMBER", "NAME", "EMAIL", "DEPARTMENT", "EMPLOYMENT"]);
    for person in people {
        let employment = match person.employment {
            Employment::Employed => "employed".to_owned(),
            Employment::Left(None) => "left".to_owned(),
            Employment::Left(Some(day)) => format!("left {day}"),
        };
        let [email, department] =
            [&person.email, &person.department].map(|text| text.as_deref().unwrap_or_default());
        table.row([
            &person.employee_number,
            &person.name,
            email,
            department,
            &employment,
        ]);
    }
    table.to_string()
}
