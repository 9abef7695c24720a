//! A real server, started and seeded for one test.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Number of seeded users, more than any server returns on a page.
pub const USERS: usize = 250;

/// A server that runs until this is dropped.
pub struct Server {
    scripts: PathBuf,
    folder: TempDir,
    /// Base URL of the API.
    pub base_url: String,
    /// Facts about the server: tokens, clients, addresses.
    pub facts: Value,
    /// Content of the server, a row for each user.
    pub seed: Vec<Value>,
}

impl Server {
    /// Starts a server of `tests/servers`.
    #[must_use]
    pub fn start(name: &str) -> Self {
        Self::start_with(name, &[])
    }

    /// Starts a server of `tests/servers` with these environment variables.
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
        let facts = read("creds.json");
        let seed = read("seed.json");
        let base_url = facts["base_url"].as_str().unwrap().to_owned();

        Self {
            scripts,
            base_url,
            facts,
            seed: seed.as_array().unwrap().clone(),
            folder,
        }
    }

    /// Returns the working directory of the server.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns one of its tokens.
    #[must_use]
    pub fn token(&self, kind: &str) -> &str {
        self.facts["tokens"][kind]
            .as_str()
            .unwrap_or_else(|| panic!("the server has no token {kind}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // If this fails, the supervisor stops the server together with this process.
        drop(
            Command::new(self.scripts.join("stop.sh"))
                .arg(self.folder.path())
                .status(),
        );
    }
}
