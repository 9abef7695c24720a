//! What the company knows of itself: its people, and the rights it owns.

use crate::{Error, Purser, import};
use jiff::Zoned;
use purser_model::{Entitlement, Person};
use serde::Serialize;
use std::io::Read;

/// What an import of people came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PeopleImported {
    /// New in the directory.
    pub added: u64,
    /// Known, with something changed.
    pub changed: u64,
    /// Known as they are.
    pub unchanged: u64,
    /// Not in the file, and so taken to have left; only when the file was said to be complete.
    pub left: u64,
}

/// What an import of entitlements came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct EntitlementsImported {
    /// New.
    pub added: u64,
    /// Known, with something changed.
    pub changed: u64,
    /// Known as they are.
    pub unchanged: u64,
}

impl Purser {
    /// Imports people from CSV: all of them or none. Where `complete` is set the file is the whole directory, and whoever is not in it has left.
    ///
    /// # Errors
    /// When any row of the file is wrong; every wrong row is named.
    pub fn import_people(&self, reader: impl Read, complete: bool) -> Result<PeopleImported, Error> {
        let people = import::parse_people(reader)?;
        let imported = self.store.import_people(&people, complete.then(|| Zoned::now().date()))?;
        let purser_store::PeopleImported { added, changed, unchanged, left } = imported;
        Ok(PeopleImported { added, changed, unchanged, left })
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
        let imported = self.store.import_entitlements(&import::parse_entitlements(reader)?)?;
        let purser_store::EntitlementsImported { added, changed, unchanged } = imported;
        Ok(EntitlementsImported { added, changed, unchanged })
    }

    /// Adds one entitlement, or changes it where its reference is known for the product.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_entitlement(&self, entitlement: Entitlement) -> Result<EntitlementsImported, Error> {
        let imported = self.store.import_entitlements(&[entitlement])?;
        let purser_store::EntitlementsImported { added, changed, unchanged } = imported;
        Ok(EntitlementsImported { added, changed, unchanged })
    }

    /// The entitlements known.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn entitlements(&self) -> Result<Vec<Entitlement>, Error> {
        Ok(self.store.entitlements()?)
    }
}
