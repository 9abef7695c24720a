//! A Purser home, prepared with the commands of a user and copied for every run.

use crate::options::Options;
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
    scratch_dir: TempDir,
    connector: &'static str,
}

impl Home {
    /// Creates a home with a granted connector and a working connection to the server. `file` is
    /// the connector's file, `connector` the name in its description.
    pub(crate) fn connected(
        options: &Options,
        file: &str,
        connector: &'static str,
        server: &Server,
    ) -> Result<Self> {
        let home = Self {
            binary: options.purser()?,
            scratch_dir: options.scratch_dir()?,
            connector,
        };
        let file = options.connector(file)?;
        home.run(
            &[
                "connector",
                "upload",
                file.to_str().context("the connector's path is not UTF-8")?,
            ],
            "",
        )?;

        home.run(&["connector", "grant", connector, "--all"], "")?;
        home.run(&["alias", "create", "bench", "--connector", connector], "")?;
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
        home.run(&[&connection[..], &how].concat(), TOKEN)?;

        Ok(home)
    }

    /// Adds a draft profile.
    pub(crate) fn with_profile(self, name: &str) -> Result<Self> {
        self.run(
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

    /// Runs a command in this home. It must succeed.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Result<()> {
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

    /// Returns a command that runs in a copy of this home.
    pub(crate) fn command(&self, copy: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments).env("PURSER_HOME", copy);
        command
    }

    /// Copies this home to a directory that does not exist yet.
    pub(crate) fn copy_to(&self, copy: &Path) -> Result<()> {
        copy_directory(&self.template(), copy)
    }

    fn template(&self) -> PathBuf {
        self.scratch_dir.path().join("home")
    }
}

/// Copies a directory with all its content and permissions. Purser refuses a vault key that others
/// can read.
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
