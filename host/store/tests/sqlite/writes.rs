//! The amount that SQLite writes.

use crate::conformance::fixture::{TestStore, account};
use purser_model::Account;
use rusqlite::Connection;

/// Reads accounts, and returns the bytes that the write-ahead log has afterwards.
fn bytes_written(test: &TestStore, rows: &[Account]) -> u64 {
    let other = Connection::open(test.database.path()).unwrap();
    other
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))
        .unwrap();

    test.read_users(rows.to_vec());

    let log = test.database.dir().join("purser.db-wal");
    std::fs::metadata(log).unwrap().len()
}

#[test]
fn read_that_finds_nothing_new_writes_little() {
    let test = TestStore::ready();
    let rows: Vec<_> = (0..2000)
        .map(|number| account(&format!("user-{number:05}")))
        .collect();

    let first = bytes_written(&test, &rows);
    let again = bytes_written(&test, &rows);

    assert!(again * 5 < first, "{first} bytes first, {again} again");
}
