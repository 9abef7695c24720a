//! Fixtures of the end-to-end tests: the binary as a user runs it, the sample application, and real
//! servers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod app_server;
mod server;
mod test_env;

pub use app_server::AppServer;
pub use server::{Server, USERS};
pub use test_env::{CONNECTOR, TestEnv};

use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Returns the root of the repository.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Returns the path of a connector by its folder, as built by `cargo xtask connectors`.
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

/// Returns the path of the binary under test, next to the test's own executable.
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

/// Purser with its own temporary home, which is removed on drop.
pub struct Purser {
    home: TempDir,
}

/// Exit code and output of a command.
#[derive(Debug)]
pub struct CommandOutput {
    /// Exit code; -1 after a signal.
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
    /// Creates a Purser whose home does not exist yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    /// Returns the home directory.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.home.path().join("home")
    }

    /// Writes a file next to the home, and returns its path.
    #[must_use]
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.home.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Returns a command, for tests that handle the process themselves. The words are split at
    /// spaces.
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

    /// Runs a command, with its words split at spaces.
    pub fn run(&self, words: &str) -> CommandOutput {
        finish(self.command(words), "")
    }

    /// Runs a command with this text on standard input.
    pub fn run_with(&self, words: &str, input: &str) -> CommandOutput {
        let mut command = self.command(words);
        command.stdin(Stdio::piped());
        finish(command, input)
    }

    /// Runs a command that must succeed, and returns its standard output.
    pub fn ok(&self, words: &str) -> String {
        let output = self.run(words);
        assert_eq!(
            output.code, 0,
            "purser {words}\n{}{}",
            output.stdout, output.stderr
        );
        output.stdout
    }

    /// Runs a command with `--json` that must succeed, and returns the printed document.
    pub fn json(&self, words: &str) -> Value {
        serde_json::from_str(&self.ok(&format!("{words} --json"))).unwrap()
    }

    /// Creates a connection, with its secret on standard input.
    pub fn connect(&self, words: &str, secret: &str) -> CommandOutput {
        self.run_with(&format!("connection create {words} --secret-stdin"), secret)
    }

    /// Uploads a built connector and grants all it requests.
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

impl CommandOutput {
    /// Asserts that the command failed with this exit code and one clear error: what happened,
    /// whose fault, and the next step.
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

fn finish(mut command: Command, input: &str) -> CommandOutput {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    if let Some(mut stdin) = child.stdin.take() {
        // The command may fail before it reads its input, which closes the pipe.
        drop(stdin.write_all(input.as_bytes()));
    }

    let output = child.wait_with_output().unwrap();

    CommandOutput {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
