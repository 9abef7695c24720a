//! Reads that are cut off often and anywhere: the rows at the end are those of a read that was not.

use super::fixture::{
    TestStore, account, accounts_page, at, commit_page, name, offset, source, terms, used,
};
use purser_model::{Account, StreamKind};
use purser_store::{Completion, ShiftPolicy, ShrinkGuard, StreamStart};

const ALL: ShrinkGuard = ShrinkGuard { max_percent: 100 };

/// A small generator of numbers that look random and are the same every time (Knuth's MMIX
/// constants).
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

/// The accounts of an application, in its own order, in pages that begin at an offset.
struct Application(Vec<Account>);

impl Application {
    /// Draws between 40 and 80 of 100 possible accounts, in any order.
    fn draw(dice: &mut Dice) -> Self {
        let numbers = 0..100;
        let mut pool: Vec<_> = numbers
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

/// Reads until the stream is complete, or until the process "dies" after `lifetime` steps. Returns
/// true if the stream is complete.
fn process(test: &TestStore, application: &Application, lifetime: usize, page_size: usize) -> bool {
    let store = test.database.open();
    let users = name("users");
    let run = store.begin_run(&source(), at(0)).unwrap();
    let read = store
        .begin_stream(run, &users, StreamKind::Accounts, "fingerprint")
        .unwrap();
    let mut position = match &read.start {
        StreamStart::Beginning => Some(0),
        StreamStart::Partitions(partitions) => Some(offset(partitions)),
        StreamStart::End | StreamStart::Done => None,
    };

    for _ in 0..lifetime {
        let Some(begin) = position else {
            let completed = store
                .complete_stream(
                    run,
                    &users,
                    &terms(ALL, ShiftPolicy::ReadAgain, std::slice::from_ref(&users)),
                )
                .unwrap();
            assert!(matches!(completed, Completion::Complete(_)));
            return true;
        };

        let end = (begin + page_size).min(application.0.len());
        let next = (end < application.0.len()).then(|| end.to_string());
        let page = accounts_page(application.0[begin..end].to_vec(), next.as_deref());
        let committed = commit_page(&store, run, "users", page).unwrap();

        assert_eq!(committed.records, (end - begin) as u64);
        assert_eq!(committed.rejected, 0, "nothing comes twice");
        position = next.map(|_| end);
    }
    false
}

/// Raises the activity of accounts that were stored before: it only moves forward.
fn keep_latest_activity(test: &TestStore, expected: &mut [Account]) {
    let before = test.store.accounts(&source()).unwrap();

    for account in expected {
        if let Some(known) = before.iter().find(|known| known.id == account.id) {
            account.last_activity = account.last_activity.latest(known.last_activity);
        }
    }
}

#[test]
fn read_cut_off_anywhere_ends_with_the_same_rows() {
    for seed in 0..20 {
        let mut dice = Dice(seed);
        let test = TestStore::ready();

        for generation in 1..=3 {
            let application = Application::draw(&mut dice);
            let mut expected = application.sorted();
            keep_latest_activity(&test, &mut expected);

            while !process(&test, &application, dice.below(5), 1 + dice.below(20)) {}

            let stored = test.store.accounts(&source()).unwrap();
            assert_eq!(stored, expected, "seed {seed}, generation {generation}");
            let next = test.begin_users(test.begin_run());
            assert_eq!(next.generation, generation + 1, "a cut costs no generation");
        }
    }
}

#[test]
fn rows_that_move_between_pages_are_stored_once() {
    for seed in 0..20 {
        let mut dice = Dice(seed);
        let test = TestStore::ready();
        let application = Application::draw(&mut dice);
        let run = test.begin_run();
        test.begin_users(run);

        // The pages overlap by some rows, as when rows are inserted before an offset during a read.
        let mut begin = 0;
        let mut overlap = 0;
        while begin < application.0.len() {
            let end = (begin + 10).min(application.0.len());
            let next = (end < application.0.len()).then(|| end.to_string());
            let rows = application.0[begin - overlap..end].to_vec();

            let committed = test.commit_users(run, rows, next.as_deref()).unwrap();

            assert_eq!(committed.repeated, overlap as u64);
            begin = end;
            overlap = dice.below(10);
        }

        test.complete(run, "users").unwrap();
        assert_eq!(
            test.store.accounts(&source()).unwrap(),
            application.sorted()
        );
    }
}
