//! `profiles`: many profiles are read by one process at once.

use super::LATENCY_MS;
use crate::bench::Bench;
use crate::figures::Goal;
use crate::home::Home;
use crate::program::Purser;
use crate::report::Section;
use crate::rounds::{self, Lap, Rounds};
use crate::server::Server;
use anyhow::{Result, ensure};

/// How many.
const PROFILES: usize = 500;

/// Members that each has, on one page.
const MEMBERS: usize = 100;

/// The peak of memory, in MiB.
const GOAL: Goal = Goal::AtMost(1024.0);

pub(super) fn measure(bench: &Bench) -> Result<Vec<Section>> {
    let mut server = Server::start_slow(MEMBERS, LATENCY_MS)?;
    let mut home = Home::connected(bench, "sample", "quayboard", &server)?;
    eprintln!("profiles: making {PROFILES}");
    for number in 1..=PROFILES {
        let name = format!("p{number}");
        home = home.with_profile(&name)?;
        home.tell(&["profile", "publish", &name, "--no-run"], "")?;
    }
    let at_once = PROFILES.to_string();
    let all = ["run", "--all", "--at-once", &at_once];
    let (one, all) = (Purser::new(&home, &["run", "p1"]), Purser::new(&home, &all));
    let (one, all) = (one.called("one profile"), all.called("all at once"));
    let rounds = Rounds {
        count: bench.rounds(3),
        warm_up: false,
    };
    let rows = rounds::run(
        "profiles",
        bench,
        rounds,
        &mut server,
        &[&one, &all],
        |laps| {
            for (lap, profiles) in laps.iter().zip([1, PROFILES]) {
                expect(lap, profiles)?;
            }
            Ok(())
        },
    )?;
    let count = rounds.count;
    let title = format!(
        "{PROFILES} profiles of {MEMBERS} members in one process, {LATENCY_MS} ms before each answer; {count} rounds"
    );
    let mut section = Section::of(title, "members", &rows);
    if let [one, all] = rows.as_slice() {
        let gain = one.laps.iter().zip(&all.laps);
        let gain = gain.map(|(one, all)| one.taken.wall * PROFILES as f64 / all.taken.wall);
        let peak = all.laps.iter().map(|lap| lap.taken.peak);
        let each = one.laps.iter().zip(&all.laps);
        let each = each
            .map(|(one, all)| (all.taken.peak - one.taken.peak) * 1024.0 / (PROFILES - 1) as f64);
        section = section
            .find("peak memory of all at once", peak, (" MiB", ""), Some(GOAL))
            .find("memory of each further profile", each, (" KiB", ""), None)
            .find(
                "speed",
                gain,
                ("×", "one process a profile, one after the other"),
                None,
            );
    }
    Ok(vec![section])
}

/// Fails unless so many profiles were read whole.
fn expect(lap: &Lap, profiles: usize) -> Result<()> {
    let read = u64::try_from(profiles) == Ok(lap.told.answered);
    let stored = i64::try_from(profiles * MEMBERS) == Ok(lap.contents.rows);
    ensure!(
        read && stored,
        "{profiles} profiles of {MEMBERS} members would be right: {lap:?}"
    );
    Ok(())
}
