//! What is opened, what is made, and what is refused and left as it was.

use crate::fixture::{Fixture, alias};
use crate::test_dir::TestDir;
use purser_model::{Blame, Blamed};
use purser_store::{Create, Store, StoreError};
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

/// Every file in a directory with its bytes.
fn contents(place: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(place)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

fn refused(place: &Path, create: Create) -> StoreError {
    let before = contents(place);
    let error = Store::open(place.join("purser.db"), create).unwrap_err();
    assert_eq!(contents(place), before, "a refused file was touched");
    assert!(error.next_step().is_some());
    error
}

#[test]
fn a_store_keeps_what_it_was_given() {
    let fixture = Fixture::ready();
    let profiles = fixture.store.profiles().unwrap();
    let Fixture { store, place } = fixture;
    drop(store);
    assert_eq!(
        Store::open(place.join("purser.db"), Create::Never)
            .unwrap()
            .profiles()
            .unwrap(),
        profiles
    );
    assert_eq!(
        Store::open(place.join("purser.db"), Create::IfMissing)
            .unwrap()
            .profiles()
            .unwrap(),
        profiles
    );
}

#[test]
fn nothing_is_made_unless_asked_for() {
    let place = TestDir::new();
    let error = refused(&place, Create::Never);
    assert!(matches!(error, StoreError::Missing(_)), "{error}");
    assert_eq!(error.blame(), Blame::Operator);
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let place = TestDir::new();
    for bytes in [
        &b"hello"[..],
        &[0; 4096],
        b"SQLite format 3\0 and then nothing",
    ] {
        fs::write(place.join("purser.db"), bytes).unwrap();
        let error = refused(&place, Create::IfMissing);
        assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    }
}

#[test]
fn the_database_of_another_program_is_refused() {
    let place = TestDir::new();
    let other = Connection::open(place.join("purser.db")).unwrap();
    other
        .execute_batch(
            "CREATE TABLE theirs (x); PRAGMA journal_mode = wal; INSERT INTO theirs VALUES (1);",
        )
        .unwrap();
    // Still open, so its log is not folded in: opening and closing it by SQLite would do that.
    let error = refused(&place, Create::IfMissing);
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    drop(other);
    assert!(matches!(
        refused(&place, Create::Never),
        StoreError::Foreign { .. }
    ));
}

#[test]
fn a_store_of_a_newer_purser_is_refused() {
    let Fixture { place, store } = Fixture::empty();
    drop(store);
    let path = place.join("purser.db");
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 1000)
        .unwrap();
    let error = refused(&place, Create::IfMissing);
    assert!(
        matches!(error, StoreError::Newer { found: 1000, .. }),
        "{error}"
    );
    assert_eq!(error.blame(), Blame::Operator);
}

#[test]
fn a_newer_schema_that_is_only_in_the_log_is_seen() {
    let Fixture { place, store } = Fixture::empty();
    let path = place.join("purser.db");
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 1000).unwrap();
    let error = Store::open(&path, Create::Never).unwrap_err();
    assert!(
        matches!(error, StoreError::Newer { found: 1000, .. }),
        "{error}"
    );
    drop(store);
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let place = TestDir::new();
    let mut path = place.join("sealed").join("purser.db");
    make_read_only(path.parent().unwrap());
    if fs::write(&path, b"").is_ok() {
        // Whoever runs this may write anywhere, but nobody makes files there.
        fs::remove_file(&path).unwrap();
        path = PathBuf::from("/proc/purser.db");
    }
    let error = Store::open(&path, Create::IfMissing).unwrap_err();
    assert!(matches!(error, StoreError::CannotOpen { .. }), "{error}");
    assert!(
        error.to_string().contains("purser.db") && error.next_step().unwrap().contains("writable"),
        "{error}"
    );
    assert_eq!(error.blame(), Blame::Operator);
}

fn make_read_only(directory: &Path) {
    fs::create_dir(directory).unwrap();
    let mut permissions = fs::metadata(directory).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(directory, permissions).unwrap();
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_a_new_store() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::ready();
    for (path, _) in contents(&fixture.place) {
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.display());
    }
}

#[test]
fn many_may_make_and_fill_the_same_store_at_once() {
    let place = TestDir::new();
    let path = place.join("purser.db");
    thread::scope(|scope| {
        for writer in 0..8 {
            let path = &path;
            scope.spawn(move || {
                let store = Store::open(path, Create::IfMissing).unwrap();
                for number in 0..10 {
                    store
                        .add_alias(&alias(&format!("a{writer}-{number}")))
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(
        Store::open(&path, Create::Never)
            .unwrap()
            .aliases()
            .unwrap()
            .len(),
        80
    );
}
