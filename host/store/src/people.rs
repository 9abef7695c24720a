//! People of the company's directory.

use crate::convert::Json;
use crate::{Store, StoreError};
use jiff::civil::Date;
use purser_model::{Employment, Person};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use std::collections::HashSet;

/// The share of the directory that an import covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roster {
    /// Some people: those who are not in it stay as they are.
    Partial,
    /// All people: those who are employed and not in it have left, on this day.
    Complete(Date),
}

/// The counts of an import of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeopleImport {
    /// People who were not known.
    pub added: u64,
    /// People who were known with other data.
    pub changed: u64,
    /// People who were known with the same data.
    pub unchanged: u64,
    /// People marked as having left, because a complete roster does not have them.
    pub left: u64,
}

const SELECT: &str = "
    SELECT employee_number, name, email, aliases, user_name, department, manager, employment
    FROM person";

fn person(row: &Row<'_>) -> rusqlite::Result<Person> {
    Ok(Person {
        employee_number: row.get(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        aliases: row.get::<_, Json<_>>(3)?.0,
        user_name: row.get(4)?,
        department: row.get(5)?,
        manager: row.get(6)?,
        employment: row.get::<_, Json<_>>(7)?.0,
    })
}

fn put(tx: &Transaction<'_>, person: &Person) -> Result<(), StoreError> {
    let sql = "
        INSERT INTO person (
            employee_number, name, email, aliases, user_name, department, manager, employment)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT DO UPDATE SET
            name = excluded.name, email = excluded.email, aliases = excluded.aliases,
            user_name = excluded.user_name, department = excluded.department,
            manager = excluded.manager, employment = excluded.employment";
    tx.prepare_cached(sql)?.execute(params![
        person.employee_number,
        person.name,
        person.email,
        Json(&person.aliases),
        person.user_name,
        person.department,
        person.manager,
        Json(person.employment),
    ])?;
    Ok(())
}

fn find(tx: &Transaction<'_>, employee_number: &str) -> Result<Option<Person>, StoreError> {
    let sql = format!("{SELECT} WHERE employee_number = ?1");
    let mut statement = tx.prepare_cached(&sql)?;

    Ok(statement.query_row([employee_number], person).optional()?)
}

fn find_all(tx: &Transaction<'_>) -> Result<Vec<Person>, StoreError> {
    let mut statement = tx.prepare(&format!("{SELECT} ORDER BY employee_number"))?;
    Ok(statement.query_map((), person)?.collect::<Result<_, _>>()?)
}

impl Store {
    /// Imports people by their employee numbers, all or none.
    ///
    /// # Errors
    /// [`StoreError::DuplicateId`] if a number occurs twice, or [`StoreError::EmptyRoster`] if a
    /// complete roster is empty and people are employed.
    pub fn import_people(
        &self,
        people: &[Person],
        roster: Roster,
    ) -> Result<PeopleImport, StoreError> {
        self.write(|tx| {
            let mut numbers = HashSet::new();
            let mut import = PeopleImport::default();

            for new in people {
                if !numbers.insert(new.employee_number.as_str()) {
                    return Err(StoreError::DuplicateId {
                        what: "employee number",
                        id: new.employee_number.clone(),
                    });
                }

                match find(tx, &new.employee_number)? {
                    Some(known) if known == *new => import.unchanged += 1,
                    Some(_) => import.changed += 1,
                    None => import.added += 1,
                }
                put(tx, new)?;
            }

            if let Roster::Complete(today) = roster {
                import.left = mark_absent(tx, &numbers, today)?;
            }
            Ok(import)
        })
    }

    /// Returns all people, those who have left included, by employee number.
    pub fn people(&self) -> Result<Vec<Person>, StoreError> {
        self.read(find_all)
    }
}

/// Marks the employed people whose numbers are absent as having left; returns how many.
fn mark_absent(
    tx: &Transaction<'_>,
    present: &HashSet<&str>,
    today: Date,
) -> Result<u64, StoreError> {
    let mut absent = find_all(tx)?;
    absent.retain(|known| {
        !matches!(known.employment, Employment::Left(_))
            && !present.contains(known.employee_number.as_str())
    });

    // why: an empty file is a broken export far more often than a company without people
    let count = u64::try_from(absent.len()).unwrap_or(u64::MAX);
    if present.is_empty() && count > 0 {
        return Err(StoreError::EmptyRoster(count));
    }

    for known in absent {
        let left = Person {
            employment: Employment::Left(Some(today)),
            ..known
        };
        put(tx, &left)?;
    }
    Ok(count)
}
