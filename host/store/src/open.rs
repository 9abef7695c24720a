//! Opening the store, and its transactions.

use crate::header::{self, APPLICATION_ID, Header};
use crate::import_mode::ImportMode;
use crate::{StoreError, schema};
use parking_lot::Mutex;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use std::fmt;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The time that a writer waits for another process. A commit takes milliseconds; a process that
/// holds the lock for seconds hangs.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// The settings of each connection. The cache holds the upper levels of a few million accounts, so
/// that a page of random keys does not read its way down for each, and a store of any size takes
/// the same memory. A write-ahead log of up to 32 MiB lets many pages change a leaf before it is
/// written back once.
const TUNING: &str = "
    PRAGMA foreign_keys = ON;
    PRAGMA synchronous = NORMAL;
    PRAGMA cache_size = -32768;
    PRAGMA wal_autocheckpoint = 8192;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA temp_store = MEMORY;";

/// The prepared statements that a connection keeps. A page uses about twenty.
const CACHED_STATEMENTS: usize = 64;

/// The treatment of a missing store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Create {
    /// Creates a store. The directory must exist.
    IfMissing,
    /// Fails with [`StoreError::Missing`].
    Never,
}

/// The store: one SQLite file, shared by all tasks of this process.
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
    /// [`StoreError::Missing`], [`StoreError::Foreign`] and [`StoreError::Newer`] leave the file as
    /// it was. [`StoreError::CannotOpen`] if the operating system refuses it.
    pub fn open(path: impl AsRef<Path>, create: Create) -> Result<Self, StoreError> {
        let path = path.as_ref();
        inspect(path, create)?;

        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection =
            Connection::open_with_flags(path, flags).map_err(|error| open_error(path, error))?;
        connection.busy_timeout(LOCK_WAIT)?;
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);

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

    /// Runs work that changes the store, as a whole or not at all. Takes the write lock at once: a
    /// transaction that asked for it half-way could be refused it without waiting.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.write_or(work)
    }

    /// Runs work as [`Store::write`] does, if the work has an error type of its own.
    pub(crate) fn write_or<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.connection.lock();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;

        let done = work(&transaction)?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(done)
    }

    /// Runs an import as [`Store::write`] does, and takes its changes back if nothing is to be
    /// stored.
    pub(crate) fn write_in<T>(
        &self,
        mode: ImportMode,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.connection.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;

        let done = work(&transaction)?;
        match mode {
            ImportMode::Store => transaction.commit()?,
            ImportMode::DryRun => transaction.rollback()?,
        }
        Ok(done)
    }

    /// Runs work that only reads, all of it from one state of the store.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.connection.lock();
        let transaction = connection.transaction()?;

        work(&transaction)
    }
}

/// Refuses a file of another program, and creates an empty file if that is wanted. The file holds
/// people and accounts, so only its owner may read it; SQLite gives its other files the same
/// permissions.
fn inspect(path: &Path, create: Create) -> Result<(), StoreError> {
    let cannot_open = |error: io::Error| StoreError::CannotOpen {
        path: path.to_owned(),
        why: error.to_string(),
    };
    let foreign = |why| {
        Err(StoreError::Foreign {
            path: path.to_owned(),
            why,
        })
    };

    match header::read(path).map_err(cannot_open)? {
        Header::Missing if create == Create::Never => Err(StoreError::Missing(path.to_owned())),
        Header::Missing => create_private(path).map_err(cannot_open),
        Header::Empty if create == Create::Never => foreign("it is empty"),
        Header::Empty => Ok(()),
        // why: a process that died while it created the store leaves any bytes, and a journal from
        // which SQLite makes the file empty again
        Header::Other if has_journal(path) => Ok(()),
        Header::Other => foreign("it is not an SQLite database"),
        Header::Database { application } if application != APPLICATION_ID => {
            foreign("it is the database of another program")
        }
        Header::Database { .. } => Ok(()),
    }
}

fn create_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);

    match options.open(path) {
        // why: another process created it in the meantime, with the same permissions
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result.map(drop),
    }
}

fn has_journal(path: &Path) -> bool {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");

    PathBuf::from(journal)
        .metadata()
        .is_ok_and(|file| file.len() > 0)
}

fn open_error(path: &Path, error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => StoreError::CannotOpen {
            path: path.to_owned(),
            why: error.to_string(),
        },
        _ => error.into(),
    }
}

