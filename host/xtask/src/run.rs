//! Runs other programs.

use anyhow::{Context, Result};
use std::ffi::OsString;
use std::process::{Command, ExitStatus};

/// A program that ended without success. Its own messages were shown as they came.
#[derive(Debug)]
pub(crate) struct Failed {
    line: String,
    status: ExitStatus,
}

impl Failed {
    /// The exit code to pass on; none when a signal ended the program.
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

/// The cargo that runs this program.
pub(crate) fn cargo() -> Command {
    let mut cargo =
        Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    cargo.current_dir(crate::steps::root());
    cargo
}

/// Runs a command, with this program's standard input and output, to its end.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{} does not start", line(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failed {
            line: line(command),
            status,
        }
        .into())
    }
}

/// The command as a person would type it.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let short = |word: &std::ffi::OsStr| match std::path::Path::new(word).file_name() {
        Some(name) if std::path::Path::new(word).is_absolute() => {
            name.to_string_lossy().into_owned()
        }
        _ => word.to_string_lossy().into_owned(),
    };
    words.map(short).collect::<Vec<_>>().join(" ")
}
