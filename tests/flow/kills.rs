//! Runs that are killed, again and again: at each of their checkpoints, and at any other moment.

use purser_sample_app::{Fault, SampleOptions};
use purser_tests::{CONNECTOR, Purser, Stage};
use serde_json::Value;
use std::process::{Child, Stdio};
use std::time::Duration;

/// How long the application takes for an answer: long enough that a run has moments between its answers.
const ANSWER: Duration = Duration::from_millis(15);

/// Pages of the member list, of 20 each.
const PAGES: u64 = 30;

/// Runs that are killed at random moments. `PURSER_KILLS` sets another number.
fn kills() -> u32 {
    std::env::var("PURSER_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(150)
}

/// A profile `boards` of a connector, by its folder and its name.
fn stage((folder, name): (&str, &str)) -> Stage {
    let options = SampleOptions {
        page_limit: 20,
        ..SampleOptions::default()
    };
    let stage = Stage::empty(20 * usize::try_from(PAGES).unwrap(), options);
    make_ready(&stage, (folder, name));
    stage
}

fn make_ready(stage: &Stage, (folder, name): (&str, &str)) {
    stage.purser.upload_and_grant(folder);
    stage.make_profile(name, "");
}

/// Reads page after page.
const BY_CURSOR: (&str, &str) = ("sample", CONNECTOR);

/// Reads in parts beside one another, and then account by account.
const IN_PARTS: (&str, &str) = ("clerk", "clerk");

/// What is stored, as somebody sees it who knows nothing of runs.
struct Stored(rusqlite::Connection);

impl Stored {
    fn of(stage: &Stage) -> Self {
        let path = stage.purser.home().join("purser.db");
        Self(
            rusqlite::Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)
                .unwrap(),
        )
    }

    fn number(&self, sql: &str) -> u64 {
        let number: i64 = self.0.query_row(sql, (), |row| row.get(0)).unwrap();
        number.try_into().unwrap()
    }

    /// Pages of members committed by all runs so far.
    fn pages(&self) -> u64 {
        self.number("SELECT coalesce(sum(pages), 0) FROM stream_run WHERE stream = 'members'")
    }

    /// Records and counts go together, whatever happened.
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

/// Accounts with everything that is known of them, in order, without what differs from one home to another.
fn accounts(stage: &Stage) -> Vec<String> {
    let mut accounts: Vec<_> = stage
        .accounts()
        .as_array()
        .unwrap()
        .iter()
        .map(Value::to_string)
        .collect();
    accounts.sort();
    accounts
}

/// Compares what was read with what another home reads in one go.
fn assert_as_undisturbed(mut stage: Stage, connector: (&str, &str)) {
    let killed = accounts(&stage);
    stage.app.clear_faults();
    stage.purser = Purser::new();
    make_ready(&stage, connector);
    stage.purser.ok("run boards");
    let undisturbed = accounts(&stage);
    assert_eq!(undisturbed.len() as u64, 20 * PAGES);
    let differs = killed
        .iter()
        .zip(&undisturbed)
        .find(|(killed, undisturbed)| killed != undisturbed);
    assert_eq!((differs, killed.len()), (None, undisturbed.len()));
}

/// Kills a run as soon as it has committed anything, until one ends by itself. Gives how many there were.
fn killed_at_each_checkpoint(stage: &Stage) -> u64 {
    let stored = Stored::of(stage);
    for killed in 0.. {
        let before = stored.pages();
        let mut run = stage.spawn("run boards");
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
    unreachable!("some run ends")
}

#[test]
fn killed_at_each_checkpoint_a_read_page_by_page_loses_and_doubles_nothing() {
    let stage = stage(BY_CURSOR);
    stage.app.inject(Fault::Slow { each: ANSWER });
    stage.app.clear_responses();
    let killed = killed_at_each_checkpoint(&stage);
    assert!(killed >= 3, "{killed} runs were killed");
    // What was under way is asked for again: the pages of a tenth of a second, and the one fetched ahead.
    let asked = stage.app.responses().count("GET /members?", 200);
    assert!(
        (PAGES..=PAGES + 10 * killed).contains(&asked),
        "{asked} pages were asked for, {killed} runs killed"
    );
    assert_as_undisturbed(stage, BY_CURSOR);
}

#[test]
fn killed_at_each_checkpoint_a_read_in_parts_loses_and_doubles_nothing() {
    let stage = stage(IN_PARTS);
    stage.app.inject(Fault::Slow { each: 4 * ANSWER });
    killed_at_each_checkpoint(&stage);
    assert_as_undisturbed(stage, IN_PARTS);
}

#[test]
fn killed_at_any_moment_a_run_loses_and_doubles_nothing() {
    let stage = stage(BY_CURSOR);
    stage.app.inject(Fault::Slow { each: ANSWER });
    stage.app.clear_responses();
    let (stored, mut complete) = (Stored::of(&stage), 0);
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    for _ in 0..kills() {
        let mut run = stage.spawn("run boards");
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
    stage.app.clear_faults();
    stage.purser.ok("run boards");
    assert_as_undisturbed(stage, BY_CURSOR);
}
