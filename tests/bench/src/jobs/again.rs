//! `again`: the list is read once more, and nothing has changed.

use super::{expected, sync};
use crate::bench::Bench;
use crate::figures::Goal;
use crate::home::Home;
use crate::program::{Native, Purser};
use crate::report::Section;
use crate::rounds::{self, Rounds};
use crate::server::{PAGE, Server};
use anyhow::Result;

/// The wall time of Purser over the native program's.
const GOAL: Goal = Goal::AtMost(1.15);

/// What Purser does, the first time and every other time.
const RUN: [&str; 4] = ["run", "bench", "--stream", "members"];

pub(super) fn measure(bench: &Bench) -> Result<Vec<Section>> {
    let users = bench.users;
    let mut server = Server::start(users)?;
    let home = Home::connected(bench, "sample", "quayboard", &server)?.with_profile("bench")?;
    home.tell(&RUN, "")?;
    let place = bench.place()?;
    let native = Native::of(&server).synced(place.path())?;
    let purser = Purser::new(&home, &RUN);
    let rounds = Rounds {
        count: bench.rounds(5),
        warm_up: true,
    };
    let rows = rounds::run(
        "again",
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
        "{users} users, {PAGE} a page behind a cursor, into a database that has them, unchanged; {} rounds",
        rounds.count
    );
    Ok(vec![
        sync::beside_native(Section::of(title, "users", &rows), rows, GOAL).0,
    ])
}
