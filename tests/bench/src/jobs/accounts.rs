//! `accounts`: an application that tells activity of one account at a time is asked about many at once.

use super::{LATENCY_MS, expected};
use crate::bench::Bench;
use crate::figures::Goal;
use crate::home::Home;
use crate::program::Purser;
use crate::report::Section;
use crate::rounds::{self, Rounds};
use crate::server::Server;
use anyhow::{Result, ensure};

/// Accounts that are asked about.
const ACCOUNTS: usize = 10_000;

/// Requests that the connector has under way.
const AT_ONCE: usize = 16;

/// The wall time over what the waits alone take.
const GOAL: Goal = Goal::AtMost(1.15);

pub(super) fn measure(bench: &Bench) -> Result<Vec<Section>> {
    let mut server = Server::start_slow(ACCOUNTS, LATENCY_MS)?;
    let home = Home::connected(bench, "clerk", "clerk", &server)?.with_profile("bench")?;
    home.tell(&["run", "bench", "--stream", "members"], "")?;
    let purser = Purser::new(&home, &["run", "bench", "--stream", "uses"]);
    let rounds = Rounds {
        count: bench.rounds(3),
        warm_up: false,
    };
    let rows = rounds::run("accounts", bench, rounds, &mut server, &[&purser], |laps| {
        expected::each_once(laps, ACCOUNTS)?;
        let known = laps
            .iter()
            .all(|lap| i64::try_from(ACCOUNTS) == Ok(lap.contents.rows));
        ensure!(known, "there are not {ACCOUNTS} accounts: {laps:?}");
        Ok(())
    })?;
    let ideal = (ACCOUNTS as u64 * LATENCY_MS) as f64 / 1e3 / AT_ONCE as f64;
    let count = rounds.count;
    let title = format!(
        "activity of {ACCOUNTS} accounts, a request each, {LATENCY_MS} ms before each answer, {AT_ONCE} at once; {count} rounds"
    );
    let section = Section::of(title, "accounts", &rows).with_ideal(ACCOUNTS, ideal);
    let over = rows
        .iter()
        .flat_map(|row| &row.laps)
        .map(|lap| lap.taken.wall / ideal);
    let section = section.find("wall time", over, ("×", "the ideal"), Some(GOAL));
    let remark = "ideal is what the waits alone take with 16 requests of one call under way; while one call waits for its last \
                  answers, Purser has a second one's under way";
    Ok(vec![section.remark(remark)])
}
