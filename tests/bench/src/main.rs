//! Measures Purser beside native programs that do the same jobs, in the same run.
//!
//! The real binary, `purser run`, does every job with a connector in its sandbox. Its result is
//! compared with [`native`], which does the same without anything in between, or with the time of
//! the latency alone. Both programs read the sample application, which runs in its own process on
//! the same machine. After every run the databases are compared. The server reports pages that
//! were fetched twice, and its own CPU time: a saturated server would make all programs look alike.
//!
//! A fair comparison considers the work that only Purser does. It commits every page with its
//! cursor, so that it can resume. It checks every request against a grant and every response for
//! the credential. It also keeps track of the accounts it saw, to detect those that are gone.
//!
//! | file | concept |
//! |---|---|
//! | `jobs/*` | the jobs, one in a file |
//! | `native` | the native program |
//! | `home`, `program` | a prepared Purser home, and the programs that a job compares |
//! | `rounds` | running every program once a round |
//! | `server` | the sample application in its own process |
//! | `measure` | resource usage of a process |
//! | `contents` | checksums over the stored rows |
//! | `figures`, `report` | medians, goals, tables |
//! | `options` | command line options of all jobs |

mod contents;
mod figures;
mod home;
mod jobs;
mod measure;
mod native;
mod options;
mod program;
mod report;
mod rounds;
mod server;

use clap::{Parser, Subcommand};
use jobs::Job;
use options::Options;
use std::ffi::OsString;
use std::path::PathBuf;

/// Measure Purser beside native programs that do the same jobs
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", args_conflicts_with_subcommands = true)]
struct Arguments {
    /// Jobs to measure [default: all of them]
    #[arg(value_enum)]
    jobs: Vec<Job>,
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    role: Option<Role>,
}

/// Role of this program in its other processes.
#[derive(Debug, Subcommand)]
#[command(hide = true)]
enum Role {
    /// Serve the sample application
    #[command(hide = true)]
    Server {
        /// Number of users
        #[arg(long)]
        users: usize,
        /// Time before every response, in milliseconds
        #[arg(long, default_value_t = 0)]
        latency_ms: u64,
    },
    /// Run the native program
    #[command(hide = true)]
    Native {
        /// Base URL of the application
        #[arg(long)]
        base_url: String,
        /// Database to create or to update
        #[arg(long)]
        database: PathBuf,
    },
    /// Run a command and write its resource usage to a file
    #[command(hide = true)]
    Timed {
        /// File for the resource usage, as JSON
        #[arg(long)]
        report: PathBuf,
        /// Command to run
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

fn main() -> anyhow::Result<()> {
    let Arguments {
        jobs,
        options,
        role,
    } = Arguments::parse();

    match role {
        None => jobs::run(&options, jobs),
        Some(Role::Server { users, latency_ms }) => server::serve(users, latency_ms),
        Some(Role::Native { base_url, database }) => {
            native::sync(&base_url, server::TOKEN, &database)
        }
        Some(Role::Timed { report, command }) => measure::run_wrapped(&report, &command),
    }
}
