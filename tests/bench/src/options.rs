//! Options that all jobs share: binary, connectors, disk and the number of rounds.

use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use tempfile::TempDir;

/// Options of every job.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Number of users for the jobs `sync` and `resync`
    #[arg(long, default_value_t = 100_000)]
    users: usize,
    /// Measure `sync` also with ten times as many users
    #[arg(long)]
    pub(crate) large: bool,
    /// Run each job once at a hundredth of its size: to see that it works, not to measure
    #[arg(long, conflicts_with_all = ["users", "large", "rounds"])]
    tiny: bool,
    /// Measured runs of each program [default: 3 or 5, depending on the job]
    #[arg(long)]
    rounds: Option<usize>,
    /// The purser binary to measure [default: the one beside this program]
    #[arg(long)]
    purser: Option<PathBuf>,
    /// Directory of the built connectors
    #[arg(long, value_name = "DIR", default_value = "target/connectors")]
    connectors: PathBuf,
    /// Directory for the databases, on the disk to be measured [default: the system's directory for
    /// temporary files]
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
}

impl Options {
    /// Fails if the options leave nothing to measure, or the binary is missing.
    pub(crate) fn check(&self) -> Result<()> {
        ensure!(
            self.users > 0 && self.rounds != Some(0),
            "the numbers of users and rounds must be positive"
        );
        self.purser().map(drop)
    }

    /// Returns the path of the purser binary.
    pub(crate) fn purser(&self) -> Result<PathBuf> {
        let beside = || Ok::<_, anyhow::Error>(std::env::current_exe()?.with_file_name("purser"));
        existing(self.purser.clone().map_or_else(beside, Ok)?)
    }

    /// Returns the path of the built connector with this name.
    pub(crate) fn connector(&self, name: &str) -> Result<PathBuf> {
        existing(self.connectors.join(format!("{name}.wasm")))
    }

    /// Returns the number of measured rounds: the option if given, else the job's default.
    pub(crate) fn rounds(&self, usual: usize) -> usize {
        if self.tiny {
            1
        } else {
            self.rounds.unwrap_or(usual)
        }
    }

    /// Returns the number of users for the jobs `sync` and `resync`.
    pub(crate) fn users(&self) -> usize {
        self.scaled(self.users)
    }

    /// Returns a size of a job: a hundredth of it for a tiny run.
    pub(crate) fn scaled(&self, size: usize) -> usize {
        if self.tiny { size.div_ceil(100) } else { size }
    }

    /// Creates an empty directory on the disk to be measured.
    pub(crate) fn scratch_dir(&self) -> Result<TempDir> {
        let scratch_dir = match &self.scratch {
            Some(directory) => tempfile::tempdir_in(directory),
            None => tempfile::tempdir(),
        };
        scratch_dir.context("no directory for the databases")
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
