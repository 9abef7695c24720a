//! What is measured, one job a file.

mod accounts;
mod again;
mod call;
mod expected;
mod latency;
mod parts;
mod profiles;
mod sync;

use crate::bench::Bench;
use crate::report::Section;
use anyhow::{Context, Result};
use clap::ValueEnum;

/// A job. The order is that of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Job {
    /// List the members, and store them in an empty database
    Sync,
    /// The same with a database that has them all, unchanged
    Again,
    /// List members behind a cursor, with 20 ms before each answer
    Latency,
    /// The same by position, in parts beside one another, against the native program behind the cursor
    Parts,
    /// Activity account by account, with 20 ms before each answer, against what the waits alone take
    Accounts,
    /// A call of a connector that does nothing, in its fresh instance
    Call,
    /// 500 profiles at once in one process
    Profiles,
}

/// What an application takes for an answer, in the jobs that are about that.
const LATENCY_MS: u64 = 20;

impl Job {
    fn measure(self, bench: &Bench) -> Result<Vec<Section>> {
        match self {
            Self::Sync => sync::measure(bench),
            Self::Again => again::measure(bench),
            Self::Latency => latency::measure(bench),
            Self::Parts => parts::measure(bench),
            Self::Accounts => accounts::measure(bench),
            Self::Call => call::measure(bench),
            Self::Profiles => profiles::measure(bench),
        }
    }
}

/// Does the jobs, and prints each when it is done.
pub(crate) fn run(bench: &Bench, mut jobs: Vec<Job>) -> Result<()> {
    bench.check()?;
    if jobs.is_empty() {
        jobs = Job::value_variants().to_vec();
    }
    jobs.sort_unstable();
    jobs.dedup();
    println!("Medians, with the least and the most. Ratios are taken round by round.\n");
    for job in jobs {
        let name = job
            .to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned());
        for section in job
            .measure(bench)
            .with_context(|| format!("{name} could not be measured"))?
        {
            println!("{name}: {section}");
        }
    }
    Ok(())
}
