//! Runs other programs.

use crate::root::root;
use anyhow::{Context as _, Result};
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, ExitStatus};

/// A program that ended without success. Its own messages have been shown already.
#[derive(Debug)]
pub(crate) struct Failed {
    line: String,
    status: ExitStatus,
}

impl Failed {
    /// The exit code to pass on; `None` if a signal ended the program.
    pub(crate) fn code(&self) -> Option<u8> {
        self.status.code().and_then(|code| u8::try_from(code).ok())
    }
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` failed ({})", self.line, self.status)
    }
}

impl std::error::Error for Failed {}

/// Returns the cargo that runs this program, with the checkout as its folder.
pub(crate) fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut cargo = Command::new(program);
    cargo.current_dir(root());
    cargo
}

/// Runs a command to its end, with this program's standard input and output.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{} does not start", line(command)))?;

    if status.success() {
        Ok(())
    } else {
        let line = line(command);
        Err(Failed { line, status }.into())
    }
}

/// Returns the command as a person would type it.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(short).collect::<Vec<_>>().join(" ")
}

/// Returns a word of a command line; of an absolute path only the file name.
fn short(word: &OsStr) -> String {
    match Path::new(word).file_name() {
        Some(name) if Path::new(word).is_absolute() => name.to_string_lossy().into_owned(),
        _ => word.to_string_lossy().into_owned(),
    }
}
