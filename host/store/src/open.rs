//! Opening the store, and its transactions.

use crate::header::{self, APPLICATION_ID, Header};
use crate::{StoreError, schema};
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use std::fmt;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a writer waits for another process.
const PATIENCE: Duration = Duration::from_secs(5);

/// Per connection. The cache holds the upper levels of a few million accounts, so that a page of random keys does not read its way down
/// for each, and a store of any size takes the same memory; a write-ahead log of up to 32 MiB lets many pages change a leaf before it is written back once.
const TUNING: &str = "
    PRAGMA foreign_keys = ON;
    PRAGMA synchronous = NORMAL;
    PRAGMA cache_size = -32768;
    PRAGMA wal_autocheckpoint = 8192;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA temp_store = MEMORY;";

/// What to do where there is no store yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Create {
    /// Make one. The directory must exist.
    IfMissing,
    /// Say so.
    Never,
}

/// The store: one SQLite file, shared by all that this process does.
pub struct Store {
    connection: Mutex<Connection>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store at a path and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Foreign`] and [`StoreError::Newer`] leave the file as it was; else the operating system
    /// does not let it be opened, or another process keeps it locked.
    pub fn open(path: impl AsRef<Path>, create: Create) -> Result<Self, StoreError> {
        let path = path.as_ref();
        inspect(path, create)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection =
            Connection::open_with_flags(path, flags).map_err(|error| opening(path, error))?;
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(64);
        let found = schema::current(&connection)?;
        let known = schema::newest(schema::MIGRATIONS);
        if found > known {
            return Err(StoreError::Newer {
                path: path.to_owned(),
                found,
                known,
            });
        }
        connection.execute_batch(TUNING)?;
        schema::migrate(&mut connection, schema::MIGRATIONS)?;
        write_ahead(&connection)?;
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    /// Does work that changes something, all of it or nothing. Takes the write lock at once: a transaction that only asked for it half-way
    /// could be refused it without waiting.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.write_or(work)
    }

    /// As [`Store::write`], for work that can fail in ways of its own.
    pub(crate) fn write_or<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let done = work(&transaction)?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(done)
    }

    /// Does work that only reads, all of it from one state of the store.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction()?;
        work(&transaction)
    }
}

/// Refuses what is no store of ours, and makes an empty file where there shall be one: people and accounts are in it, so nobody else may
/// read it, and SQLite gives its other files the same permissions.
fn inspect(path: &Path, create: Create) -> Result<(), StoreError> {
    let cannot = |error: io::Error| StoreError::CannotOpen {
        path: path.to_owned(),
        why: error.to_string(),
    };
    let foreign = |why| {
        Err(StoreError::Foreign {
            path: path.to_owned(),
            why,
        })
    };
    match header::read(path).map_err(cannot)? {
        Header::Missing if create == Create::Never => Err(StoreError::Missing(path.to_owned())),
        Header::Missing => make_private(path).map_err(cannot),
        Header::Empty if create == Create::Never => foreign("it is empty"),
        Header::Empty => Ok(()),
        // A process that died while it made the store leaves any bytes, and a journal from which SQLite makes the file empty again.
        Header::Other if has_journal(path) => Ok(()),
        Header::Other => foreign("it is no SQLite database"),
        Header::Database { application } if application != APPLICATION_ID => {
            foreign("it is the database of another program")
        }
        Header::Database { .. } => Ok(()),
    }
}

fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        // Another process made it in the meantime, with the same permissions.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn has_journal(path: &Path) -> bool {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    PathBuf::from(journal)
        .metadata()
        .is_ok_and(|file| file.len() > 0)
}

fn opening(path: &Path, error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => StoreError::CannotOpen {
            path: path.to_owned(),
            why: error.to_string(),
        },
        _ => error.into(),
    }
}

/// Switches to the write-ahead log. Only after the schema is there: it was written the old way, so the header of the file itself, which
/// [`header`] reads, has our mark from the first moment. The switch does not wait for other processes on its own.
fn write_ahead(connection: &Connection) -> Result<(), StoreError> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let switched = connection
            .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0));
        match switched.map_err(StoreError::from) {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(_) | Err(StoreError::Busy) if Instant::now() < deadline => {
                sleep(Duration::from_millis(10))
            }
            Ok(_) => return Err(StoreError::Busy),
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Alias;
    use crate::place::Place;
    use purser_model::{Blame, Blamed, RetryPolicy, Timestamp};

    fn alias(name: &str, application: &str) -> Alias {
        let (retry, created_at) = (RetryPolicy::default(), Timestamp::UNIX_EPOCH);
        Alias {
            name: name.parse().unwrap(),
            application: application.to_owned(),
            retry,
            created_at,
        }
    }

    fn pragma(store: &Store, name: &str) -> i64 {
        store
            .connection
            .lock()
            .unwrap()
            .pragma_query_value(None, name, |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn the_guarantees_that_rest_on_settings_are_set() {
        let place = Place::new();
        let store = Store::open(place.join("db"), Create::IfMissing).unwrap();
        assert_eq!(pragma(&store, "foreign_keys"), 1);
        assert_eq!(pragma(&store, "synchronous"), 1, "NORMAL");
        assert_eq!(pragma(&store, "application_id"), i64::from(APPLICATION_ID));
        let mode =
            store
                .connection
                .lock()
                .unwrap()
                .pragma_query_value(None, "journal_mode", |row| row.get(0));
        assert_eq!(mode, Ok("wal".to_owned()));
    }

    #[test]
    fn a_full_disk_stores_nothing_and_goes_away() {
        let place = Place::new();
        let store = Store::open(place.join("db"), Create::IfMissing).unwrap();
        let pages = pragma(&store, "page_count");
        store
            .connection
            .lock()
            .unwrap()
            .pragma_update(None, "max_page_count", pages)
            .unwrap();
        let mut added = 0;
        let error = loop {
            match store.add_alias(&alias(&format!("alias-{added}"), &"long ".repeat(200))) {
                Ok(()) => added += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(error, StoreError::DiskFull), "{error}");
        assert_eq!(
            (error.blame(), store.aliases().unwrap().len()),
            (Blame::Host, added)
        );
        store
            .connection
            .lock()
            .unwrap()
            .pragma_update(None, "max_page_count", pages + 100)
            .unwrap();
        store.add_alias(&alias("room", "Hub")).unwrap();
    }

    #[test]
    fn a_writer_that_never_ends_is_reported() {
        let place = Place::new();
        let (one, two) = (
            Store::open(place.join("db"), Create::IfMissing),
            Store::open(place.join("db"), Create::Never),
        );
        let (one, two) = (one.unwrap(), two.unwrap());
        two.connection
            .lock()
            .unwrap()
            .busy_timeout(Duration::from_millis(20))
            .unwrap();
        one.write(|_| {
            let error = two.add_alias(&alias("hub", "Hub")).unwrap_err();
            assert!(matches!(error, StoreError::Busy), "{error}");
            assert!(two.aliases().unwrap().is_empty(), "readers do not wait");
            Ok(())
        })
        .unwrap();
        two.add_alias(&alias("hub", "Hub")).unwrap();
    }

    #[test]
    fn a_store_that_cannot_be_written_says_so() {
        let place = Place::new();
        let store = Store::open(place.join("db"), Create::IfMissing).unwrap();
        store
            .connection
            .lock()
            .unwrap()
            .pragma_update(None, "query_only", true)
            .unwrap();
        let error = store.add_alias(&alias("hub", "Hub")).unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly), "{error}");
        assert_eq!(error.blame(), Blame::Operator);
    }

    #[test]
    fn creation_that_died_before_the_first_byte_starts_again() {
        let place = Place::new();
        std::fs::write(place.join("db"), b"").unwrap();
        assert!(matches!(
            Store::open(place.join("db"), Create::Never),
            Err(StoreError::Foreign { .. })
        ));
        drop(Store::open(place.join("db"), Create::IfMissing).unwrap());
        drop(Store::open(place.join("db"), Create::Never).unwrap());
    }

    #[test]
    fn creation_that_died_in_its_commit_starts_again() {
        let place = Place::new();
        let dying = Connection::open(place.join("db")).unwrap();
        dying
            .execute_batch("PRAGMA cache_size = 1; BEGIN; CREATE TABLE half (x);")
            .unwrap();
        dying
            .execute_batch(&"INSERT INTO half VALUES (randomblob(3000));".repeat(100))
            .unwrap();
        // What a power cut may leave: the journal, and a file that has its length and not yet its bytes.
        let length = usize::try_from(place.join("db").metadata().unwrap().len()).unwrap();
        std::fs::write(place.join("left"), vec![0; length]).unwrap();
        assert!(matches!(
            Store::open(place.join("left"), Create::IfMissing),
            Err(StoreError::Foreign { .. })
        ));
        std::fs::copy(place.join("db-journal"), place.join("left-journal")).unwrap();
        let store = Store::open(place.join("left"), Create::IfMissing).unwrap();
        assert!(store.aliases().unwrap().is_empty());
    }
}
