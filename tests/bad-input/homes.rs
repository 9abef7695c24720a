//! Home directories that are missing or belong to another program, and vault keys that do not fit.

use purser_tests::{Purser, TestEnv};
use std::fs;

#[test]
fn missing_home_is_reported_and_not_created() {
    let purser = Purser::new();
    purser
        .run("connector list")
        .assert_refused(3, "input or configuration", "no Purser home");
    assert!(
        !purser.home().exists(),
        "a command that only reads creates no home"
    );
}

#[test]
fn directory_of_another_program_is_refused_and_unchanged() {
    let purser = Purser::new();
    fs::create_dir(purser.home()).unwrap();
    fs::write(purser.home().join("thesis.tex"), "precious").unwrap();

    for words in ["connector list", "people import -"] {
        purser
            .run(words)
            .assert_refused(3, "input or configuration", "not a Purser home");
    }
    assert_eq!(fs::read_dir(purser.home()).unwrap().count(), 1);
}

#[test]
fn database_of_another_program_is_refused_and_unchanged() {
    let purser = Purser::new();
    fs::create_dir(purser.home()).unwrap();
    let path = purser.home().join("purser.db");
    let other = rusqlite::Connection::open(&path).unwrap();

    other
        .execute_batch("CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES ('soup')")
        .unwrap();
    drop(other);
    let before = fs::read(&path).unwrap();

    let output = purser.run("connector list");
    output.assert_refused(3, "input or configuration", "purser.db");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn file_that_is_not_a_database_is_refused_and_unchanged() {
    let purser = Purser::new();
    fs::create_dir(purser.home()).unwrap();
    let path = purser.home().join("purser.db");
    fs::write(
        &path,
        "not a database, but long enough to be looked at as if it were one ".repeat(40),
    )
    .unwrap();

    purser
        .run("connector list")
        .assert_refused(3, "input or configuration", "purser.db");
    assert!(
        fs::read_to_string(&path)
            .unwrap()
            .starts_with("not a database")
    );
}

#[test]
fn missing_or_foreign_vault_key_is_refused_and_loses_nothing() {
    let env = TestEnv::synced(60);
    let key = env.purser.home().join("vault.key");
    let good = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();

    env.purser
        .run("run boards")
        .assert_refused(3, "input or configuration", "vault");
    assert!(!key.exists(), "no new key is created for existing secrets");
    assert_eq!(
        env.accounts().as_array().unwrap().len(),
        60,
        "commands without secrets still work"
    );

    let other = TestEnv::synced(10);
    fs::copy(other.purser.home().join("vault.key"), &key).unwrap();
    env.purser
        .run("run boards")
        .assert_refused(3, "input or configuration", "");

    fs::write(&key, good).unwrap();
    env.purser.ok("run boards");
}
