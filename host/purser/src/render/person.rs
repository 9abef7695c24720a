//! People as text.

use super::import::ignored_columns;
use super::{Table, number};
use purser_engine::PeopleImported;
use purser_model::{Employment, Person};

/// Returns the counts of an import as a sentence.
pub(crate) fn imported(imported: &PeopleImported) -> String {
    let counts = [
        imported.added,
        imported.changed,
        imported.unchanged,
        imported.left,
    ];
    let [added, changed, unchanged, left] = counts.map(number::count);

    let counts =
        format!("People: {added} added, {changed} changed, {unchanged} unchanged, {left} left.");
    counts + &ignored_columns(&imported.ignored_columns)
}

/// Returns a table of people.
pub(crate) fn list(people: &[Person]) -> String {
    if people.is_empty() {
        return "No people yet. Next: purser people import FILE".into();
    }

    let mut table = Table::new(["NUMBER", "NAME", "EMAIL", "DEPARTMENT", "EMPLOYMENT"]);
    for person in people {
        let employment = match person.employment {
            Employment::Employed => "employed".to_owned(),
            Employment::Left(None) => "left".to_owned(),
            Employment::Left(Some(day)) => format!("left {day}"),
            Employment::Unclear(None) => "unclear".to_owned(),
            Employment::Unclear(Some(day)) => format!("unclear, left {day}?"),
        };
        table.row([
            person.employee_number.as_str(),
            &person.name,
            person.email.as_deref().unwrap_or_default(),
            person.department.as_deref().unwrap_or_default(),
            &employment,
        ]);
    }

    table.to_string()
}
