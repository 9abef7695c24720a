//! People of the company's directory.

use crate::convert::Json;
use crate::import_mode::ImportMode;
use crate::{Store, StoreError};
use jiff::civil::Date;
use purser_model::{Employment, Person};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use std::collections::{BTreeMap, HashSet};

/// Largest share of the employed, in per cent, that a complete roster may make leavers of.
const MAX_LEAVERS_PERCENT: u64 = 20;

/// The share of the directory that an import covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roster {
    /// Some people: those who are not in it stay as they are.
    Partial,
    /// All people: those who are employed and not in it have left, on this day.
    Complete {
        /// Day of the import.
        today: Date,
        /// True if more than a fifth of the employed may leave at once.
        accept_shrink: bool,
    },
}

/// The counts of an import of people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeopleImport {
    /// People who were not known.
    pub added: u64,
    /// People who were known with other data.
    pub changed: u64,
    /// People who were known with the same data.
    pub unchanged: u64,
    /// People marked as having left, because a complete roster does not have them.
    pub left: u64,
    /// People who were employed before the import.
    pub employed: u64,
    /// People who were employed and have left after the import, by employee number: those of
    /// `left`, and those whose record says so now.
    pub leavers: Vec<Leaver>,
    /// People who had left and are employed again.
    pub reinstated: u64,
    /// People who lose a known fact, by the name of its column.
    pub lost: BTreeMap<&'static str, u64>,
}

/// A person who was employed and has left after an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaver {
    /// The employee number.
    pub employee_number: String,
    /// The name.
    pub name: String,
}

impl PeopleImport {
    /// Returns true if more of the employed have left than a complete roster may make leavers of.
    #[must_use]
    pub fn shrinks(&self) -> bool {
        let leavers = u64::try_from(self.leavers.len()).unwrap_or(u64::MAX);
        let allowed = self.employed.saturating_mul(MAX_LEAVERS_PERCENT);

        leavers.saturating_mul(100) > allowed
    }

    /// Counts a person whose record is in the import.
    fn count(&mut self, known: Option<&Person>, new: &Person) {
        match known {
            Some(known) if known == new => self.unchanged += 1,
            Some(known) => {
                self.changed += 1;
                self.compare(known, new);
            }
            None => self.added += 1,
        }
    }

    fn compare(&mut self, known: &Person, new: &Person) {
        let had_left = matches!(known.employment, Employment::Left(_));
        let has_left = matches!(new.employment, Employment::Left(_));
        if has_left && !had_left {
            self.add_leaver(new);
        }
        self.reinstated += u64::from(had_left && !has_left);

        let facts = [
            ("email", known.email.is_some(), new.email.is_some()),
            (
                "aliases",
                !known.aliases.is_empty(),
                !new.aliases.is_empty(),
            ),
            (
                "user_name",
                known.user_name.is_some(),
                new.user_name.is_some(),
            ),
            (
                "department",
                known.department.is_some(),
                new.department.is_some(),
            ),
            ("manager", known.manager.is_some(), new.manager.is_some()),
        ];
        for (column, was_known, is_known) in facts {
            if was_known && !is_known {
                *self.lost.entry(column).or_default() += 1;
            }
        }
    }

    fn add_leaver(&mut self, person: &Person) {
        self.leavers.push(Leaver {
            employee_number: person.employee_number.clone(),
            name: person.name.clone(),
        });
    }
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
    /// [`StoreError::DuplicateId`] if a number occurs twice. Of a complete roster,
    /// [`StoreError::EmptyRoster`] if it is empty and people are employed, or
    /// [`StoreError::RosterShrinks`] if too many of the employed would have left.
    pub fn import_people(
        &self,
        people: &[Person],
        roster: Roster,
        mode: ImportMode,
    ) -> Result<PeopleImport, StoreError> {
        self.write_in(mode, |tx| import(tx, people, roster))
    }

    /// Returns all people, those who have left included, by employee number.
    pub fn people(&self) -> Result<Vec<Person>, StoreError> {
        self.read(find_all)
    }
}

fn import(
    tx: &Transaction<'_>,
    people: &[Person],
    roster: Roster,
) -> Result<PeopleImport, StoreError> {
    let mut numbers = HashSet::new();
    let mut import = PeopleImport {
        employed: count_employed(tx)?,
        ..PeopleImport::default()
    };

    for new in people {
        if !numbers.insert(new.employee_number.as_str()) {
            return Err(StoreError::DuplicateId {
                what: "employee number",
                id: new.employee_number.clone(),
            });
        }

        import.count(find(tx, &new.employee_number)?.as_ref(), new);
        put(tx, new)?;
    }

    if let Roster::Complete {
        today,
        accept_shrink,
    } = roster
    {
        mark_absent(tx, &numbers, today, &mut import)?;
        // why: it is a part of the directory, or a column is read as another, far more often
        if !accept_shrink && import.shrinks() {
            return Err(StoreError::RosterShrinks {
                leavers: u64::try_from(import.leavers.len()).unwrap_or(u64::MAX),
                employed: import.employed,
            });
        }
    }
    import
        .leavers
        .sort_by(|a, b| a.employee_number.cmp(&b.employee_number));
    Ok(import)
}

/// Marks the employed people whose numbers are absent as having left.
fn mark_absent(
    tx: &Transaction<'_>,
    present: &HashSet<&str>,
    today: Date,
    import: &mut PeopleImport,
) -> Result<(), StoreError> {
    let mut absent = find_all(tx)?;
    absent.retain(|known| {
        !matches!(known.employment, Employment::Left(_))
            && !present.contains(known.employee_number.as_str())
    });

    // why: an empty file is a broken export far more often than a company without people
    import.left = u64::try_from(absent.len()).unwrap_or(u64::MAX);
    if present.is_empty() && import.left > 0 {
        return Err(StoreError::EmptyRoster(import.left));
    }

    for known in absent {
        import.add_leaver(&known);
        let left = Person {
            employment: Employment::Left(Some(today)),
            ..known
        };
        put(tx, &left)?;
    }
    Ok(())
}

fn count_employed(tx: &Transaction<'_>) -> Result<u64, StoreError> {
    let people = find_all(tx)?;
    let employed = people
        .iter()
        .filter(|known| !matches!(known.employment, Employment::Left(_)));

    Ok(u64::try_from(employed.count()).unwrap_or(u64::MAX))
}