/// Switches to the write-ahead log. Call it after the migrations: they were written to the file
/// itself, so that its header, which [`header`] reads, has our mark from the first moment.
fn write_ahead(connection: &Connection) -> Result<(), StoreError> {
    let deadline = Instant::now() + LOCK_WAIT;

    // why: the switch ignores the busy timeout, so it is retried here
    loop {
        let switched = connection
            .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0));
        match switched.map_err(StoreError::from) {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(_) | Err(StoreError::Busy) if Instant::now() < deadline => {
                sleep(Duration::from_millis(10));
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
    use crate::test_dir::TestDir;
    use purser_model::{Blame, Blamed, RetryPolicy, Timestamp};

    fn alias(name: &str, application: &str) -> Alias {
        Alias {
            name: name.parse().unwrap(),
            application: application.to_owned(),
            connector: None,
            retry: RetryPolicy::default(),
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn create(dir: &TestDir) -> Store {
        Store::open(dir.join("db"), Create::IfMissing).unwrap()
    }

    fn pragma(store: &Store, name: &str) -> i64 {
        let connection = store.connection.lock();
        connection
            .pragma_query_value(None, name, |row| row.get(0))
            .unwrap()
    }

    fn set_pragma(store: &Store, name: &str, value: i64) {
        let connection = store.connection.lock();
        connection.pragma_update(None, name, value).unwrap();
    }

    #[test]
    fn open_sets_the_pragmas_that_the_guarantees_rest_on() {
        let dir = TestDir::new();
        let store = create(&dir);

        assert_eq!(pragma(&store, "foreign_keys"), 1);
        assert_eq!(pragma(&store, "synchronous"), 1, "NORMAL");
        assert_eq!(pragma(&store, "application_id"), i64::from(APPLICATION_ID));
        let mode: String = store
            .connection
            .lock()
            .pragma_query_value(None, "journal_mode", |row| row.get(0))
            .unwrap();
        assert_eq!(mode, "wal");
    }

    #[test]
    fn write_on_a_full_disk_stores_nothing_and_succeeds_once_there_is_space() {
        let dir = TestDir::new();
        let store = create(&dir);
        let pages = pragma(&store, "page_count");
        set_pragma(&store, "max_page_count", pages);

        let mut added = 0;
        let error = loop {
            match store.add_alias(&alias(&format!("alias-{added}"), &"long ".repeat(200))) {
                Ok(()) => added += 1,
                Err(error) => break error,
            }
        };

        assert!(matches!(error, StoreError::DiskFull), "{error}");
        assert_eq!(error.blame(), Blame::Host);
        assert_eq!(store.aliases().unwrap().len(), added);

        set_pragma(&store, "max_page_count", pages + 100);
        store.add_alias(&alias("room", "Hub")).unwrap();
    }

    #[test]
    fn write_while_another_process_writes_for_long_is_busy_and_reads_do_not_wait() {
        let dir = TestDir::new();
        let first = create(&dir);
        let second = Store::open(dir.join("db"), Create::Never).unwrap();
        let short = Duration::from_millis(20);
        second.connection.lock().busy_timeout(short).unwrap();

        first
            .write(|_| {
                let error = second.add_alias(&alias("hub", "Hub")).unwrap_err();
                assert!(matches!(error, StoreError::Busy), "{error}");
                assert!(second.aliases().unwrap().is_empty());
                Ok(())
            })
            .unwrap();

        second.add_alias(&alias("hub", "Hub")).unwrap();
    }

    #[test]
    fn write_to_a_read_only_database_is_the_operators_to_fix() {
        let dir = TestDir::new();
        let store = create(&dir);
        set_pragma(&store, "query_only", 1);

        let error = store.add_alias(&alias("hub", "Hub")).unwrap_err();

        assert!(matches!(error, StoreError::ReadOnly), "{error}");
        assert_eq!(error.blame(), Blame::Operator);
    }

    #[test]
    fn open_after_a_creation_that_died_before_the_first_byte_creates_again() {
        let dir = TestDir::new();
        std::fs::write(dir.join("db"), b"").unwrap();

        let error = Store::open(dir.join("db"), Create::Never).unwrap_err();
        assert!(matches!(error, StoreError::Foreign { .. }), "{error}");

        drop(create(&dir));
        drop(Store::open(dir.join("db"), Create::Never).unwrap());
    }

    #[test]
    fn open_after_a_creation_that_died_in_its_commit_creates_again() {
        let dir = TestDir::new();
        let dying = Connection::open(dir.join("db")).unwrap();
        dying
            .execute_batch("PRAGMA cache_size = 1; BEGIN; CREATE TABLE half (x);")
            .unwrap();
        dying
            .execute_batch(&"INSERT INTO half VALUES (randomblob(3000));".repeat(100))
            .unwrap();

        // A power cut may leave the journal, and a file that has its length and not yet its bytes.
        let length = usize::try_from(dir.join("db").metadata().unwrap().len()).unwrap();
        std::fs::write(dir.join("left"), vec![0; length]).unwrap();
        let error = Store::open(dir.join("left"), Create::IfMissing).unwrap_err();
        assert!(matches!(error, StoreError::Foreign { .. }), "{error}");

        std::fs::copy(dir.join("db-journal"), dir.join("left-journal")).unwrap();
        let store = Store::open(dir.join("left"), Create::IfMissing).unwrap();
        assert!(store.aliases().unwrap().is_empty());
    }
}
