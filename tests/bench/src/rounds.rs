//! The rounds: every program once a round, so that whatever else the machine does meets all of them alike.

use crate::Arguments;
use crate::contents::Contents;
use crate::measure::Taken;
use crate::program::{Native, Program, Purser};
use crate::report;
use crate::server::Server;
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;

/// Measures, and prints what came of it.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    ensure!(arguments.users > 0 && arguments.rounds > 0, "there must be a user and a round");
    let binary = arguments.purser.clone().map_or_else(beside, Ok)?;
    for file in [&binary, &arguments.connector] {
        ensure!(file.exists(), "{} is missing; `cargo xtask bench` builds it", file.display());
    }
    let mut server = Server::start(arguments.users)?;
    let purser = Purser::ready(&binary, &arguments.connector, &server.base_url)?;
    let native = Native { base_url: server.base_url.clone() };
    let programs: [&dyn Program; 2] = [&native, &purser];
    let mut taken = programs.map(|_| Vec::new());
    // The first round warms the machine's caches up, and does not count.
    for round in 0..=arguments.rounds {
        eprintln!("round {round} of {}", arguments.rounds);
        let mut stored = Vec::new();
        for (program, taken) in programs.iter().zip(&mut taken) {
            let (took, contents) = once(*program, arguments, &mut server)?;
            stored.push((program.name(), contents));
            if round > 0 {
                taken.push(took);
            }
        }
        compare(&stored, arguments.users)?;
    }
    let rows: Vec<_> = programs.iter().map(|program| program.name()).zip(taken).collect();
    print!("{}", report::table(arguments.users, &rows));
    Ok(())
}

fn beside() -> Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("purser"))
}

fn once(program: &dyn Program, arguments: &Arguments, server: &mut Server) -> Result<(Taken, Contents)> {
    let scratch = match &arguments.scratch {
        Some(directory) => tempfile::tempdir_in(directory),
        None => tempfile::tempdir(),
    };
    let scratch = scratch.context("no place for the databases")?;
    let ran = program.run(scratch.path()).with_context(|| format!("{} failed", program.name()))?;
    server.expect_each_page_once(arguments.users).with_context(|| format!("{} read badly", program.name()))?;
    Ok(ran)
}

/// Fails unless all have stored the same rows, and all of them.
fn compare(stored: &[(&str, Contents)], users: usize) -> Result<()> {
    let complete = stored.iter().all(|(_, contents)| i64::try_from(users) == Ok(contents.rows));
    let same = stored.windows(2).all(|pair| matches!(pair, [(_, one), (_, other)] if one == other));
    ensure!(complete && same, "the databases do not hold the same {users} users: {stored:?}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_that_differ_are_no_result() {
        let one = Contents { rows: 2, id_bytes: 8, email_bytes: 30 };
        assert!(compare(&[("a", one), ("b", one)], 2).is_ok());
        assert!(compare(&[("a", one), ("b", one)], 3).is_err(), "both lack a row");
        assert!(compare(&[("a", one), ("b", Contents { email_bytes: 29, ..one })], 2).is_err());
    }
}
