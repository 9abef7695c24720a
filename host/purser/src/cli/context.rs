//! What every verb needs: the home directory, and a way to show its result.

use super::{Failure, compiler};
use crate::render::{json, plain};
use purser_engine::{Create, Purser};
use serde::Serialize;
use std::io::{self, Write};
use std::path::PathBuf;

/// The options that every command has.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Context {
    /// Directory that holds everything Purser keeps [default: `purser` in the user's data directory]
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
    /// Whether the result is for a program.
    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// Opens the home, which must be there.
    pub(crate) fn open(&self) -> Result<Purser, Failure> {
        self.open_with(Create::Never)
    }

    /// Opens the home, and makes it when it is not there yet: for the commands that one begins with.
    pub(crate) fn open_or_create(&self) -> Result<Purser, Failure> {
        self.open_with(Create::IfMissing)
    }

    fn open_with(&self, create: Create) -> Result<Purser, Failure> {
        Ok(Purser::open(&self.home()?, create, compiler::child()?)?)
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

    /// Prints the result of a command on standard output: the value as JSON, or else the text.
    pub(crate) fn show(
        &self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        if self.json {
            print(&json::document(value)?)
        } else {
            print(&text())
        }
    }
}

/// Prints text on standard output, with a line break at its end. Every word of Purser's to standard output comes through here.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    Ok(write_safely(&mut io::stdout().lock(), text)?)
}

/// Prints a remark on standard error, where it does not disturb what a program reads. Nothing is done where that fails: there is nobody to
/// tell.
pub(crate) fn remark(text: &str) {
    drop(write_safely(&mut io::stderr().lock(), text));
}

/// The last line of defence: whoever made the text, the terminal obeys none of it.
fn write_safely(out: &mut impl Write, text: &str) -> io::Result<()> {
    writeln!(out, "{}", plain::text(text.trim_end_matches('\n')))?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_escape_sequence_leaves_the_process() {
        let mut out = Vec::new();
        write_safely(&mut out, "a\u{1b}[2J\nb\u{202e}\n").unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a\\u{1b}[2J\nb\\u{202e}\n");
    }
}
