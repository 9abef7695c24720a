//! Measures a sync beside a native program doing the same job.
//!
//! The job: list the members of the sample application over HTTP on loopback, 200 a page behind a cursor, and store them in an SQLite
//! database. Two programs do it, in turn, from one server, in the same run: `purser run`, with the connector in its sandbox, and
//! [`native`], which has nothing in between. The databases are compared after every run, and the server tells whether a page was fetched
//! twice.
//!
//! Whoever compares the two should know what Purser does and the native program does not: it commits every page with its cursor, so that it
//! can resume; checks every request against a grant and every answer for the credential; and remembers which accounts it saw, so that it can
//! tell which are gone.

mod contents;
mod measure;
mod native;
mod program;
mod report;
mod rounds;
mod server;

use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

/// Measure a sync beside a native program doing the same job
#[derive(Debug, Parser)]
struct Arguments {
    /// Users to download
    #[arg(long, default_value_t = 100_000)]
    users: usize,
    /// Runs of each program that count; one more of each comes first and does not
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// The purser to measure [default: the one beside this program]
    #[arg(long)]
    purser: Option<PathBuf>,
    /// The sample application's connector
    #[arg(long, default_value = "target/connectors/sample.wasm")]
    connector: PathBuf,
    /// Where the databases are made: the disk to be measured [default: the system's directory for temporary files]
    #[arg(long)]
    scratch: Option<PathBuf>,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What this program is in its other processes.
#[derive(Debug, Subcommand)]
#[command(hide = true)]
enum Part {
    /// The server
    Server {
        /// Users it has
        #[arg(long)]
        users: usize,
    },
    /// The native program
    Native {
        /// Where the application is
        #[arg(long)]
        base_url: String,
        /// The database to make
        #[arg(long)]
        database: PathBuf,
    },
    /// Runs a command and writes what it took
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
    let arguments = Arguments::parse();
    match arguments.part {
        None => rounds::run(&arguments),
        Some(Part::Server { users }) => server::serve(users),
        Some(Part::Native { base_url, database }) => native::sync(&base_url, server::TOKEN, &database),
        Some(Part::Timed { report, command }) => measure::timed(&report, &command),
    }
}
