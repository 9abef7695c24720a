//! However often and wherever a read is cut off, the rows at the end are those of a read that was not.

use crate::fixture::{
    GUARD, account, accounts_page, at, commit_page, name, place, set_up, source, used,
};
use crate::test_dir::TestDir;
use purser_model::{Account, StreamKind};
use purser_store::{Completion, Create, RequestStats, StreamStart, ShiftPolicy, Store};
use std::path::Path;

/// A small generator of numbers that look random and are the same every time (Knuth's MMIX constants).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// What the application has, in its own order, and in pages that begin at an offset.
struct Application(Vec<Account>);

impl Application {
    /// Between 40 and 80 of 100 possible accounts, shuffled.
    fn with(dice: &mut Dice) -> Self {
        let mut pool: Vec<_> = (0..100)
            .map(|number| account(&format!("user-{number}")))
            .collect();
        let size = 40 + dice.below(41);
        let mut drawn = Vec::new();
        while drawn.len() < size {
            let mut account = pool.swap_remove(dice.below(pool.len()));
            account.last_activity = used(i64::try_from(dice.below(1000)).unwrap());
            drawn.push(account);
        }
        Self(drawn)
    }

    fn sorted(&self) -> Vec<Account> {
        let mut accounts = self.0.clone();
        accounts.sort_by(|one, other| one.id.cmp(&other.id));
        accounts
    }
}

/// Reads on until the read is complete, or until the process "dies" after some step. Gives whether it is complete.
fn process(path: &Path, application: &Application, lifetime: usize, page_size: usize) -> bool {
    let store = Store::open(path, Create::Never).unwrap();
    let users = name("users");
    let run = store.begin_run(&source(), at(0)).unwrap();
    let start = store
        .begin_stream(run, &users, StreamKind::Accounts, "fingerprint")
        .unwrap();
    let mut offset = match &start.from {
        StreamStart::Beginning => Some(0),
        StreamStart::Partitions(parts) => Some(place(parts)),
        StreamStart::End | StreamStart::Done => None,
    };
    for _ in 0..lifetime {
        let Some(begin) = offset else {
            let done = store.complete_stream(
                run,
                &users,
                purser_store::ShrinkGuard { max_percent: 100 },
                ShiftPolicy::ReadAgain,
                at(0),
            );
            assert!(matches!(done.unwrap(), Completion::Complete { .. }));
            return true;
        };
        let end = (begin + page_size).min(application.0.len());
        let next = (end < application.0.len()).then(|| end.to_string());
        let page = accounts_page(application.0[begin..end].to_vec(), next.as_deref());
        let committed = commit_page(&store, run, &users, &page, RequestStats::default()).unwrap();
        assert_eq!(
            (committed.records, committed.rejected),
            ((end - begin) as u64, 0),
            "nothing comes twice"
        );
        offset = next.map(|_| end);
    }
    false
}

#[test]
fn a_read_cut_off_anywhere_ends_with_the_same_rows() {
    for seed in 0..20 {
        let mut dice = Dice(seed);
        let place = TestDir::new();
        let path = place.join("purser.db");
        set_up(&Store::open(&path, Create::IfMissing).unwrap());
        for generation in 1..=3 {
            let application = Application::with(&mut dice);
            let mut expected = application.sorted();
            keep_latest(&path, &mut expected);
            while !process(&path, &application, dice.below(5), 1 + dice.below(20)) {}
            let store = Store::open(&path, Create::Never).unwrap();
            assert_eq!(
                store.accounts(&source()).unwrap(),
                expected,
                "seed {seed}, generation {generation}"
            );
            let run = store.begin_run(&source(), at(0)).unwrap();
            let next = store
                .begin_stream(run, &name("users"), StreamKind::Accounts, "fingerprint")
                .unwrap();
            assert_eq!(
                next.generation,
                generation + 1,
                "a cut does not cost a generation"
            );
        }
    }
}

/// Activity only moves forward for an account that was there before.
fn keep_latest(path: &Path, expected: &mut [Account]) {
    let before = Store::open(path, Create::Never)
        .unwrap()
        .accounts(&source())
        .unwrap();
    for account in expected {
        if let Some(known) = before.iter().find(|known| known.id == account.id) {
            account.last_activity = account.last_activity.latest(known.last_activity);
        }
    }
}

#[test]
fn rows_that_move_between_pages_are_stored_once() {
    for seed in 0..20 {
        let mut dice = Dice(seed);
        let place = TestDir::new();
        let path = place.join("purser.db");
        let store = Store::open(&path, Create::IfMissing).unwrap();
        set_up(&store);
        let application = Application::with(&mut dice);
        let run = store.begin_run(&source(), at(0)).unwrap();
        store
            .begin_stream(run, &name("users"), StreamKind::Accounts, "fingerprint")
            .unwrap();
        // Pages that overlap by some rows, as when rows are inserted before an offset while it is read.
        let (mut begin, mut overlap) = (0, 0);
        while begin < application.0.len() {
            let end = (begin + 10).min(application.0.len());
            let next = (end < application.0.len()).then(|| end.to_string());
            let page = accounts_page(
                application.0[begin - overlap..end].to_vec(),
                next.as_deref(),
            );
            let committed =
                commit_page(&store, run, &name("users"), &page, RequestStats::default()).unwrap();
            assert_eq!(committed.repeated, overlap as u64);
            (begin, overlap) = (end, dice.below(10));
        }
        store
            .complete_stream(run, &name("users"), GUARD, ShiftPolicy::ReadAgain, at(0))
            .unwrap();
        assert_eq!(store.accounts(&source()).unwrap(), application.sorted());
    }
}
