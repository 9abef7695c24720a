//! SQLite as a backend of the conformance suite.

use crate::test_dir::TestDir;
use purser_store::{Create, Store};
use std::path::{Path, PathBuf};

/// The store under test.
pub(crate) type Backend = Store;

/// A database of one test, deleted when the test has passed.
pub(crate) struct Database(TestDir);

impl Database {
    /// Creates an empty database.
    pub(crate) fn create() -> Self {
        let database = Self(TestDir::new());
        drop(Store::open(database.path(), Create::IfMissing).unwrap());
        database
    }

    /// Opens another handle to the database, as another process would have it.
    pub(crate) fn open(&self) -> Backend {
        Store::open(self.path(), Create::Never).unwrap()
    }

    /// The file of the database.
    pub(crate) fn path(&self) -> PathBuf {
        self.0.join("purser.db")
    }

    /// The directory of the database, with the files that SQLite adds.
    pub(crate) fn dir(&self) -> &Path {
        &self.0
    }
}
