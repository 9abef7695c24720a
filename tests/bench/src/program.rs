//! The programs that are measured.

use crate::contents::{self, Contents};
use crate::home::Home;
use crate::measure::{Taken, measure};
use crate::server::Server;
use anyhow::Result;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Something that can do the job, from where the job begins, as often as one likes.
pub(crate) trait Program {
    /// What the table calls it.
    fn name(&self) -> &str;

    /// Does the job once in an empty directory: what it took, and what is stored then.
    fn run(&self, scratch: &Path) -> Result<(Taken, Contents)>;
}

/// The native program.
pub(crate) struct Native {
    base_url: String,
    /// The database that it finds.
    found: Option<PathBuf>,
}

impl Native {
    /// One that finds no database.
    pub(crate) fn of(server: &Server) -> Self {
        Self {
            base_url: server.base_url.clone(),
            found: None,
        }
    }

    /// The same with the database that it makes now in this directory.
    pub(crate) fn synced(mut self, place: &Path) -> Result<Self> {
        self.run(place)?;
        self.found = Some(Self::database(place));
        Ok(self)
    }

    fn database(place: &Path) -> PathBuf {
        place.join("native.db")
    }
}

impl Program for Native {
    fn name(&self) -> &str {
        "native"
    }

    fn run(&self, scratch: &Path) -> Result<(Taken, Contents)> {
        let database = Self::database(scratch);
        if let Some(found) = &self.found {
            fs::copy(found, &database)?;
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

/// A command of Purser's, in a copy of a home.
pub(crate) struct Purser<'a> {
    name: &'a str,
    home: &'a Home,
    arguments: &'a [&'a str],
}

impl<'a> Purser<'a> {
    /// One that the table calls `purser`.
    pub(crate) const fn new(home: &'a Home, arguments: &'a [&'a str]) -> Self {
        Self {
            name: "purser",
            home,
            arguments,
        }
    }

    /// The same with another name in the table.
    pub(crate) const fn called(self, name: &'a str) -> Self {
        Self { name, ..self }
    }
}

impl Program for Purser<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn run(&self, scratch: &Path) -> Result<(Taken, Contents)> {
        let home = scratch.join("home");
        self.home.copy_to(&home)?;
        let taken = measure(&self.home.command(&home, self.arguments))?;
        Ok((
            taken,
            contents::read(&home.join("purser.db"), contents::PURSER)?,
        ))
    }
}
