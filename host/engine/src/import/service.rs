//! Services for people and entitlements.

use super::entitlements::parse_entitlements;
use super::note::{Note, Notes};
use super::people::parse_people;
use crate::Error;
use jiff::ZonedDateTime;
use purser_model::{Entitlement, Person};
use purser_store::{EntitlementImport, ImportMode, PeopleImport, Roster, Store};
use serde::Serialize;
use std::collections::HashSet;
use std::io::Read;
use std::sync::Arc;

/// Way of importing people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeopleImportOptions {
    /// True if the file is the whole directory: people who are not in it have left.
    pub complete: bool,
    /// True if a complete file may make leavers of more than a fifth of the employed.
    pub accept_shrink: bool,
    /// True if nothing is stored.
    pub dry_run: bool,
}

/// Counts of an import of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeopleImported {
    /// True if nothing was stored.
    pub dry_run: bool,
    /// People who are new.
    pub added: u64,
    /// People whose record changed.
    pub changed: u64,
    /// People whose record is the same.
    pub unchanged: u64,
    /// People who are not in a complete file, and are recorded as having left.
    pub left: u64,
    /// People who were employed and have left after the import, by employee number: number and
    /// name.
    pub leavers: Vec<(String, String)>,
    /// People who had left and are employed again.
    pub reinstated: u64,
    /// Unknown columns, as the file spells them.
    pub ignored_columns: Vec<String>,
    /// Accepted values that a reader should look at, and known facts that vanish.
    pub notes: Notes,
}

/// Counts of an import of entitlements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntitlementsImported {
    /// True if nothing was stored.
    pub dry_run: bool,
    /// Entitlements that are new.
    pub added: u64,
    /// Entitlements that changed.
    pub changed: u64,
    /// Entitlements that are the same.
    pub unchanged: u64,
    /// Unknown columns, as the file spells them.
    pub ignored_columns: Vec<String>,
    /// Accepted values that a reader should look at.
    pub notes: Notes,
}

/// Service for the people of the company's directory.
pub struct People {
    store: Arc<Store>,
}

/// Service for the entitlements that the company owns.
pub struct Entitlements {
    store: Arc<Store>,
}

impl People {
    pub(crate) const fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    /// Imports people from CSV: all of them or none.
    ///
    /// # Errors
    /// The file cannot be used, and the error names the invalid rows; or it is complete and too
    /// many people are not in it.
    pub fn import(
        &self,
        reader: impl Read,
        options: PeopleImportOptions,
    ) -> Result<PeopleImported, Error> {
        let today = ZonedDateTime::now().date();
        let mut file = parse_people(reader, today)?;

        let roster = if options.complete {
            Roster::Complete {
                today,
                // why: a dry run shows what the guard would refuse
                accept_shrink: options.accept_shrink || options.dry_run,
            }
        } else {
            Roster::Partial
        };
        let import = self
            .store
            .import_people(&file.rows, roster, mode(options.dry_run))?;
        note_lost_facts(&mut file.notes, &file.columns, &import);
        if options.complete && options.dry_run && !options.accept_shrink && import.shrinks() {
            file.notes.add(Note::of_file(format!(
                "makes leavers of more than a fifth of the {} employed people, and is refused \
                 unless that is accepted",
                import.employed
            )));
        }

        let leavers = import.leavers.into_iter();
        Ok(PeopleImported {
            dry_run: options.dry_run,
            added: import.added,
            changed: import.changed,
            unchanged: import.unchanged,
            left: import.left,
            leavers: leavers
                .map(|leaver| (leaver.employee_number, leaver.name))
                .collect(),
            reinstated: import.reinstated,
            ignored_columns: file.ignored_columns,
            notes: file.notes,
        })
    }

    /// Returns all people, those who left included.
    pub fn list(&self) -> Result<Vec<Person>, Error> {
        Ok(self.store.people()?)
    }
}

impl Entitlements {
    pub(crate) const fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    /// Imports entitlements from CSV: all of them or none. A dry run stores nothing.
    ///
    /// # Errors
    /// The file cannot be used; the error names the invalid rows.
    pub fn import(&self, reader: impl Read, dry_run: bool) -> Result<EntitlementsImported, Error> {
        let file = parse_entitlements(reader)?;

        let import = self.store.import_entitlements(&file.rows, mode(dry_run))?;
        Ok(EntitlementsImported {
            dry_run,
            ignored_columns: file.ignored_columns,
            notes: file.notes,
            ..counted(import)
        })
    }

    /// Adds one entitlement, or changes the one with the same reference and product.
    pub fn add(&self, entitlement: Entitlement) -> Result<EntitlementsImported, Error> {
        let import = self
            .store
            .import_entitlements(&[entitlement], ImportMode::Store)?;

        Ok(counted(import))
    }

    /// Returns all entitlements.
    pub fn list(&self) -> Result<Vec<Entitlement>, Error> {
        Ok(self.store.entitlements()?)
    }
}

const fn mode(dry_run: bool) -> ImportMode {
    if dry_run {
        ImportMode::DryRun
    } else {
        ImportMode::Store
    }
}

const fn counted(import: EntitlementImport) -> EntitlementsImported {
    EntitlementsImported {
        dry_run: false,
        added: import.added,
        changed: import.changed,
        unchanged: import.unchanged,
        ignored_columns: Vec::new(),
        notes: Notes {
            shown: Vec::new(),
            total: 0,
        },
    }
}

/// Notes the facts that people lose because the file does not have their column.
fn note_lost_facts(notes: &mut Notes, columns: &HashSet<&'static str>, import: &PeopleImport) {
    let lost = import
        .lost
        .iter()
        .filter(|(column, _)| !columns.contains(**column));
    for (column, people) in lost {
        notes.add(Note::of_file(format!(
            "has no column {column}, which {people} people had a value of"
        )));
    }

    let tells_employment = ["status", "left_on", "account_enabled"]
        .iter()
        .any(|column| columns.contains(column));
    if import.reinstated > 0 && !tells_employment {
        notes.add(Note::of_file(format!(
            "has no column status or left_on, so {} people who had left are employed again",
            import.reinstated
        )));
    }
}
