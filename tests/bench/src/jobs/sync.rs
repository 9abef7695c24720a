//! `sync`: a list of members is read behind its cursor, and stored in an empty database.

use super::expected;
use crate::bench::Bench;
use crate::figures::{Figure, Goal};
use crate::home::Home;
use crate::program::{Native, Purser};
use crate::report::{Section, ratios};
use crate::rounds::{self, Rounds, Row};
use crate::server::{PAGE, Server};
use anyhow::Result;

/// The wall time of Purser over the native program's.
pub(super) const GOAL: Goal = Goal::AtMost(1.15);

/// How much more memory ten times as many users may take.
const GROWTH: Goal = Goal::AtMost(1.2);

pub(super) fn measure(bench: &Bench) -> Result<Vec<Section>> {
    let (section, usual) = of(bench, bench.users, bench.rounds(5))?;
    if !bench.large {
        return Ok(vec![section]);
    }
    let (section_of_many, many) = of(bench, bench.users * 10, bench.rounds(3).min(3))?;
    let growth = peak(&many).median / peak(&usual).median;
    let compared = ("×", "that with a tenth of the users");
    Ok(vec![
        section,
        section_of_many.find("Purser's peak memory", [growth], compared, Some(GROWTH)),
    ])
}

fn of(bench: &Bench, users: usize, count: usize) -> Result<(Section, Row)> {
    let mut server = Server::start(users)?;
    let home = Home::connected(bench, "sample", "quayboard", &server)?.with_profile("bench")?;
    let native = Native::of(&server);
    let purser = Purser::new(&home, &["run", "bench", "--stream", "members"]);
    let rounds = Rounds {
        count,
        warm_up: true,
    };
    let rows = rounds::run(
        "sync",
        bench,
        rounds,
        &mut server,
        &[&native, &purser],
        |laps| {
            expected::each_once(laps, expected::pages(users))?;
            expected::same_users(laps, users)
        },
    )?;
    let title = format!(
        "{users} users, {PAGE} a page behind a cursor, into an empty database; {count} rounds"
    );
    Ok(beside_native(
        Section::of(title, "users", &rows),
        rows,
        GOAL,
    ))
}

/// What Purser takes over the native program, of rows in that order; and Purser's row.
pub(super) fn beside_native(section: Section, rows: Vec<Row>, goal: Goal) -> (Section, Row) {
    let mut rows = rows.into_iter();
    let none = || Row {
        name: String::new(),
        laps: Vec::new(),
    };
    let (native, purser) = (
        rows.next().unwrap_or_else(none),
        rows.next().unwrap_or_else(none),
    );
    let section = section
        .find(
            "wall time",
            ratios(&purser, &native, |taken| taken.wall),
            ("×", "native's"),
            Some(goal),
        )
        .find(
            "CPU time",
            ratios(&purser, &native, |taken| taken.cpu),
            ("×", "native's"),
            None,
        );
    (section, purser)
}

fn peak(row: &Row) -> Figure {
    Figure::of(row.laps.iter().map(|lap| lap.taken.peak))
}
