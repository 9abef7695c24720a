//! Options and output that all commands share: the home directory, and text or JSON.

use super::{Failure, compiler_process};
use crate::json::{self, Document};
use crate::render::sanitize;
use purser_engine::{Create, Purser};
use std::io::{self, Write};
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

/// Prints text and a line break on standard output. All output of Purser goes through here.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    Ok(write_safely(&mut io::stdout().lock(), text)?)
}

/// Prints a notice on standard error, so that programs can read standard output.
///
/// A failure is ignored, because there is no other place to report it.
pub(crate) fn notice(text: &str) {
    drop(write_safely(&mut io::stderr().lock(), text));
}

/// Strips control sequences before writing to the terminal.
fn write_safely(out: &mut impl Write, text: &str) -> io::Result<()> {
    writeln!(out, "{}", sanitize::text(text.trim_end_matches('\n')))?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_text_with_escape_sequences_is_sanitized() {
        let mut out = Vec::new();

        write_safely(&mut out, "a\u{1b}[2J\nb\u{202e}\n").unwrap();

        assert_eq!(String::from_utf8(out).unwrap(), "a\\u{1b}[2J\nb\\u{202e}\n");
    }
}
