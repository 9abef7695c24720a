//! Where a credential comes from: a prompt that does not echo, standard input, or a file. Never an argument, which every user of the
//! machine could read in the list of processes, and which the shell's history would keep.

use crate::cli::{Failure, input};
use purser_engine::Secret;
use std::path::{Path, PathBuf};

/// The largest file that is read as a secret. Keys and tokens are shorter.
const AT_MOST: u64 = 64 << 10;

/// Where the secret is.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub(super) struct Source {
    /// Read the secret from standard input instead of asking for it
    #[arg(long)]
    secret_stdin: bool,
    /// Read the secret from a file instead of asking for it
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

impl Source {
    /// Reads the secret, without the line break that editors and `echo` leave at its end.
    pub(super) fn read(&self, what: &str) -> Result<Secret, Failure> {
        let mut text = match (&self.secret_file, self.secret_stdin) {
            (Some(file), _) => input::read_text(file, AT_MOST)?,
            (None, true) => input::read_text(Path::new("-"), AT_MOST)?,
            (None, false) => prompt(what)?,
        };
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
        if text.is_empty() {
            return Err(Failure::input(format!("the {what} is empty"), "give it again; nothing was stored"));
        }
        Ok(Secret::new(text))
    }
}

fn prompt(what: &str) -> Result<String, Failure> {
    rpassword::prompt_password(format!("The {what} (not shown): ")).map_err(|error| {
        let what = format!("there is no terminal to ask for the {what}: {error}");
        Failure::input(what, "give it with --secret-stdin or --secret-file")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_break_at_the_end_is_no_part_of_the_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let source = Source { secret_stdin: false, secret_file: Some(path.clone()) };
        for (written, secret) in [("t0ken\n", "t0ken"), ("t0ken\r\n", "t0ken"), ("t0ken", "t0ken"), (" t \n", " t ")] {
            std::fs::write(&path, written).unwrap();
            assert_eq!(source.read("token").map(|secret| secret.expose().to_owned()).unwrap(), secret);
        }
        std::fs::write(&path, "\n").unwrap();
        assert_eq!(source.read("token").err().map(|failure| failure.exit_code()), Some(3));
    }
}
