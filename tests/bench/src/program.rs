//! The programs that are measured.

use crate::contents::{self, Contents};
use crate::measure::{Taken, measure};
use crate::server::TOKEN;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Something that can do the job, from the beginning, as often as one likes.
pub(crate) trait Program {
    /// What the table calls it.
    fn name(&self) -> &'static str;

    /// Does the job once in an empty directory: what it took, and what it stored.
    fn run(&self, scratch: &Path) -> Result<(Taken, Contents)>;
}

/// The native program.
pub(crate) struct Native {
    pub(crate) base_url: String,
}

impl Program for Native {
    fn name(&self) -> &'static str {
        "native"
    }

    fn run(&self, scratch: &Path) -> Result<(Taken, Contents)> {
        let database = scratch.join("native.db");
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("native").arg("--base-url").arg(&self.base_url).arg("--database").arg(&database);
        Ok((measure(&command)?, contents::read(&database, contents::NATIVE)?))
    }
}

/// Purser, with a home that is ready but for the download.
pub(crate) struct Purser {
    binary: PathBuf,
    home: tempfile::TempDir,
}

impl Purser {
    /// Makes the home, by the commands that a user would type.
    pub(crate) fn ready(binary: &Path, connector: &Path, base_url: &str) -> Result<Self> {
        let purser = Self { binary: binary.to_owned(), home: tempfile::tempdir()? };
        let file = connector.to_str().context("the connector's path is no text")?;
        purser.prepare(&["connector", "upload", file], "")?;
        purser.prepare(&["connector", "grant", "quayboard", "--all"], "")?;
        purser.prepare(&["alias", "create", "bench", "--connector", "quayboard"], "")?;
        let connection = ["connection", "create", "bench", "--alias", "bench", "--base-url", base_url];
        let how = ["--template", "bearer", "--private-network", "--secret-stdin"];
        purser.prepare(&[&connection[..], &how].concat(), TOKEN)?;
        purser.prepare(&["profile", "create", "bench", "--connector", "quayboard", "--alias", "bench"], "")?;
        Ok(purser)
    }

    fn template(&self) -> PathBuf {
        self.home.path().join("home")
    }

    fn prepare(&self, arguments: &[&str], input: &str) -> Result<()> {
        let mut command = Command::new(&self.binary);
        command.args(arguments).env("PURSER_HOME", self.template());
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("{} cannot be run", self.binary.display()))?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        let output = child.wait_with_output()?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "purser {}: {}", arguments.join(" "), errors.trim());
        Ok(())
    }
}

impl Program for Purser {
    fn name(&self) -> &'static str {
        "purser"
    }

    fn run(&self, scratch: &Path) -> Result<(Taken, Contents)> {
        let home = scratch.join("home");
        copy(&self.template(), &home)?;
        let mut command = Command::new(&self.binary);
        command.args(["run", "bench", "--stream", "members"]).env("PURSER_HOME", &home);
        Ok((measure(&command)?, contents::read(&home.join("purser.db"), contents::PURSER)?))
    }
}

/// Copies a directory with all that is in it, rights included: Purser refuses a key that others may read.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
