//! What the end-to-end tests share: the binary as a user runs it, and the connectors as an operator uploads them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod server;
mod stage;

pub use server::{Server, USERS};
pub use stage::{CONNECTOR, Stage};

use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The root of the repository.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// The connector in this folder of `connectors/`, as `cargo xtask connectors` builds it.
#[must_use]
pub fn connector(folder: &str) -> PathBuf {
    let path = repository().join(format!("target/connectors/{folder}.wasm"));
    assert!(
        path.exists(),
        "{} is missing: run `cargo xtask connectors` first",
        path.display()
    );
    path
}

/// The binary under test, beside the test's own executable.
#[must_use]
pub fn binary() -> PathBuf {
    let path = std::env::current_exe()
        .unwrap()
        .parent()
        .unwrap()
        .parent()
        .unwrap()
        .join("purser");
    assert!(
        path.exists(),
        "{} is missing: run `cargo build --workspace` first",
        path.display()
    );
    path
}

/// Purser with a home of its own, gone when dropped.
pub struct Purser {
    home: TempDir,
}

/// What a command came to.
#[derive(Debug)]
pub struct Answer {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Default for Purser {
    fn default() -> Self {
        Self::new()
    }
}

impl Purser {
    /// A Purser with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    /// Its home directory.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.home.path().join("home")
    }

    /// A file beside the home, with this content.
    #[must_use]
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.home.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The command, for a test that wants to handle the process itself. The words are split at spaces.
    #[must_use]
    pub fn command(&self, words: &str) -> Command {
        let mut command = Command::new(binary());
        command
            .args(words.split_whitespace())
            .env_clear()
            .env("PURSER_HOME", self.home())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command, its words split at spaces.
    pub fn run(&self, words: &str) -> Answer {
        finish(self.command(words), "")
    }

    /// Runs a command with this on its standard input.
    pub fn run_with(&self, words: &str, input: &str) -> Answer {
        let mut command = self.command(words);
        command.stdin(Stdio::piped());
        finish(command, input)
    }

    /// Runs a command that must succeed; its standard output.
    pub fn ok(&self, words: &str) -> String {
        let answer = self.run(words);
        assert_eq!(
            answer.code, 0,
            "purser {words}\n{}{}",
            answer.stdout, answer.stderr
        );
        answer.stdout
    }

    /// Runs a command that must succeed, with `--json`; the document it prints.
    pub fn json(&self, words: &str) -> Value {
        serde_json::from_str(&self.ok(&format!("{words} --json"))).unwrap()
    }

    /// Makes a connection, its secret on standard input.
    pub fn connect(&self, words: &str, secret: &str) -> Answer {
        self.run_with(&format!("connection create {words} --secret-stdin"), secret)
    }

    /// Uploads a built connector and grants it all it wants.
    pub fn upload_and_grant(&self, folder: &str) {
        let uploaded = self.json(&format!("connector upload {}", connector(folder).display()));
        self.ok(&format!(
            "connector grant {} --all",
            uploaded["connector"]["description"]["name"]
                .as_str()
                .unwrap()
        ));
    }
}

impl Answer {
    /// Asserts that the command failed with this exit code and one clear error: what happened, whose fault, what next.
    pub fn assert_refused(&self, code: i32, fault: &str, what: &str) {
        let Self { stderr, .. } = self;
        assert_eq!(self.code, code, "{self:#?}");
        assert!(
            stderr.contains("error: ") && stderr.contains("fault: ") && stderr.contains("next: "),
            "{stderr}"
        );
        assert!(
            stderr
                .lines()
                .any(|line| line.starts_with("fault: ") && line.contains(fault)),
            "{stderr}"
        );
        assert!(stderr.contains(what), "no {what:?} in\n{stderr}");
        assert_eq!(stderr.matches("error: ").count(), 1, "{stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
}

fn finish(mut command: Command, input: &str) -> Answer {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    if let Some(mut stdin) = child.stdin.take() {
        // The command may refuse before it reads: a broken pipe is its business.
        drop(stdin.write_all(input.as_bytes()));
    }
    let output = child.wait_with_output().unwrap();
    Answer {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
