//! The attacks of `modules/`, one after the other. `PURSER_HOSTILE=NAME` makes those alone whose name contains it, and
//! `PURSER_HOSTILE_SHOW=1` says what each came to.

use crate::attack::suffer;
use crate::expectation::Expectation;
use crate::guest;
use std::path::PathBuf;

fn files() -> Vec<PathBuf> {
    let folder = purser_tests::repository().join("tests/hostile/modules");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

#[test]
fn every_attack_ends_as_its_file_says() {
    let only = std::env::var("PURSER_HOSTILE").unwrap_or_default();
    let mut wrong = Vec::new();
    for file in files() {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        if !name.contains(&only) {
            continue;
        }
        println!("{name}");
        let text = std::fs::read_to_string(&file).unwrap();
        let outcome = Expectation::parse(&text)
            .and_then(|expected| suffer(|| guest::component(&text), &expected));
        wrong.extend(outcome.err().map(|why| format!("{name}: {why}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
