//! Job `accounts`: activity of an application that reports one account per request, read
//! concurrently.

use super::{LATENCY_MS, expected};
use crate::figures::Goal;
use crate::home::Home;
use crate::options::Options;
use crate::program::Purser;
use crate::report::Section;
use crate::rounds::{self, Rounds};
use crate::server::Server;
use anyhow::{Result, ensure};

/// Number of accounts, one request each.
const ACCOUNTS: usize = 10_000;

/// Concurrent requests of the connector.
const CONCURRENCY: usize = 16;

/// Wall time divided by the time that the latency alone takes.
const GOAL: Goal = Goal::AtMost(1.15);

pub(super) fn measure(options: &Options) -> Result<Vec<Section>> {
    let accounts = options.scaled(ACCOUNTS);
    let mut server = Server::start_slow(accounts, LATENCY_MS)?;
    let home =
        Home::connected(options, "per-account", "per-account", &server)?.with_profile("bench")?;
    home.run(&["run", "bench", "--stream", "members"], "")?;

    let purser = Purser::new(&home, &["run", "bench", "--stream", "uses"]);
    let rounds = Rounds {
        count: options.rounds(3),
        warm_up: false,
    };
    let rows = rounds::run(
        "accounts",
        options,
        rounds,
        &mut server,
        &[&purser],
        |runs| {
            expected::each_once(runs, accounts)?;
            let known = runs
                .iter()
                .all(|run| i64::try_from(accounts) == Ok(run.contents.rows));
            ensure!(known, "there are not {accounts} accounts: {runs:?}");
            Ok(())
        },
    )?;

    let ideal = (accounts as u64 * LATENCY_MS) as f64 / 1e3 / CONCURRENCY as f64;
    let count = rounds.count;
    let title = format!(
        "activity of {accounts} accounts, a request each, {LATENCY_MS} ms before each answer, {CONCURRENCY} at once; {count} rounds"
    );
    let section = Section::new(title, "accounts", &rows).with_ideal(accounts, ideal);
    let over = rows
        .iter()
        .flat_map(|row| &row.runs)
        .map(|run| run.usage.wall / ideal);

    let section = section.find("wall time", over, ("×", "the ideal"), Some(GOAL));
    let remark = "ideal is the time of the latency alone with 16 concurrent requests of one call; while one call \
                  waits for its last responses, Purser starts the requests of a second call";

    Ok(vec![section.remark(remark)])
}
