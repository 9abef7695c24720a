//! What all jobs share: the binary, the connectors, the disk, and how much is to be measured.

use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use tempfile::TempDir;

/// Options of every job.
#[derive(Debug, clap::Args)]
pub(crate) struct Bench {
    /// Users that `sync` and `again` are about
    #[arg(long, default_value_t = 100_000)]
    pub(crate) users: usize,
    /// Measure `sync` with ten times as many users, too
    #[arg(long)]
    pub(crate) large: bool,
    /// Runs of each program that count [default: 3 or 5, depending on the job]
    #[arg(long)]
    rounds: Option<usize>,
    /// The purser to measure [default: the one beside this program]
    #[arg(long)]
    purser: Option<PathBuf>,
    /// Where the connectors are
    #[arg(long, value_name = "DIR", default_value = "target/connectors")]
    connectors: PathBuf,
    /// Where the databases are made: the disk to be measured [default: the system's directory for temporary files]
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
}

impl Bench {
    /// Fails where there is nothing to measure.
    pub(crate) fn check(&self) -> Result<()> {
        ensure!(
            self.users > 0 && self.rounds != Some(0),
            "there must be a user and a round"
        );
        self.purser().map(drop)
    }

    /// The binary.
    pub(crate) fn purser(&self) -> Result<PathBuf> {
        let beside = || Ok::<_, anyhow::Error>(std::env::current_exe()?.with_file_name("purser"));
        existing(self.purser.clone().map_or_else(beside, Ok)?)
    }

    /// The connector of this name.
    pub(crate) fn connector(&self, name: &str) -> Result<PathBuf> {
        existing(self.connectors.join(format!("{name}.wasm")))
    }

    /// How many rounds count, where the job would have it so many.
    pub(crate) fn rounds(&self, usual: usize) -> usize {
        self.rounds.unwrap_or(usual)
    }

    /// An empty directory on the disk to be measured.
    pub(crate) fn place(&self) -> Result<TempDir> {
        let place = match &self.scratch {
            Some(directory) => tempfile::tempdir_in(directory),
            None => tempfile::tempdir(),
        };
        place.context("no place for the databases")
    }
}

fn existing(file: PathBuf) -> Result<PathBuf> {
    ensure!(
        file.exists(),
        "{} is missing; `cargo xtask bench` builds it",
        file.display()
    );
    Ok(file)
}
