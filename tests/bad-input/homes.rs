//! A home directory that is missing, or somebody else's, or from the future.

use purser_tests::{Purser, Stage};
use std::fs;

#[test]
fn a_missing_home_says_how_to_begin() {
    let purser = Purser::new();
    purser
        .run("connector list")
        .assert_refused(3, "input or configuration", "no Purser home");
    assert!(!purser.home().exists(), "looking makes nothing");
}

#[test]
fn a_foreign_directory_is_left_alone() {
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
fn a_database_of_another_program_is_left_alone() {
    let purser = Purser::new();
    fs::create_dir(purser.home()).unwrap();
    let path = purser.home().join("purser.db");
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .execute_batch("CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES ('soup')")
        .unwrap();
    drop(other);
    let before = fs::read(&path).unwrap();
    let answer = purser.run("connector list");
    answer.assert_refused(3, "input or configuration", "purser.db");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
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
fn a_vault_key_that_is_gone_or_another_is_refused_and_nothing_is_lost() {
    let stage = Stage::synced(60);
    let key = stage.purser.home().join("vault.key");
    let good = fs::read(&key).unwrap();

    fs::remove_file(&key).unwrap();
    stage
        .purser
        .run("run boards")
        .assert_refused(3, "input or configuration", "vault");
    assert!(!key.exists(), "no new key is made for old secrets");
    assert_eq!(
        stage.accounts().as_array().unwrap().len(),
        60,
        "what needs no secret goes on"
    );

    let other = Stage::synced(10);
    fs::copy(other.purser.home().join("vault.key"), &key).unwrap();
    stage
        .purser
        .run("run boards")
        .assert_refused(3, "input or configuration", "");

    fs::write(&key, good).unwrap();
    stage.purser.ok("run boards");
}
