//! Data that must not contain a secret in any encoding.

use crate::echo_server::encodings;
use purser_tests::CommandOutput;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// All that Purser printed or wrote, by origin.
#[derive(Default)]
pub(super) struct SearchedData(pub(super) Vec<(String, Vec<u8>)>);

impl SearchedData {
    pub(super) fn add(&mut self, what: &str, bytes: impl Into<Vec<u8>>) {
        self.0.push((what.to_owned(), bytes.into()));
    }

    pub(super) fn add_output(&mut self, what: &str, output: CommandOutput) {
        self.add(&format!("the output of {what}"), output.stdout);
        self.add(&format!("the errors of {what}"), output.stderr);
    }

    pub(super) fn add_folder(&mut self, folder: &Path) {
        for path in fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            match path.is_dir() {
                true => self.add_folder(&path),
                false => self.add(&path.display().to_string(), fs::read(&path).unwrap()),
            }
        }
    }

    /// Adds a cassette, and the bodies that it holds in base64.
    pub(super) fn add_cassette(&mut self, file: &Path) {
        let bytes = fs::read(file).unwrap();

        let cassette: Value = serde_json::from_slice(&bytes).unwrap();
        for body in cassette["streams"][0]["calls"][0]["exchanges"]
            .as_array()
            .unwrap()
        {
            if let Some(body) = body["request"]["body"]["base64"].as_str() {
                let body = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, body)
                    .unwrap();
                self.add(&format!("a body of {}", file.display()), body);
            }
        }

        self.add(&file.display().to_string(), bytes);
    }

    pub(super) fn assert_without(&self, secret: &str) {
        for form in encodings(secret) {
            let found = self
                .0
                .iter()
                .find(|(_, bytes)| holds(bytes, form.as_bytes()));
            assert!(
                found.is_none(),
                "{} holds {secret} as {form}",
                found.unwrap().0
            );
        }
    }
}

pub(super) fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}
