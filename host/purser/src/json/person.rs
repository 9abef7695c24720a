//! People in JSON: `purser people`.

use super::Document;
use super::import::NotesJson;
use jiff::civil::Date;
use purser_engine::PeopleImported;
use purser_model::{Employment, Person};
use serde::Serialize;

/// A person of the company's directory.
#[derive(Serialize)]
pub(crate) struct PersonJson<'a> {
    employee_number: &'a str,
    name: &'a str,
    email: Option<&'a str>,
    aliases: &'a [String],
    user_name: Option<&'a str>,
    department: Option<&'a str>,
    manager: Option<&'a str>,
    employment: EmploymentJson,
}

/// The employment of a person; the day of leaving may be unknown.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "state", content = "on")]
enum EmploymentJson {
    Employed,
    Left(Option<Date>),
    /// The directory contradicts itself, or reports only that the sign-in is disabled.
    Unclear(Option<Date>),
}

/// An import of people.
#[derive(Serialize)]
pub(crate) struct PeopleImportedJson<'a> {
    dry_run: bool,
    added: u64,
    changed: u64,
    unchanged: u64,
    left: u64,
    leavers: Vec<LeaverJson<'a>>,
    reinstated: u64,
    ignored_columns: &'a [String],
    #[serde(flatten)]
    notes: NotesJson<'a>,
}

/// A person who was employed and has left after an import.
#[derive(Serialize)]
struct LeaverJson<'a> {
    employee_number: &'a str,
    name: &'a str,
}

impl Document for PersonJson<'_> {}
impl Document for PeopleImportedJson<'_> {}

impl<'a> From<&'a Person> for PersonJson<'a> {
    fn from(person: &'a Person) -> Self {
        Self {
            employee_number: &person.employee_number,
            name: &person.name,
            email: person.email.as_deref(),
            aliases: &person.aliases,
            user_name: person.user_name.as_deref(),
            department: person.department.as_deref(),
            manager: person.manager.as_deref(),
            employment: match person.employment {
                Employment::Employed => EmploymentJson::Employed,
                Employment::Left(on) => EmploymentJson::Left(on),
                Employment::Unclear(on) => EmploymentJson::Unclear(on),
            },
        }
    }
}

impl<'a> From<&'a PeopleImported> for PeopleImportedJson<'a> {
    fn from(imported: &'a PeopleImported) -> Self {
        Self {
            dry_run: imported.dry_run,
            added: imported.added,
            changed: imported.changed,
            unchanged: imported.unchanged,
            left: imported.left,
            leavers: imported
                .leavers
                .iter()
                .map(|(number, name)| LeaverJson {
                    employee_number: number,
                    name,
                })
                .collect(),
            reinstated: imported.reinstated,
            ignored_columns: &imported.ignored_columns,
            notes: (&imported.notes).into(),
        }
    }
}
