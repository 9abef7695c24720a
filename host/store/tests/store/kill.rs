//! A process that commits pages is killed: what it was told is committed is there, and nothing is there in part.

use crate::fixture::{Fixture, account, accounts_page, at, commit_page, name, place, source};
use purser_model::StreamKind;
use purser_store::{Create, RequestStats, StreamStart, Store, StreamRead};
use std::env;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

const STORE: &str = "PURSER_STORE_OF_A_TEST";
const PAGE: usize = 50;

/// The process that is killed. It commits page after page for as long as it lives, and says so after each.
#[test]
#[ignore = "started by the other test of this module, which kills it"]
fn writer() {
    let path = PathBuf::from(env::var_os(STORE).expect("only started by the other test"));
    let store = Store::open(path, Create::Never).unwrap();
    let (run, start) = take_over(&store);
    let first: usize = match start.from {
        StreamStart::Partitions(parts) => place(&parts),
        _ => 0,
    };
    for page in first.. {
        let rows = (0..PAGE)
            .map(|row| account(&format!("{}-{page}", row * 7919 % PAGE)))
            .collect();
        let page = accounts_page(rows, Some(&(page + 1).to_string()));
        commit_page(&store, run, &name("users"), &page, RequestStats::default()).unwrap();
        println!("\ncommitted {}", page.next.unwrap().as_str());
    }
}

fn take_over(store: &Store) -> (i64, StreamRead) {
    let run = store.begin_run(&source(), at(0)).unwrap();
    (
        run,
        store
            .begin_stream(run, &name("users"), StreamKind::Accounts, "fingerprint")
            .unwrap(),
    )
}

/// Starts the writer, kills it after some commits, and gives how many pages it had said were committed in all.
fn write_and_kill(fixture: &Fixture, commits: usize) -> usize {
    let mut writer = Command::new(env::current_exe().unwrap())
        .args(["--exact", "kill::writer", "--ignored", "--nocapture"])
        .env(STORE, fixture.place.join("purser.db"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(writer.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let acknowledged = lines.filter_map(|line| {
        line.strip_prefix("committed ")
            .map(|pages| pages.parse().unwrap())
    });
    let last = acknowledged.take(commits).last().unwrap();
    writer.kill().unwrap();
    writer.wait().unwrap();
    last
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let fixture = Fixture::ready();
    for commits in [1, 2, 5, 13] {
        let acknowledged = write_and_kill(&fixture, commits);
        let store = fixture.again();
        let (_, start) = take_over(&store);
        let StreamStart::Partitions(parts) = &start.from else {
            panic!("{start:?}")
        };
        let pages = place(parts);
        assert!(
            pages >= acknowledged,
            "{acknowledged} pages were acknowledged and {pages} are there"
        );
        assert_eq!(
            store.accounts(&source()).unwrap().len(),
            pages * PAGE,
            "records and cursor belong together"
        );
        assert_eq!(start.generation, 1);
    }
}
