//! Runs the attacks of `modules/`. `PURSER_HOSTILE=NAME` selects those with `NAME` in their file
//! name, and `PURSER_HOSTILE_SHOW=1` prints the result of each.

use crate::attack::run_attack;
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
fn attack_modules_end_as_their_files_expect() {
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
            .and_then(|expected| run_attack(|| guest::component(&text), &expected));
        wrong.extend(outcome.err().map(|why| format!("{name}: {why}")));
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
