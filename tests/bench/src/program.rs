//! The programs that are measured.

use crate::contents::{self, Contents};
use crate::home::Home;
use crate::measure::{ResourceUsage, measure};
use crate::server::Server;
use anyhow::Result;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program that does the job repeatedly, each time from the same initial state.
pub(crate) trait Program {
    /// Returns the name in the table.
    fn name(&self) -> &str;

    /// Does the job once in an empty directory. Returns the resource usage and the checksums of the
    /// stored rows.
    fn run(&self, scratch: &Path) -> Result<(ResourceUsage, Contents)>;
}

/// The native program.
pub(crate) struct Native {
    base_url: String,
    /// Database to copy into place before each run. Without one, the program starts with none.
    initial: Option<PathBuf>,
}

impl Native {
    /// Creates the program without an initial database.
    pub(crate) fn new(server: &Server) -> Self {
        Self {
            base_url: server.base_url.clone(),
            initial: None,
        }
    }

    /// Runs the program now in this directory, and uses its database as the initial one.
    pub(crate) fn with_synced_database(mut self, scratch_dir: &Path) -> Result<Self> {
        self.run(scratch_dir)?;
        self.initial = Some(Self::database(scratch_dir));
        Ok(self)
    }

    fn database(scratch_dir: &Path) -> PathBuf {
        scratch_dir.join("native.db")
    }
}

impl Program for Native {
    fn name(&self) -> &str {
        "native"
    }

    fn run(&self, scratch: &Path) -> Result<(ResourceUsage, Contents)> {
        let database = Self::database(scratch);
        if let Some(initial) = &self.initial {
            fs::copy(initial, &database)?;
        }

        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg("native")
            .arg("--base-url")
            .arg(&self.base_url)
            .arg("--database")
            .arg(&database);

        Ok((
            measure(&command)?,
            contents::read(&database, contents::NATIVE)?,
        ))
    }
}

/// A command of Purser in a copy of a home.
pub(crate) struct Purser<'a> {
    name: &'a str,
    home: &'a Home,
    arguments: &'a [&'a str],
}

impl<'a> Purser<'a> {
    /// Creates the program with the name `purser`.
    pub(crate) const fn new(home: &'a Home, arguments: &'a [&'a str]) -> Self {
        Self {
            name: "purser",
            home,
            arguments,
        }
    }

    /// Sets another name for the table.
    pub(crate) const fn with_name(self, name: &'a str) -> Self {
        Self { name, ..self }
    }
}

impl Program for Purser<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn run(&self, scratch: &Path) -> Result<(ResourceUsage, Contents)> {
        let home = scratch.join("home");
        self.home.copy_to(&home)?;
        let usage = measure(&self.home.command(&home, self.arguments))?;
        Ok((
            usage,
            contents::read(&home.join("purser.db"), contents::PURSER)?,
        ))
    }
}
