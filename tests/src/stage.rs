//! Purser beside the sample application, made ready to the point where a test begins.

use crate::Purser;
use purser_sample_app::{Company, Population, RunningSample, SampleOptions, start};
use serde_json::Value;
use std::process::{Child, Stdio};
use std::time::Duration;

/// The name of the connector in `connectors/sample`.
pub const CONNECTOR: &str = "quayboard";

/// A Purser, the sample application, and the company it belongs to.
pub struct Stage {
    /// As a user has it.
    pub purser: Purser,
    /// As the vendor runs it.
    pub app: RunningSample,
    /// With its answer key.
    pub company: Company,
}

impl Stage {
    /// The application runs and Purser is empty.
    #[must_use]
    pub fn empty(members: usize, options: SampleOptions) -> Self {
        let company = Company::new(Population {
            seed: 7,
            members,
            now: jiff::Timestamp::now(),
        });
        let app = start(&company, options).unwrap();
        Self {
            purser: Purser::new(),
            app,
            company,
        }
    }

    /// A connector is granted, a connection works, and a profile `boards` is there, not yet run.
    #[must_use]
    pub fn ready(members: usize) -> Self {
        let stage = Self::empty(members, SampleOptions::default());
        stage.purser.upload_and_grant("sample");
        stage.make_profile(CONNECTOR, "");
        stage
    }

    /// Makes a connection and a profile `boards` for a connector that is granted; `settings` are further options of the profile.
    pub fn make_profile(&self, connector: &str, settings: &str) {
        self.purser
            .ok(&format!("alias create acme --connector {connector}"));
        let answer = self.connect("acme-main", self.app.token());
        assert_eq!(answer.code, 0, "{answer:#?}");
        self.purser.ok(&format!(
            "profile create boards --connector {connector} --alias acme {settings}"
        ));
        self.app.clear_responses();
    }

    /// Begins a run of the profile in a process of its own, to be disturbed.
    #[must_use]
    pub fn spawn(&self, words: &str) -> Child {
        self.purser
            .command(words)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Waits until the application was asked so many times in all, while a run goes on.
    pub fn until_asked(&self, requests: u64, run: &mut Child) {
        while self.app.requests() < requests {
            assert!(run.try_wait().unwrap().is_none(), "the run ended too early");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The identifiers of all accounts that were read, in order.
    #[must_use]
    pub fn account_ids(&self) -> Vec<String> {
        let accounts = self.accounts();
        accounts
            .as_array()
            .unwrap()
            .iter()
            .map(|account| account["id"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The identifiers of all members that the application was started with, in order.
    #[must_use]
    pub fn member_ids(&self) -> Vec<String> {
        let mut ids: Vec<_> = self
            .company
            .members()
            .iter()
            .map(|member| member.id.clone())
            .collect();
        ids.sort();
        ids
    }

    /// As [`Stage::ready`], published and read once.
    #[must_use]
    pub fn synced(members: usize) -> Self {
        let stage = Self::ready(members);
        stage.purser.ok("profile publish boards");
        stage
    }

    /// Makes a connection to the application with some token.
    pub fn connect(&self, name: &str, token: &str) -> crate::Answer {
        let words = format!(
            "{name} --alias acme --base-url {} --template bearer --private-network",
            self.app.base_url()
        );
        self.purser.connect(&words, token)
    }

    /// Everything that was read of the application.
    #[must_use]
    pub fn accounts(&self) -> Value {
        self.purser.json("accounts boards")
    }

    /// The latest run of the profile, in full.
    #[must_use]
    pub fn last_run(&self) -> Value {
        let runs = self.purser.json("runs list");
        self.purser.json(&format!("runs show {}", runs[0]["id"]))
    }
}
