//! What the company knows of itself: its people, and the rights it owns.

use super::{parse_entitlements, parse_people};
use crate::Error;
use jiff::ZonedDateTime;
use purser_model::{Entitlement, Person};
use purser_store::{EntitlementImport, PeopleImport, Roster, Store};
use serde::Serialize;
use std::io::Read;
use std::sync::Arc;

/// What an import of people came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeopleImported {
    /// New in the directory.
    pub added: u64,
    /// Known, with something changed.
    pub changed: u64,
    /// Known as they are.
    pub unchanged: u64,
    /// Not in the file, and so taken to have left; only when the file was said to be complete.
    pub left: u64,
    /// Columns of the file that mean nothing to Purser.
    pub ignored_columns: Vec<String>,
}

/// What an import of entitlements came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntitlementsImported {
    /// New.
    pub added: u64,
    /// Known, with something changed.
    pub changed: u64,
    /// Known as they are.
    pub unchanged: u64,
    /// Columns of the file that mean nothing to Purser.
    pub ignored_columns: Vec<String>,
}

/// People of the company's directory.
pub struct People {
    store: Arc<Store>,
}

/// Entitlements that the company owns.
pub struct Entitlements {
    store: Arc<Store>,
}

impl People {
    pub(crate) const fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    /// Imports people from CSV: all of them or none. Where `complete` is set the file is the whole directory, and whoever is not in it has left.
    ///
    /// # Errors
    /// When any row of the file is wrong; every wrong row is named.
    pub fn import(&self, reader: impl Read, complete: bool) -> Result<PeopleImported, Error> {
        let file = parse_people(reader)?;
        let roster = if complete {
            Roster::Complete(ZonedDateTime::now().date())
        } else {
            Roster::Part
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

    /// The people known.
    ///
    /// # Errors
    /// When the database cannot be read.
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
    /// When any row of the file is wrong; every wrong row is named.
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

    /// Adds one entitlement, or changes it where its reference is known for the product.
    ///
    /// # Errors
    /// When the database cannot be written.
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

    /// The entitlements known.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn list(&self) -> Result<Vec<Entitlement>, Error> {
        Ok(self.store.entitlements()?)
    }
}
