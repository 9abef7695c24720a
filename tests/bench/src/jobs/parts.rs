//! `parts`: where a list can be read by position, Purser reads parts of it beside one another. The native program goes from cursor to cursor,
//! as a sensible programmer's first one would.

use super::{LATENCY_MS, expected, latency};
use crate::bench::Bench;
use crate::figures::Goal;
use crate::home::Home;
use crate::program::{Native, Purser};
use crate::report::{Section, ratios};
use crate::rounds::{self, Lap, Rounds};
use crate::server::{PAGE, Server};
use anyhow::Result;

/// How many times as fast as the native program.
const GOAL: Goal = Goal::AtLeast(6.0);

/// Parts that Purser reads at once.
const AT_ONCE: f64 = 8.0;

pub(super) fn measure(bench: &Bench) -> Result<Vec<Section>> {
    let users = latency::USERS;
    let mut server = Server::start_slow(users, LATENCY_MS)?;
    let home = Home::connected(bench, "clerk", "clerk", &server)?.with_profile("bench")?;
    let native = Native::of(&server);
    let purser = Purser::new(&home, &["run", "bench", "--stream", "members"]);
    let rounds = Rounds {
        count: bench.rounds(3),
        warm_up: false,
    };
    let rows = rounds::run(
        "parts",
        bench,
        rounds,
        &mut server,
        &[&native, &purser],
        |laps| {
            expected::each_once(laps, expected::pages(users))?;
            let ids = |lap: &Lap| Lap {
                contents: lap.contents.but_emails(),
                ..*lap
            };
            expected::same_users(&laps.iter().map(ids).collect::<Vec<_>>(), users)
        },
    )?;
    let count = rounds.count;
    let title = format!(
        "{users} users, {PAGE} a page, {LATENCY_MS} ms before each: in parts, against a native program behind a cursor; {count} rounds"
    );
    let mut section =
        Section::of(title, "users", &rows).with_ideal(users, latency::waits() / AT_ONCE);
    if let [native, purser] = rows.as_slice() {
        let speed = ratios(native, purser, |taken| taken.wall);
        section = section.find("speed", speed, ("×", "native's"), Some(GOAL));
    }
    Ok(vec![section.remark(
        "ideal is what the waits alone take with 8 parts under way",
    )])
}
