//! Runs that are killed repeatedly: at each of their checkpoints, and at random moments.

use purser_sample_app::{Fault, SampleOptions};
use purser_tests::{CONNECTOR, Purser, TestEnv};
use serde_json::Value;
use std::time::Duration;

/// Latency of the application, long enough that a run has moments between two responses.
const LATENCY: Duration = Duration::from_millis(15);

/// Pages of the member list, of 20 members each.
const PAGES: u64 = 30;

/// Returns the number of runs to kill at random moments. `PURSER_KILLS` overrides the default.
fn random_kills() -> u32 {
    std::env::var("PURSER_KILLS")
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(150)
}

/// Returns an environment whose profile `boards` uses the connector of this folder and name.
fn test_env((folder, name): (&str, &str)) -> TestEnv {
    let options = SampleOptions {
        page_limit: 20,
        ..SampleOptions::default()
    };
    let env = TestEnv::empty(20 * usize::try_from(PAGES).unwrap(), options);
    prepare_profile(&env, (folder, name));
    env
}

fn prepare_profile(env: &TestEnv, (folder, name): (&str, &str)) {
    env.purser.upload_and_grant(folder);
    env.create_profile(name, "");
}

/// Reads page after page by cursor.
const PAGED: (&str, &str) = ("sample", CONNECTOR);

/// Reads in concurrent partitions, and then account by account.
const PARTITIONED: (&str, &str) = ("per-account", "per-account");

/// Read access to the database, independent of the store's code.
struct Stored(rusqlite::Connection);

impl Stored {
    fn of(env: &TestEnv) -> Self {
        let path = env.purser.home().join("purser.db");
        Self(
            rusqlite::Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)
                .unwrap(),
        )
    }

    fn number(&self, sql: &str) -> u64 {
        let number: i64 = self.0.query_row(sql, (), |row| row.get(0)).unwrap();
        number.try_into().unwrap()
    }

    /// Returns the number of pages of members that all runs committed so far.
    fn pages(&self) -> u64 {
        self.number("SELECT coalesce(sum(pages), 0) FROM stream_run WHERE stream = 'members'")
    }

    /// Asserts that records and counts agree, and that the database is intact.
    fn check(&self) {
        let records = self
            .number("SELECT coalesce(sum(records), 0) FROM stream_run WHERE stream = 'members'");
        assert_eq!(
            self.number("SELECT count(*) FROM account"),
            records.min(20 * PAGES)
        );

        let sound: String = self
            .0
            .query_row("PRAGMA quick_check", (), |row| row.get(0))
            .unwrap();
        assert_eq!(sound, "ok");
    }
}

/// Returns the accounts with all their fields, in order.
fn accounts(env: &TestEnv) -> Vec<String> {
    let mut accounts: Vec<_> = env
        .accounts()
        .as_array()
        .unwrap()
        .iter()
        .map(Value::to_string)
        .collect();
    accounts.sort();

    accounts
}

/// Asserts that the accounts equal those of an undisturbed run in another home.
fn assert_equals_undisturbed(mut env: TestEnv, connector: (&str, &str)) {
    let killed = accounts(&env);
    env.app.clear_faults();
    env.purser = Purser::new();
    prepare_profile(&env, connector);
    env.purser.ok("run boards");

    let undisturbed = accounts(&env);
    assert_eq!(undisturbed.len() as u64, 20 * PAGES);

    let differs = killed
        .iter()
        .zip(&undisturbed)
        .find(|(killed, undisturbed)| killed != undisturbed);
    assert_eq!(differs, None);
    assert_eq!(killed.len(), undisturbed.len());
}

/// Kills each run as soon as it has committed a page, until one completes. Returns the number of
/// killed runs.
fn killed_at_each_checkpoint(env: &TestEnv) -> u64 {
    let stored = Stored::of(env);
    for killed in 0.. {
        let before = stored.pages();
        let mut run = env.spawn("run boards");
        let ended = loop {
            if stored.pages() > before && before < PAGES {
                run.kill().unwrap();
                run.wait().unwrap();
                break false;
            }
            if let Some(status) = run.try_wait().unwrap() {
                assert!(status.success());
                break true;
            }
            std::thread::sleep(Duration::from_millis(1));
        };

        stored.check();
        if ended {
            return killed;
        }
    }

    unreachable!("one of the runs completes")
}

#[test]
fn paged_read_killed_at_each_checkpoint_loses_and_duplicates_nothing() {
    let env = test_env(PAGED);
    env.app.inject(Fault::Slow { each: LATENCY });
    env.app.clear_responses();

    let killed = killed_at_each_checkpoint(&env);
    assert!(killed >= 3, "{killed} runs were killed");

    // Pages in flight are requested again: those of a tenth of a second, and the prefetched one.
    let pages_requested = env.app.responses().count("GET /members?", 200);
    assert!(
        (PAGES..=PAGES + 10 * killed).contains(&pages_requested),
        "{pages_requested} pages were requested, {killed} runs killed"
    );
    assert_equals_undisturbed(env, PAGED);
}

#[test]
fn partitioned_read_killed_at_each_checkpoint_loses_and_duplicates_nothing() {
    let env = test_env(PARTITIONED);
    env.app.inject(Fault::Slow { each: 4 * LATENCY });
    killed_at_each_checkpoint(&env);
    assert_equals_undisturbed(env, PARTITIONED);
}

#[test]
fn run_killed_at_random_moments_loses_and_duplicates_nothing() {
    let env = test_env(PAGED);
    env.app.inject(Fault::Slow { each: LATENCY });
    env.app.clear_responses();

    let stored = Stored::of(&env);
    let mut complete = 0;
    let seed = fastrand::u64(..);
    println!("seed {seed}");

    let mut random = fastrand::Rng::with_seed(seed);
    for _ in 0..random_kills() {
        let mut run = env.spawn("run boards");
        std::thread::sleep(Duration::from_millis(random.u64(0..400)));
        complete += u32::from(run.try_wait().unwrap().is_some());
        run.kill().unwrap();
        run.wait().unwrap();

        let sound: String = stored
            .0
            .query_row("PRAGMA quick_check", (), |row| row.get(0))
            .unwrap();
        assert_eq!(sound, "ok");
    }

    println!("{complete} runs came to an end before they were killed");
    env.app.clear_faults();
    env.purser.ok("run boards");

    assert_equals_undisturbed(env, PAGED);
}
