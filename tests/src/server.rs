//! A real server, started and seeded for one test.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// How many users a server is seeded with: more than any server's page.
pub const USERS: usize = 250;

/// A server that runs until this is dropped.
pub struct Server {
    scripts: PathBuf,
    folder: TempDir,
    /// Where its API is.
    pub base_url: String,
    /// What it says of itself: tokens, clients, addresses.
    pub facts: Value,
    /// What it holds, a row for each user.
    pub seed: Vec<Value>,
}

impl Server {
    /// Starts a server of `tests/servers`.
    #[must_use]
    pub fn start(name: &str) -> Self {
        Self::start_with(name, &[])
    }

    /// Starts a server of `tests/servers` with variables that it knows.
    #[must_use]
    pub fn start_with(name: &str, variables: &[(&str, &str)]) -> Self {
        let scripts = crate::repository().join("tests/servers").join(name);
        let folder = tempfile::tempdir().unwrap();
        let mut start = Command::new(scripts.join("start.sh"));
        start
            .arg(folder.path())
            .arg(USERS.to_string())
            .envs(variables.iter().copied());
        let output = start.output().unwrap();
        assert!(
            output.status.success(),
            "{name} did not start\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let read = |file: &str| {
            serde_json::from_slice::<Value>(&fs::read(folder.path().join(file)).unwrap()).unwrap()
        };
        let (facts, seed) = (read("creds.json"), read("seed.json"));
        let base_url = facts["base_url"].as_str().unwrap().to_owned();
        Self {
            scripts,
            base_url,
            facts,
            seed: seed.as_array().unwrap().clone(),
            folder,
        }
    }

    /// The folder with what it writes.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// One of its tokens.
    #[must_use]
    pub fn token(&self, kind: &str) -> &str {
        self.facts["tokens"][kind]
            .as_str()
            .unwrap_or_else(|| panic!("the server has no token {kind}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What is left of it ends with this process in any case.
        drop(
            Command::new(self.scripts.join("stop.sh"))
                .arg(self.folder.path())
                .status(),
        );
    }
}
