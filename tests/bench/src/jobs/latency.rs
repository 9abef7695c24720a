//! Job `latency`: a slow application whose pages are linked by a cursor. The next page must be on
//! its way while the current one is stored.

use super::{LATENCY_MS, expected, sync};
use crate::figures::Goal;
use crate::home::Home;
use crate::options::Options;
use crate::program::{Native, Purser};
use crate::report::Section;
use crate::rounds::{self, Rounds};
use crate::server::{PAGE, Server};
use anyhow::Result;

/// Number of users, small enough that a run takes seconds.
pub(super) const USERS: usize = 100_000;

/// Wall time of Purser divided by that of the native program.
const GOAL: Goal = Goal::AtMost(1.05);

pub(super) fn measure(options: &Options) -> Result<Vec<Section>> {
    let users = options.scaled(USERS);
    let mut server = Server::start_slow(users, LATENCY_MS)?;
    let home = Home::connected(options, "sample", "quayboard", &server)?.with_profile("bench")?;
    let native = Native::new(&server);
    let purser = Purser::new(&home, &["run", "bench", "--stream", "members"]);
    let rounds = Rounds {
        count: options.rounds(3),
        warm_up: false,
    };
    let rows = rounds::run(
        "latency",
        options,
        rounds,
        &mut server,
        &[&native, &purser],
        |runs| {
            expected::each_once(runs, expected::pages(users))?;
            expected::same_users(runs, users)
        },
    )?;

    let count = rounds.count;
    let title = format!(
        "{users} users, {PAGE} a page by cursor, {LATENCY_MS} ms before each; {count} rounds"
    );
    let section = Section::new(title, "users", &rows).with_ideal(users, latency_seconds(users));

    let section = sync::beside_native(section, rows, GOAL).0;
    Ok(vec![
        section.remark("ideal is the time of the latency alone: both programs store a page while they wait for the next"),
    ])
}

/// Returns the seconds that the latency of all pages takes, one page after the other.
pub(super) fn latency_seconds(users: usize) -> f64 {
    expected::pages(users) as f64 * LATENCY_MS as f64 / 1e3
}
