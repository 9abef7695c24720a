//! A process that commits pages is killed: every acknowledged commit is there, and nothing in part.

use crate::conformance::fixture::{
    TestStore, account, accounts_page, at, commit_page, name, offset, source,
};
use purser_model::{RunId, StreamKind};
use purser_store::{Create, Store, StreamRead, StreamStart};
use std::env;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

const STORE: &str = "PURSER_STORE_OF_A_TEST";
const PAGE: usize = 50;

/// The process that is killed. It commits page after page while it lives, and prints a line after
/// each.
#[test]
#[ignore = "started by the other test of this module, which kills it"]
fn writer() {
    let path = PathBuf::from(env::var_os(STORE).expect("only started by the other test"));
    let store = Store::open(path, Create::Never).unwrap();
    let (run, read) = take_over(&store);
    let first = match &read.start {
        StreamStart::Partitions(partitions) => offset(partitions),
        _ => 0,
    };

    for page in first.. {
        let numbers = (0..PAGE).map(|row| row * 7919 % PAGE);
        let rows = numbers.map(|number| account(&format!("{number}-{page}")));
        let next = (page + 1).to_string();
        let page = accounts_page(rows.collect(), Some(&next));
        commit_page(&store, run, "users", page).unwrap();

        println!("\ncommitted {next}");
    }
}

fn take_over(store: &Store) -> (RunId, StreamRead) {
    let run = store.begin_run(&source(), at(0)).unwrap();
    let read = store
        .begin_stream(run, &name("users"), StreamKind::Accounts, "fingerprint")
        .unwrap();
    (run, read)
}

/// Starts the writer and kills it after some commits. Returns how many pages it acknowledged in
/// all.
fn write_and_kill(test: &TestStore, commits: usize) -> usize {
    let mut writer = Command::new(env::current_exe().unwrap())
        .args(["--exact", "kill::writer", "--ignored", "--nocapture"])
        .env(STORE, test.database.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(writer.stdout.take().unwrap());

    let acknowledged = output.lines().map(Result::unwrap).filter_map(|line| {
        line.strip_prefix("committed ")
            .map(|pages| pages.parse().unwrap())
    });
    let last = acknowledged.take(commits).last().unwrap();

    writer.kill().unwrap();
    writer.wait().unwrap();
    last
}

#[test]
fn acknowledged_pages_survive_a_kill() {
    let test = TestStore::ready();

    for commits in [1, 2, 5, 13] {
        let acknowledged = write_and_kill(&test, commits);

        let store = test.database.open();
        let (_, read) = take_over(&store);
        let StreamStart::Partitions(partitions) = &read.start else {
            panic!("{read:?}")
        };
        let pages = offset(partitions);
        assert!(pages >= acknowledged, "{acknowledged} of {pages}");
        assert_eq!(read.generation, 1);
        let accounts = store.accounts(&source()).unwrap();
        assert_eq!(accounts.len(), pages * PAGE, "records match the cursor");
    }
}
