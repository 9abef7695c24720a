//! Files whose contents changed on disk, and rows that a deletion must not leave.

use crate::conformance::fixture::{COMPONENT, TestStore, accounts, add_connector, at, name};
use purser_model::{RunId, RunState};
use purser_store::StoreError;
use rusqlite::Connection;

fn execute(test: &TestStore, sql: &str) {
    let other = Connection::open(test.database.path()).unwrap();
    other.execute(sql, ()).unwrap();
}

#[test]
fn connector_bytes_that_changed_on_disk_are_not_returned() {
    let test = TestStore::empty();
    let digest = add_connector(&test.store, COMPONENT, "1.0.0");
    execute(&test, "UPDATE connector SET bytes = x'00'");

    let error = test.store.connector_bytes(&digest).unwrap_err();

    assert!(matches!(error, StoreError::Damaged(_)), "{error}");
}

#[test]
fn unknown_word_in_a_column_is_damage() {
    let test = TestStore::ready();
    execute(&test, "UPDATE connection SET state = 'splendid'");

    let error = test.store.connections().unwrap_err();

    assert!(matches!(error, StoreError::Damaged(_)), "{error}");
    assert!(test.store.connection(&name("acme")).is_err());
}

#[test]
fn deleted_connection_leaves_no_row() {
    let test = TestStore::ready();
    test.read_users(accounts(&["a", "b"]));
    test.store
        .finish_run(RunId(1), RunState::Complete, None, at(9))
        .unwrap();

    test.store.delete_connection(&name("acme")).unwrap();

    let other = Connection::open(test.database.path()).unwrap();
    for table in [
        "source",
        "stream",
        "partition",
        "account_seen",
        "account",
        "connection",
    ] {
        let sql = format!("SELECT count(*) FROM {table}");
        let left = other.query_row(&sql, (), |row| row.get::<_, i64>(0));
        assert_eq!(left, Ok(0), "{table}");
    }
}
