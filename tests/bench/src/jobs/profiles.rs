//! Job `profiles`: many profiles read by one process at once.

use super::LATENCY_MS;
use crate::figures::Goal;
use crate::home::Home;
use crate::options::Options;
use crate::program::Purser;
use crate::report::Section;
use crate::rounds::{self, ProgramRun, Rounds};
use crate::server::Server;
use anyhow::{Result, ensure};

/// Number of profiles.
const PROFILES: usize = 500;

/// Members of each profile, all on one page.
const MEMBERS: usize = 100;

/// Peak memory, in MiB.
const GOAL: Goal = Goal::AtMost(1024.0);

pub(super) fn measure(options: &Options) -> Result<Vec<Section>> {
    let profiles = options.scaled(PROFILES);
    let mut server = Server::start_slow(MEMBERS, LATENCY_MS)?;
    let mut home = Home::connected(options, "sample", "quayboard", &server)?;
    eprintln!("profiles: making {profiles}");

    for number in 1..=profiles {
        let name = format!("p{number}");
        home = home.with_profile(&name)?;
        home.run(&["profile", "publish", &name, "--no-run"], "")?;
    }

    let max_concurrent = profiles.to_string();
    let all = ["run", "--all", "--at-once", &max_concurrent];
    let one = Purser::new(&home, &["run", "p1"]);
    let all = Purser::new(&home, &all);
    let one = one.with_name("one profile");
    let all = all.with_name("all at once");

    let rounds = Rounds {
        count: options.rounds(3),
        warm_up: false,
    };
    let rows = rounds::run(
        "profiles",
        options,
        rounds,
        &mut server,
        &[&one, &all],
        |runs| {
            for (run, profiles) in runs.iter().zip([1, profiles]) {
                expect(run, profiles)?;
            }
            Ok(())
        },
    )?;

    let count = rounds.count;
    let title = format!(
        "{profiles} profiles of {MEMBERS} members in one process, {LATENCY_MS} ms before each response; {count} rounds"
    );

    let mut section = Section::new(title, "members", &rows);
    if let [one, all] = rows.as_slice() {
        let gain = one.runs.iter().zip(&all.runs);
        let gain = gain.map(|(one, all)| one.usage.wall * profiles as f64 / all.usage.wall);
        let peak = all.runs.iter().map(|run| run.usage.peak);
        let each = one.runs.iter().zip(&all.runs);
        let each = each
            .map(|(one, all)| (all.usage.peak - one.usage.peak) * 1024.0 / (profiles - 1) as f64);

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

/// Fails unless this many profiles were read completely.
fn expect(run: &ProgramRun, profiles: usize) -> Result<()> {
    let read = u64::try_from(profiles) == Ok(run.stats.answered);
    let stored = i64::try_from(profiles * MEMBERS) == Ok(run.contents.rows);
    ensure!(
        read && stored,
        "{profiles} profiles of {MEMBERS} members would be right: {run:?}"
    );
    Ok(())
}
