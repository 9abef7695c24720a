//! The rounds: every program once a round, so that whatever else the machine does meets all of them alike.

use crate::bench::Bench;
use crate::contents::Contents;
use crate::measure::Taken;
use crate::program::Program;
use crate::server::{Server, Told};
use anyhow::{Context, Result};

/// One run of a program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lap {
    /// What it took.
    pub(crate) taken: Taken,
    /// What the server says of it.
    pub(crate) told: Told,
    /// What is stored now.
    pub(crate) contents: Contents,
}

/// All runs of a program that count.
#[derive(Debug)]
pub(crate) struct Row {
    /// The program.
    pub(crate) name: String,
    /// In the order of the rounds.
    pub(crate) laps: Vec<Lap>,
}

/// How often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rounds {
    /// Rounds that count.
    pub(crate) count: usize,
    /// Whether one more comes first that does not: it warms the machine's caches up. Of no use where most of the time is spent waiting.
    pub(crate) warm_up: bool,
}

/// Runs the programs in turn. `check` fails where a round is no result, because a program did not do what it should have.
pub(crate) fn run(
    job: &str,
    bench: &Bench,
    rounds: Rounds,
    server: &mut Server,
    programs: &[&dyn Program],
    check: impl Fn(&[Lap]) -> Result<()>,
) -> Result<Vec<Row>> {
    let mut rows: Vec<_> = programs
        .iter()
        .map(|program| Row {
            name: program.name().into(),
            laps: vec![],
        })
        .collect();
    for round in usize::from(!rounds.warm_up)..=rounds.count {
        eprintln!("{job}: round {round} of {}", rounds.count);
        let laps = programs
            .iter()
            .map(|program| once(*program, bench, server))
            .collect::<Result<Vec<_>>>()?;
        check(&laps).with_context(|| format!("round {round} of {job} is no result"))?;
        if round > 0 {
            rows.iter_mut()
                .zip(laps)
                .for_each(|(row, lap)| row.laps.push(lap));
        }
    }
    Ok(rows)
}

fn once(program: &dyn Program, bench: &Bench, server: &mut Server) -> Result<Lap> {
    let scratch = bench.place()?;
    server.told()?;
    let ran = program
        .run(scratch.path())
        .with_context(|| format!("{} failed", program.name()));
    let (taken, contents) = ran?;
    Ok(Lap {
        taken,
        told: server.told()?,
        contents,
    })
}
