//! Measures Purser beside native programs that do the same jobs, in the same run.
//!
//! Every job is done by the real binary, `purser run`, with a connector in its sandbox, and compared with what does the same with nothing in
//! between: [`native`], or what the waits alone take. Both read the sample application, a process of its own on the same machine; their
//! databases are compared after every run, and the server tells whether a page was fetched twice, and how busy it was: a server that has no
//! time left would make all programs look alike.
//!
//! Whoever compares the two should know what Purser does and the native program does not: it commits every page with its cursor, so that it
//! can resume; checks every request against a grant and every answer for the credential; and remembers which accounts it saw, so that it can
//! tell which are gone.
//!
//! | file | one concept |
//! |---|---|
//! | `jobs/*` | what is measured, one job a file |
//! | `native` | the native program |
//! | `home`, `program` | Purser made ready, and the programs that a job sets beside one another |
//! | `rounds` | every program once a round |
//! | `server` | the sample application in its process |
//! | `measure` | what a process takes |
//! | `contents` | what it stored |
//! | `figures`, `report` | medians, goals, tables |

mod bench;
mod contents;
mod figures;
mod home;
mod jobs;
mod measure;
mod native;
mod program;
mod report;
mod rounds;
mod server;

use bench::Bench;
use clap::{Parser, Subcommand};
use jobs::Job;
use std::ffi::OsString;
use std::path::PathBuf;

/// Measure Purser beside native programs that do the same jobs
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", args_conflicts_with_subcommands = true)]
struct Arguments {
    /// What to measure [default: all of it]
    #[arg(value_enum)]
    jobs: Vec<Job>,
    #[command(flatten)]
    bench: Bench,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What this program is in its other processes.
#[derive(Debug, Subcommand)]
#[command(hide = true)]
enum Part {
    /// The server
    #[command(hide = true)]
    Server {
        /// Users it has
        #[arg(long)]
        users: usize,
        /// How long every answer takes
        #[arg(long, default_value_t = 0)]
        latency_ms: u64,
    },
    /// The native program
    #[command(hide = true)]
    Native {
        /// Where the application is
        #[arg(long)]
        base_url: String,
        /// The database to make or to bring up to date
        #[arg(long)]
        database: PathBuf,
    },
    /// Runs a command and writes what it took
    #[command(hide = true)]
    Timed {
        /// Where to
        #[arg(long)]
        report: PathBuf,
        /// The command
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

fn main() -> anyhow::Result<()> {
    let Arguments { jobs, bench, part } = Arguments::parse();
    match part {
        None => jobs::run(&bench, jobs),
        Some(Part::Server { users, latency_ms }) => server::serve(users, latency_ms),
        Some(Part::Native { base_url, database }) => {
            native::sync(&base_url, server::TOKEN, &database)
        }
        Some(Part::Timed { report, command }) => measure::timed(&report, &command),
    }
}
