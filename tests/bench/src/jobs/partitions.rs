//! Job `partitions`: a list with offsets, read in concurrent partitions. The native program follows
//! the cursor, as a first straightforward program would.

use super::{LATENCY_MS, expected, latency};
use crate::figures::Goal;
use crate::home::Home;
use crate::options::Options;
use crate::program::{Native, Purser};
use crate::report::{Section, ratios};
use crate::rounds::{self, ProgramRun, Rounds};
use crate::server::{PAGE, Server};
use anyhow::Result;

/// Speed as a multiple of the native program's.
const GOAL: Goal = Goal::AtLeast(6.0);

/// Partitions that Purser reads at once.
const CONCURRENCY: f64 = 8.0;

pub(super) fn measure(options: &Options) -> Result<Vec<Section>> {
    let users = options.scaled(latency::USERS);
    let mut server = Server::start_slow(users, LATENCY_MS)?;
    let home =
        Home::connected(options, "per-account", "per-account", &server)?.with_profile("bench")?;
    let native = Native::new(&server);
    let purser = Purser::new(&home, &["run", "bench", "--stream", "members"]);
    let rounds = Rounds {
        count: options.rounds(3),
        warm_up: false,
    };

    let rows = rounds::run(
        "partitions",
        options,
        rounds,
        &mut server,
        &[&native, &purser],
        |runs| {
            expected::each_offset_page_once(runs, expected::pages(users))?;
            let ids = |run: &ProgramRun| ProgramRun {
                contents: run.contents.without_emails(),
                ..*run
            };
            expected::same_users(&runs.iter().map(ids).collect::<Vec<_>>(), users)
        },
    )?;

    let count = rounds.count;
    let title = format!(
        "{users} users, {PAGE} a page, {LATENCY_MS} ms before each: in partitions, against a native program by cursor; {count} rounds"
    );

    let mut section = Section::new(title, "users", &rows)
        .with_ideal(users, latency::latency_seconds(users) / CONCURRENCY);
    if let [native, purser] = rows.as_slice() {
        let speed = ratios(native, purser, |usage| usage.wall);
        section = section.find("speed", speed, ("×", "native's"), Some(GOAL));
    }

    Ok(vec![section.remark(
        "ideal is the time of the latency alone with 8 concurrent partitions",
    )])
}
