//! Job `resync`: a second read of a list that has not changed.

use super::{expected, sync};
use crate::figures::Goal;
use crate::home::Home;
use crate::options::Options;
use crate::program::{Native, Purser};
use crate::report::Section;
use crate::rounds::{self, Rounds};
use crate::server::{PAGE, Server};
use anyhow::Result;

/// Wall time of Purser divided by that of the native program.
const GOAL: Goal = Goal::AtMost(1.15);

/// Arguments of Purser, both for preparing the database and for the measured runs.
const RUN: [&str; 4] = ["run", "bench", "--stream", "members"];

pub(super) fn measure(options: &Options) -> Result<Vec<Section>> {
    let users = options.users();
    let mut server = Server::start(users)?;
    let home = Home::connected(options, "sample", "quayboard", &server)?.with_profile("bench")?;
    home.run(&RUN, "")?;

    let scratch_dir = options.scratch_dir()?;
    let native = Native::new(&server).with_synced_database(scratch_dir.path())?;
    let purser = Purser::new(&home, &RUN);
    let rounds = Rounds {
        count: options.rounds(5),
        warm_up: true,
    };
    let rows = rounds::run(
        "resync",
        options,
        rounds,
        &mut server,
        &[&native, &purser],
        |runs| {
            expected::each_once(runs, expected::pages(users))?;
            expected::same_users(runs, users)
        },
    )?;

    let title = format!(
        "{users} users, {PAGE} a page by cursor, into a database that has them, unchanged; {} rounds",
        rounds.count
    );

    Ok(vec![
        sync::beside_native(Section::new(title, "users", &rows), rows, GOAL).0,
    ])
}
