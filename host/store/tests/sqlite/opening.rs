//! Files that are opened, created, or refused and left as they were.

use crate::conformance::fixture::{TestStore, alias};
use crate::test_dir::TestDir;
use purser_model::{Blame, Blamed, NextStep};
use purser_store::{Create, Store, StoreError};
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

/// Returns every file in a directory with its bytes.
fn contents(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(dir).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

/// Opens a store that must be refused, and checks that no file was touched.
fn refused(dir: &Path, create: Create) -> StoreError {
    let before = contents(dir);

    let error = Store::open(dir.join("purser.db"), create).unwrap_err();

    assert_eq!(contents(dir), before, "a refused file was touched");
    assert!(error.next_step().is_some());
    error
}

#[test]
fn store_opened_again_has_its_contents() {
    let test = TestStore::ready();
    let profiles = test.store.profiles().unwrap();
    let TestStore { store, database } = test;
    drop(store);

    for create in [Create::Never, Create::IfMissing] {
        let store = Store::open(database.path(), create).unwrap();
        assert_eq!(store.profiles().unwrap(), profiles);
    }
}

#[test]
fn missing_store_is_created_only_on_request() {
    let dir = TestDir::new();

    let error = refused(&dir, Create::Never);

    assert!(matches!(error, StoreError::Missing(_)), "{error}");
    assert_eq!(error.blame(), Blame::Operator);
}

#[test]
fn file_that_is_not_a_database_is_refused() {
    let dir = TestDir::new();
    let truncated = b"SQLite format 3\0 and then nothing";

    for bytes in [&b"hello"[..], &[0; 4096], truncated] {
        fs::write(dir.join("purser.db"), bytes).unwrap();
        let error = refused(&dir, Create::IfMissing);
        assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    }
}

#[test]
fn database_of_another_program_is_refused() {
    let dir = TestDir::new();
    let other = Connection::open(dir.join("purser.db")).unwrap();
    other
        .execute_batch(
            "CREATE TABLE theirs (x); PRAGMA journal_mode = wal; INSERT INTO theirs VALUES (1);",
        )
        .unwrap();

    // It is still open, so its log is not folded in: SQLite would do that when it opens and closes.
    let error = refused(&dir, Create::IfMissing);
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");

    drop(other);
    let error = refused(&dir, Create::Never);
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
}

#[test]
fn store_of_a_newer_purser_is_refused_with_both_versions() {
    let TestStore { store, database } = TestStore::empty();
    drop(store);
    Connection::open(database.path())
        .unwrap()
        .pragma_update(None, "user_version", 1000)
        .unwrap();

    let error = refused(database.dir(), Create::IfMissing);

    let StoreError::Newer { found, known, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!((*found, *known), (1000, 10));
    let text = error.to_string();
    assert!(text.contains("has schema 1000"), "{text}");
    assert!(text.contains("knows schemas up to 10"), "{text}");
    assert_eq!(error.blame(), Blame::Operator);
}

#[test]
fn newer_schema_that_is_only_in_the_log_is_refused() {
    let TestStore { store, database } = TestStore::empty();
    let newer = Connection::open(database.path()).unwrap();
    newer.pragma_update(None, "user_version", 1000).unwrap();

    let error = Store::open(database.path(), Create::Never).unwrap_err();

    assert!(matches!(error, StoreError::Newer { found: 1000, .. }));
    drop(store);
}

#[test]
fn directory_that_cannot_be_written_is_named() {
    let dir = TestDir::new();
    let sealed = dir.join("sealed");
    make_read_only(&sealed);
    let mut path = sealed.join("purser.db");
    if fs::write(&path, b"").is_ok() {
        // A privileged user may write anywhere, but no user creates files there.
        fs::remove_file(&path).unwrap();
        path = PathBuf::from("/proc/purser.db");
    }

    let error = Store::open(&path, Create::IfMissing).unwrap_err();

    assert!(matches!(error, StoreError::CannotOpen { .. }), "{error}");
    assert!(error.to_string().contains("purser.db"), "{error}");
    let advice = error.next_step().unwrap();
    assert!(advice.text().unwrap().contains("writable"));
    assert_eq!(error.blame(), Blame::Operator);
}

fn make_read_only(directory: &Path) {
    fs::create_dir(directory).unwrap();
    let mut permissions = fs::metadata(directory).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(directory, permissions).unwrap();
}

#[test]
fn refused_store_offers_another_home() {
    let dir = TestDir::new();

    let step = refused(&dir, Create::Never).next_step().unwrap();

    let NextStep::Steps { steps } = step else {
        panic!("{step:?}")
    };
    assert_eq!(steps[0], NextStep::ChooseHome);
}

#[cfg(unix)]
#[test]
fn new_store_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let test = TestStore::ready();

    for (path, _) in contents(test.database.dir()) {
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.display());
    }
}

#[test]
fn store_created_and_filled_by_many_at_once_keeps_everything() {
    let dir = TestDir::new();
    let path = dir.join("purser.db");

    thread::scope(|scope| {
        for writer in 0..8 {
            let path = &path;
            scope.spawn(move || {
                let store = Store::open(path, Create::IfMissing).unwrap();
                for number in 0..10 {
                    let name = format!("a{writer}-{number}");
                    store.add_alias(&alias(&name)).unwrap();
                }
            });
        }
    });

    let store = Store::open(&path, Create::Never).unwrap();
    assert_eq!(store.aliases().unwrap().len(), 80);
}
