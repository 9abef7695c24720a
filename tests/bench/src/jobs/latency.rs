//! `latency`: the application takes its time for every page, and a page says where the next one begins: while one is stored, the next must be
//! under way already.

use super::{LATENCY_MS, expected, sync};
use crate::bench::Bench;
use crate::figures::Goal;
use crate::home::Home;
use crate::program::{Native, Purser};
use crate::report::Section;
use crate::rounds::{self, Rounds};
use crate::server::{PAGE, Server};
use anyhow::Result;

/// Few enough that a run takes seconds.
pub(super) const USERS: usize = 100_000;

/// The wall time of Purser over the native program's.
const GOAL: Goal = Goal::AtMost(1.05);

pub(super) fn measure(bench: &Bench) -> Result<Vec<Section>> {
    let mut server = Server::start_slow(USERS, LATENCY_MS)?;
    let home = Home::connected(bench, "sample", "quayboard", &server)?.with_profile("bench")?;
    let native = Native::of(&server);
    let purser = Purser::new(&home, &["run", "bench", "--stream", "members"]);
    let rounds = Rounds {
        count: bench.rounds(3),
        warm_up: false,
    };
    let rows = rounds::run(
        "latency",
        bench,
        rounds,
        &mut server,
        &[&native, &purser],
        |laps| {
            expected::each_once(laps, expected::pages(USERS))?;
            expected::same_users(laps, USERS)
        },
    )?;
    let count = rounds.count;
    let title = format!(
        "{USERS} users, {PAGE} a page behind a cursor, {LATENCY_MS} ms before each; {count} rounds"
    );
    let section = Section::of(title, "users", &rows).with_ideal(USERS, waits());
    let section = sync::beside_native(section, rows, GOAL).0;
    Ok(vec![
        section.remark("ideal is what the waits alone take: both programs store a page while they wait for the next"),
    ])
}

/// What the waits for all pages take, one after the other.
pub(super) fn waits() -> f64 {
    expected::pages(USERS) as f64 * LATENCY_MS as f64 / 1e3
}
