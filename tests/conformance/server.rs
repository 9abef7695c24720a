//! A real server, started and seeded for one test.

use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// How many users a server is seeded with: more than any server's page.
pub(crate) const USERS: usize = 250;

/// A server that runs until this is dropped.
pub(crate) struct Server {
    scripts: PathBuf,
    folder: TempDir,
    /// Where its API is.
    pub(crate) base_url: String,
    tokens: Value,
    /// What it holds, a row for each user.
    pub(crate) seed: Vec<Value>,
}

impl Server {
    /// Starts a server of `tests/servers`.
    pub(crate) fn start(name: &str) -> Self {
        let scripts = purser_tests::repository().join("tests/servers").join(name);
        let folder = tempfile::tempdir().unwrap();
        let output = Command::new(scripts.join("start.sh")).arg(folder.path()).arg(USERS.to_string()).output().unwrap();
        assert!(output.status.success(), "{name} did not start\n{}", String::from_utf8_lossy(&output.stderr));
        let read = |file: &str| serde_json::from_slice::<Value>(&fs::read(folder.path().join(file)).unwrap()).unwrap();
        let (credentials, seed) = (read("creds.json"), read("seed.json"));
        let base_url = credentials["base_url"].as_str().unwrap().to_owned();
        Self {
            scripts,
            base_url,
            tokens: credentials["tokens"].clone(),
            seed: seed.as_array().unwrap().clone(),
            folder,
        }
    }

    /// One of its tokens.
    pub(crate) fn token(&self, kind: &str) -> &str {
        self.tokens[kind].as_str().unwrap_or_else(|| panic!("the server has no token {kind}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What is left of it ends with this process in any case.
        drop(Command::new(self.scripts.join("stop.sh")).arg(self.folder.path()).status());
    }
}
