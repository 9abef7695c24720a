//! Options and output that all commands share: the home directory, and text or JSON.

use super::terminal::print;
use super::{Failure, compiler_process};
use crate::json::{self, Document};
use purser_engine::{Create, Purser};
use std::path::PathBuf;

/// Options of every command.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Context {
    /// Directory for all data of Purser [default: `purser` in the user's data directory]
    #[arg(
        long,
        global = true,
        env = "PURSER_HOME",
        hide_env_values = true,
        value_name = "DIR"
    )]
    home: Option<PathBuf>,

    /// Print the result as one JSON document
    #[arg(long, global = true)]
    json: bool,
}

impl Context {
    /// Returns true if the result is to be printed as JSON.
    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// Opens the home directory, which must exist.
    pub(crate) fn open(&self) -> Result<Purser, Failure> {
        self.open_with(Create::Never)
    }

    /// Opens the home directory, and creates it if it is missing: for commands that a user starts
    /// with.
    pub(crate) fn open_or_create(&self) -> Result<Purser, Failure> {
        self.open_with(Create::IfMissing)
    }

    fn open_with(&self, create: Create) -> Result<Purser, Failure> {
        let compiler = compiler_process::compiler()?;

        Ok(Purser::open(&self.home()?, create, compiler)?)
    }

    fn home(&self) -> Result<PathBuf, Failure> {
        let default = || {
            directories::ProjectDirs::from("", "", "purser").map(|dirs| dirs.data_dir().to_owned())
        };

        self.home.clone().or_else(default).ok_or_else(|| {
            Failure::machine(
                "this user has no home directory",
                "name a directory with --home or PURSER_HOME",
            )
        })
    }

    /// Prints the result of a command on standard output: the document with `--json`, or else the
    /// text.
    pub(crate) fn show(
        &self,
        document: &impl Document,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        if self.json {
            print(&json::to_text(document)?)
        } else {
            print(&text())
        }
    }
}
