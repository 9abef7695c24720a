//! What the company knows of itself: its people, and the rights it owns.

use crate::{Error, Purser, import};
use jiff::ZonedDateTime;
use purser_model::{Entitlement, Person};
use purser_store::{EntitlementImport, PeopleImport, Roster};
use serde::Serialize;
use std::io::Read;

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

impl Purser {
    /// Imports people from CSV: all of them or none. Where `complete` is set the file is the whole directory, and whoever is not in it has left.
    ///
    /// # Errors
    /// When any row of the file is wrong; every wrong row is named.
    pub fn import_people(
        &self,
        reader: impl Read,
        complete: bool,
    ) -> Result<PeopleImported, Error> {
        let file = import::parse_people(reader)?;
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
    pub fn people(&self) -> Result<Vec<Person>, Error> {
        Ok(self.store.people()?)
    }

    /// Imports entitlements from CSV: all of them or none.
    ///
    /// # Errors
    /// When any row of the file is wrong; every wrong row is named.
    pub fn import_entitlements(&self, reader: impl Read) -> Result<EntitlementsImported, Error> {
        let file = import::parse_entitlements(reader)?;
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
    pub fn add_entitlement(&self, entitlement: Entitlement) -> Result<EntitlementsImported, Error> {
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
    pub fn entitlements(&self) -> Result<Vec<Entitlement>, Error> {
        Ok(self.store.entitlements()?)
    }
}
