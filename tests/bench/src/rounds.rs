//! Rounds: every program runs once in each, so that other load of the machine affects all of them
//! alike.

use crate::contents::Contents;
use crate::measure::ResourceUsage;
use crate::options::Options;
use crate::program::Program;
use crate::server::{Server, ServerStats};
use anyhow::{Context, Result};

/// One run of a program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProgramRun {
    /// Resource usage.
    pub(crate) usage: ResourceUsage,
    /// Statistics of the server.
    pub(crate) stats: ServerStats,
    /// Checksums of the stored rows.
    pub(crate) contents: Contents,
}

/// All measured runs of a program.
#[derive(Debug)]
pub(crate) struct Row {
    /// Name of the program.
    pub(crate) name: String,
    /// The runs, in the order of the rounds.
    pub(crate) runs: Vec<ProgramRun>,
}

/// Number of rounds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rounds {
    /// Measured rounds.
    pub(crate) count: usize,
    /// If set, an unmeasured round comes first and fills the machine's caches. Useless if most of
    /// the time is spent waiting.
    pub(crate) warm_up: bool,
}

/// Runs the programs in turn. `check` fails if a program did not do its job, which makes the round
/// invalid.
pub(crate) fn run(
    job: &str,
    options: &Options,
    rounds: Rounds,
    server: &mut Server,
    programs: &[&dyn Program],
    check: impl Fn(&[ProgramRun]) -> Result<()>,
) -> Result<Vec<Row>> {
    let mut rows: Vec<_> = programs
        .iter()
        .map(|program| Row {
            name: program.name().into(),
            runs: vec![],
        })
        .collect();
    for round in usize::from(!rounds.warm_up)..=rounds.count {
        eprintln!("{job}: round {round} of {}", rounds.count);
        let runs = programs
            .iter()
            .map(|program| once(*program, options, server))
            .collect::<Result<Vec<_>>>()?;
        check(&runs).with_context(|| format!("round {round} of {job} is invalid"))?;

        if round > 0 {
            rows.iter_mut()
                .zip(runs)
                .for_each(|(row, run)| row.runs.push(run));
        }
    }

    Ok(rows)
}

fn once(program: &dyn Program, options: &Options, server: &mut Server) -> Result<ProgramRun> {
    let scratch = options.scratch_dir()?;
    server.stats()?;
    let ran = program
        .run(scratch.path())
        .with_context(|| format!("{} failed", program.name()));
    let (usage, contents) = ran?;

    Ok(ProgramRun {
        usage,
        stats: server.stats()?,
        contents,
    })
}
