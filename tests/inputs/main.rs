//! Shapes of real applications and real files that are easily read wrong: each gives the right
//! rows and figures, or is refused, and never a silent wrong answer.
//!
//! | file | concept |
//! |---|---|
//! | `cases/*.toml` | the inputs, one in a file: what the application answers, and what must come out |
//! | `case` | the format of those files |
//! | `application` | an application that gives the answers of a case |
//! | `runner` | connects, imports and reads as an operator does |
//! | `expectation` | compares what came out |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod application;
mod case;
mod expectation;
mod runner;

use case::Case;
use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::Mutex;

/// Cases that run at once. A run mostly waits for processes and timers.
const WORKERS: usize = 4;

fn files() -> Vec<PathBuf> {
    let only = std::env::var("PURSER_INPUTS").unwrap_or_default();
    let folder = purser_tests::repository().join("tests/inputs/cases");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().contains(&only))
        .collect();
    files.sort();
    files.reverse();
    files
}

#[test]
fn inputs_give_their_right_values() {
    let prepared = runner::Prepared::new();
    let files = Mutex::new(files());
    let wrong = Mutex::new(Vec::new());

    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let Some(file) = files.lock().unwrap().pop() else {
                        return;
                    };
                    // why: a command that must succeed panics, and the other cases still count
                    let problems = panic::catch_unwind(AssertUnwindSafe(|| {
                        runner::run(&prepared, &Case::read(&file))
                    }))
                    .unwrap_or_else(|panic| vec![message(panic.as_ref())]);
                    if !problems.is_empty() {
                        let name = file.file_stem().unwrap().to_str().unwrap();
                        let text = problems.join("\n  ");
                        wrong.lock().unwrap().push(format!("{name}:\n  {text}"));
                    }
                }
            });
        }
    });

    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns the message of a panic.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.unwrap_or_else(|| "panicked".to_owned())
}
