//! People of the company's directory.

use crate::convert::Json;
use crate::{Store, StoreError};
use jiff::civil::Date;
use purser_model::{Employment, Person};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use std::collections::HashSet;

/// How much of the directory an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roster {
    /// A part: who is not in it stays as they are.
    Part,
    /// Everybody: who is employed and not in it has left, on this day.
    Complete(Date),
}

/// What an import of people came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeopleImport {
    /// New people.
    pub added: u64,
    /// People who were known differently.
    pub changed: u64,
    /// People who were known just so.
    pub unchanged: u64,
    /// People who were marked as having left because a complete roster did not have them.
    pub left: u64,
}

const SELECT: &str = "SELECT employee_number, name, email, aliases, user_name, department, manager, employment FROM person";

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
    let sql = "INSERT INTO person (employee_number, name, email, aliases, user_name, department, manager, employment)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
               ON CONFLICT DO UPDATE SET name = excluded.name, email = excluded.email, aliases = excluded.aliases,
                   user_name = excluded.user_name, department = excluded.department, manager = excluded.manager,
                   employment = excluded.employment";
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

fn everybody(tx: &Transaction<'_>) -> Result<Vec<Person>, StoreError> {
    let mut statement = tx.prepare(&format!("{SELECT} ORDER BY employee_number"))?;
    Ok(statement.query_map((), person)?.collect::<Result<_, _>>()?)
}

impl Store {
    /// Imports people by their employee numbers, all or none.
    ///
    /// # Errors
    /// [`StoreError::DuplicateId`] when a number occurs twice, [`StoreError::EmptyRoster`] when a complete roster is empty and people are
    /// employed, or the store cannot be written.
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
                    let id = new.employee_number.clone();
                    return Err(StoreError::DuplicateId {
                        what: "employee number",
                        id,
                    });
                }
                let mut find =
                    tx.prepare_cached(&format!("{SELECT} WHERE employee_number = ?1"))?;
                match find.query_row([&new.employee_number], person).optional()? {
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

    /// Everybody, those who have left included, by employee number.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn people(&self) -> Result<Vec<Person>, StoreError> {
        self.read(everybody)
    }
}

/// Marks who is employed and not among these numbers as having left.
fn mark_absent(
    tx: &Transaction<'_>,
    present: &HashSet<&str>,
    today: Date,
) -> Result<u64, StoreError> {
    let mut absent = everybody(tx)?;
    absent.retain(|known| {
        known.employment == Employment::Employed
            && !present.contains(known.employee_number.as_str())
    });
    let count = u64::try_from(absent.len()).unwrap_or(u64::MAX);
    if present.is_empty() && count > 0 {
        return Err(StoreError::EmptyRoster(count));
    }
    for known in absent {
        put(
            tx,
            &Person {
                employment: Employment::Left(Some(today)),
                ..known
            },
        )?;
    }
    Ok(count)
}
