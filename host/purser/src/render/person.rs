//! People as text.

use super::import::{dry_run, ignored_columns, notes};
use super::{Table, number, sanitize};
use purser_engine::PeopleImported;
use purser_model::{Employment, Person};

/// Leavers that a dry run lists as text. The document has all of them.
const MAX_LEAVERS: usize = 50;

/// Returns the counts of an import as a sentence, with what a reader should look at.
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
    [
        dry_run(imported.dry_run),
        &counts,
        &reinstated(imported.reinstated),
        &leavers(imported),
        &ignored_columns(&imported.ignored_columns),
        &notes(&imported.notes),
    ]
    .concat()
}

fn reinstated(people: u64) -> String {
    match people {
        0 => String::new(),
        1 => "\n1 person who had left is employed again.".to_owned(),
        many => format!(
            "\n{} people who had left are employed again.",
            number::count(many)
        ),
    }
}

/// Returns the people whom a dry run would call leavers, a line each.
fn leavers(imported: &PeopleImported) -> String {
    if !imported.dry_run || imported.leavers.is_empty() {
        return String::new();
    }

    let shown = imported.leavers.iter().take(MAX_LEAVERS);
    let lines: String = shown
        .map(|(number, name)| format!("\n  {} ({})", sanitize::line(name), sanitize::line(number)))
        .collect();
    let rest = imported.leavers.len().saturating_sub(MAX_LEAVERS);
    let tail = match rest {
        0 => String::new(),
        rest => format!("\n  and {rest} more"),
    };
    format!("\nEmployed now, and left after the import:{lines}{tail}")
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
