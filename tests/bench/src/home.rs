//! A home of Purser's, made ready by the commands that a user would type, and copied for every run.

use crate::bench::Bench;
use crate::server::{Server, TOKEN};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A home that is ready for a run.
pub(crate) struct Home {
    binary: PathBuf,
    place: TempDir,
    connector: &'static str,
}

impl Home {
    /// One in which a connector is granted all it wants and a connection to the server works. `file` is the connector's file, `connector`
    /// what it calls itself.
    pub(crate) fn connected(
        bench: &Bench,
        file: &str,
        connector: &'static str,
        server: &Server,
    ) -> Result<Self> {
        let home = Self {
            binary: bench.purser()?,
            place: bench.place()?,
            connector,
        };
        let file = bench.connector(file)?;
        home.tell(
            &[
                "connector",
                "upload",
                file.to_str().context("the connector's path is no text")?,
            ],
            "",
        )?;
        home.tell(&["connector", "grant", connector, "--all"], "")?;
        home.tell(&["alias", "create", "bench", "--connector", connector], "")?;
        let connection = [
            "connection",
            "create",
            "bench",
            "--alias",
            "bench",
            "--base-url",
            &server.base_url,
        ];
        let how = [
            "--template",
            "bearer",
            "--private-network",
            "--secret-stdin",
        ];
        home.tell(&[&connection[..], &how].concat(), TOKEN)?;
        Ok(home)
    }

    /// Adds a profile, as a draft.
    pub(crate) fn with_profile(self, name: &str) -> Result<Self> {
        self.tell(
            &[
                "profile",
                "create",
                name,
                "--connector",
                self.connector,
                "--alias",
                "bench",
            ],
            "",
        )?;
        Ok(self)
    }

    /// Runs a command in this home.
    pub(crate) fn tell(&self, arguments: &[&str], input: &str) -> Result<()> {
        let mut command = self.command(&self.template(), arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .with_context(|| format!("{} cannot be run", self.binary.display()))?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        let output = child.wait_with_output()?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "purser {}: {}",
            arguments.join(" "),
            errors.trim()
        );
        Ok(())
    }

    /// A command in a copy of this home.
    pub(crate) fn command(&self, copy: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments).env("PURSER_HOME", copy);
        command
    }

    /// Copies it.
    pub(crate) fn copy_to(&self, copy: &Path) -> Result<()> {
        copy_directory(&self.template(), copy)
    }

    fn template(&self) -> PathBuf {
        self.place.path().join("home")
    }
}

/// Copies a directory with all that is in it, rights included: Purser refuses a key that others may read.
fn copy_directory(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_directory(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
