//! Services for people and entitlements.

use super::entitlements::parse_entitlements;
use super::people::parse_people;
use crate::Error;
use jiff::ZonedDateTime;
use purser_model::{Entitlement, Person};
use purser_store::{EntitlementImport, PeopleImport, Roster, Store};
use serde::Serialize;
use std::io::Read;
use std::sync::Arc;

/// Counts of an import of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeopleImported {
    /// People who are new.
    pub added: u64,
    /// People whose record changed.
    pub changed: u64,
    /// People whose record is the same.
    pub unchanged: u64,
    /// People who are not in a complete file, and are recorded as having left.
    pub left: u64,
    /// Unknown columns, as the file spells them.
    pub ignored_columns: Vec<String>,
}

/// Counts of an import of entitlements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntitlementsImported {
    /// Entitlements that are new.
    pub added: u64,
    /// Entitlements that changed.
    pub changed: u64,
    /// Entitlements that are the same.
    pub unchanged: u64,
    /// Unknown columns, as the file spells them.
    pub ignored_columns: Vec<String>,
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
    /// If `complete` is set, the file is the whole directory: people who are not in it have left.
    ///
    /// # Errors
    /// The file cannot be used; the error names the invalid rows.
    pub fn import(&self, reader: impl Read, complete: bool) -> Result<PeopleImported, Error> {
        let file = parse_people(reader)?;

        let roster = if complete {
            Roster::Complete(ZonedDateTime::now().date())
        } else {
            Roster::Partial
        };
        let PeopleImport {
            added,
            changed,
            unchanged,
            left,
        } = self.store.import_people(&file.rows, roster)?;

        Ok(PeopleImported {
            added,
            changed,
            unchanged,
            left,
            ignored_columns: file.ignored_columns,
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

    /// Imports entitlements from CSV: all of them or none.
    ///
    /// # Errors
    /// The file cannot be used; the error names the invalid rows.
    pub fn import(&self, reader: impl Read) -> Result<EntitlementsImported, Error> {
        let file = parse_entitlements(reader)?;

        let EntitlementImport {
            added,
            changed,
            unchanged,
        } = self.store.import_entitlements(&file.rows)?;

        Ok(EntitlementsImported {
            added,
            changed,
            unchanged,
            ignored_columns: file.ignored_columns,
        })
    }

    /// Adds one entitlement, or changes the one with the same reference and product.
    pub fn add(&self, entitlement: Entitlement) -> Result<EntitlementsImported, Error> {
        let EntitlementImport {
            added,
            changed,
            unchanged,
        } = self.store.import_entitlements(&[entitlement])?;

        Ok(EntitlementsImported {
            added,
            changed,
            unchanged,
            ignored_columns: Vec::new(),
        })
    }

    /// Returns all entitlements.
    pub fn list(&self) -> Result<Vec<Entitlement>, Error> {
        Ok(self.store.entitlements()?)
    }
}
