//! Test environment: Purser beside the sample application, prepared to the point where a test
//! starts.

use crate::Purser;
use purser_sample_app::{Company, Population, RunningSample, SampleOptions, start};
use serde_json::Value;
use std::process::{Child, Stdio};
use std::time::Duration;

/// Name of the connector in `connectors/sample`.
pub const CONNECTOR: &str = "quayboard";

/// A Purser, the sample application, and the company that owns it.
pub struct TestEnv {
    /// Purser with its own home.
    pub purser: Purser,
    /// The running application.
    pub app: RunningSample,
    /// The company's people and purchases, with the answer key.
    pub company: Company,
}

impl TestEnv {
    /// Starts the application, beside an empty Purser.
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

    /// Creates an environment with a granted connector, a working connection, and a draft profile
    /// `boards` that has not run.
    #[must_use]
    pub fn ready(members: usize) -> Self {
        let env = Self::empty(members, SampleOptions::default());
        env.purser.upload_and_grant("sample");
        env.create_profile(CONNECTOR, "");
        env
    }

    /// Creates a connection and a profile `boards` for a granted connector. `settings` are more
    /// options of the profile.
    pub fn create_profile(&self, connector: &str, settings: &str) {
        self.purser
            .ok(&format!("alias create acme --connector {connector}"));
        let output = self.connect("acme-main", self.app.token());
        assert_eq!(output.code, 0, "{output:#?}");

        self.purser.ok(&format!(
            "profile create boards --connector {connector} --alias acme {settings}"
        ));
        self.app.clear_responses();
    }

    /// Starts a command in its own process.
    #[must_use]
    pub fn spawn(&self, words: &str) -> Child {
        self.purser
            .command(words)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Waits until the application has received this many requests in all. The run must still be
    /// running.
    pub fn wait_for_requests(&self, requests: u64, run: &mut Child) {
        while self.app.requests() < requests {
            assert!(run.try_wait().unwrap().is_none(), "the run ended too early");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Returns the ids of all accounts that were read, in order.
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

    /// Returns the ids of the members that the application was started with, in order.
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

    /// Creates a [`TestEnv::ready`] environment whose profile was published and so read once.
    #[must_use]
    pub fn synced(members: usize) -> Self {
        let env = Self::ready(members);
        env.purser.ok("profile publish boards");
        env
    }

    /// Creates a connection to the application with this token.
    pub fn connect(&self, name: &str, token: &str) -> crate::CommandOutput {
        let words = format!(
            "{name} --alias acme --base-url {} --template bearer --private-network",
            self.app.base_url()
        );
        self.purser.connect(&words, token)
    }

    /// Returns all accounts of the profile.
    #[must_use]
    pub fn accounts(&self) -> Value {
        self.purser.json("accounts boards")
    }

    /// Returns the latest run of the profile, with its log and rejected rows.
    #[must_use]
    pub fn last_run(&self) -> Value {
        let runs = self.purser.json("runs list");
        self.purser.json(&format!("runs show {}", runs[0]["id"]))
    }
}
