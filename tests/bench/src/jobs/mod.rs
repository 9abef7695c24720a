//! The jobs, one in a file.

mod accounts;
mod call;
mod expected;
mod latency;
mod partitions;
mod profiles;
mod resync;
mod sync;

use crate::options::Options;
use crate::report::Section;
use anyhow::{Context, Result};
use clap::ValueEnum;

/// A job. The order is that of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Job {
    /// List the members, and store them in an empty database
    Sync,
    /// List the members again, with a database that has them all, unchanged
    #[value(alias = "again")]
    Resync,
    /// List members by cursor, with 20 ms before each response
    Latency,
    /// List members by offset in concurrent partitions, against the native program, which follows
    /// the cursor
    #[value(alias = "parts")]
    Partitions,
    /// Read activity account by account, with 20 ms before each response, against the time of the
    /// latency alone
    Accounts,
    /// Call a connector that does nothing, with a fresh instance each time
    Call,
    /// Run 500 profiles at once in one process
    Profiles,
}

/// Time before each response in the jobs about latency, in milliseconds.
const LATENCY_MS: u64 = 20;

impl Job {
    fn measure(self, options: &Options) -> Result<Vec<Section>> {
        match self {
            Self::Sync => sync::measure(options),
            Self::Resync => resync::measure(options),
            Self::Latency => latency::measure(options),
            Self::Partitions => partitions::measure(options),
            Self::Accounts => accounts::measure(options),
            Self::Call => call::measure(options),
            Self::Profiles => profiles::measure(options),
        }
    }
}

/// Runs the jobs and prints the result of each as soon as it is known.
pub(crate) fn run(options: &Options, mut jobs: Vec<Job>) -> Result<()> {
    options.check()?;

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
            .measure(options)
            .with_context(|| format!("{name} could not be measured"))?
        {
            println!("{name}: {section}");
        }
    }

    Ok(())
}
