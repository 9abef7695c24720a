//! Job `sync`: a list of members, read by cursor and stored in an empty database.

use super::expected;
use crate::figures::{Figure, Goal};
use crate::home::Home;
use crate::options::Options;
use crate::program::{Native, Purser};
use crate::report::{Section, ratios};
use crate::rounds::{self, Rounds, Row};
use crate::server::{PAGE, Server};
use anyhow::Result;

/// Wall time of Purser divided by that of the native program.
pub(super) const GOAL: Goal = Goal::AtMost(1.15);

/// Growth of peak memory with ten times as many users.
const GROWTH: Goal = Goal::AtMost(1.2);

pub(super) fn measure(options: &Options) -> Result<Vec<Section>> {
    let (section, usual) = measure_users(options, options.users(), options.rounds(5))?;
    if !options.large {
        return Ok(vec![section]);
    }

    let (section_of_many, many) =
        measure_users(options, options.users() * 10, options.rounds(3).min(3))?;
    let growth = peak(&many).median / peak(&usual).median;
    let compared = ("×", "that with a tenth of the users");

    Ok(vec![
        section,
        section_of_many.find("Purser's peak memory", [growth], compared, Some(GROWTH)),
    ])
}

fn measure_users(options: &Options, users: usize, count: usize) -> Result<(Section, Row)> {
    let mut server = Server::start(users)?;
    let home = Home::connected(options, "sample", "quayboard", &server)?.with_profile("bench")?;
    let native = Native::new(&server);
    let purser = Purser::new(&home, &["run", "bench", "--stream", "members"]);
    let rounds = Rounds {
        count,
        warm_up: true,
    };
    let rows = rounds::run(
        "sync",
        options,
        rounds,
        &mut server,
        &[&native, &purser],
        |runs| {
            expected::each_once(runs, expected::pages(users))?;
            expected::same_users(runs, users)
        },
    )?;

    let title =
        format!("{users} users, {PAGE} a page by cursor, into an empty database; {count} rounds");

    Ok(beside_native(
        Section::new(title, "users", &rows),
        rows,
        GOAL,
    ))
}

/// Adds the ratios of Purser to the native program. `rows` holds native first, then Purser, and the
/// second is returned.
pub(super) fn beside_native(section: Section, rows: Vec<Row>, goal: Goal) -> (Section, Row) {
    let mut rows = rows.into_iter();
    let missing = || Row {
        name: String::new(),
        runs: Vec::new(),
    };
    let native = rows.next().unwrap_or_else(missing);
    let purser = rows.next().unwrap_or_else(missing);
    let section = section
        .find(
            "wall time",
            ratios(&purser, &native, |usage| usage.wall),
            ("×", "native's"),
            Some(goal),
        )
        .find(
            "CPU time",
            ratios(&purser, &native, |usage| usage.cpu),
            ("×", "native's"),
            None,
        );

    (section, purser)
}

fn peak(row: &Row) -> Figure {
    Figure::from_values(row.runs.iter().map(|run| run.usage.peak))
}
