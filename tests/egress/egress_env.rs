//! Test environment: Purser with the relay connector, connected to the hostile application.

use crate::attack_format::Attack;
use crate::encodings::SECRET;
use crate::guest;
use crate::image::TEXTS;
use crate::placeholders::Addresses;
use crate::process::{self, CommandRun};
use crate::upstream::{Step, Upstream, ok_response, write_certificate};
use purser_tests::Purser;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// Template and scheme of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConnectionKind {
    pub(crate) template: String,
    pub(crate) secure: bool,
}

/// A Purser, its application, and a second host.
pub(crate) struct EgressEnv {
    pub(crate) purser: Purser,
    pub(crate) upstream: Upstream,
    /// Host that must not receive the credential. Paths below `/granted` are granted.
    pub(crate) other_host: Upstream,
    certificate: String,
    /// Limits in force, as `name=value` words. Empty for the defaults.
    limits: String,
}

impl EgressEnv {
    pub(crate) fn open(kind: &ConnectionKind) -> Self {
        let upstream = Upstream::start(kind.secure);
        let other_host = Upstream::start(true);
        let purser = Purser::new();
        let certificate = purser.file("certificate.pem", "");

        write_certificate(certificate.as_ref());
        let mut texts = TEXTS;
        texts[3] = &kind.template;

        let relay = guest::component_with_texts(include_str!("relay.wat"), &texts);
        purser.ok(&format!(
            "connector upload {}",
            purser.file("relay.wasm", relay)
        ));
        let env = Self {
            purser,
            upstream,
            other_host,
            certificate,
            limits: String::new(),
        };

        env.grant("");
        env.purser
            .ok("alias create app --connector example --retry-attempts 2 --retry-within 1");
        let fields = match kind.template.as_str() {
            "api-key-query" => "--set parameter=key",
            "api-key-header" => "--set header=x-key",
            _ => "",
        };
        let base = format!("{}/api --private-network", env.upstream.origin());

        let words = format!(
            "main --alias app --base-url {base} --template {} {fields}",
            kind.template
        );

        let connected = env.purser.connect(&words, SECRET);
        assert_eq!(connected.code, 0, "{connected:#?}");

        env.purser
            .ok("profile create p --connector example --alias app");
        env
    }

    fn grant(&self, limits: &str) {
        let lines = [
            "read:users GET,POST /**".to_owned(),
            format!("read:users GET {}/granted/**", self.other_host.authority()),
        ];
        let mut command = self.purser.command("connector grant example");
        command.arg("--replace");
        command.args(lines.iter().flat_map(|line| ["--allow", line]));
        command.args(
            limits
                .split_whitespace()
                .flat_map(|limit| ["--limit", limit]),
        );

        let run = process::run(command, Duration::from_secs(20)).unwrap();
        assert_eq!(run.output.code, 0, "{:#?}", run.output);
    }

    /// Runs an attack and returns its result.
    pub(crate) fn run_attack(&mut self, attack: &Attack) -> Result<CommandRun, String> {
        if self.limits != attack.limits {
            self.grant(&attack.limits);
            self.limits.clone_from(&attack.limits);
        }

        let addresses = self.addresses();
        let instruction = attack.instruction(&addresses);
        let script = attack.script(addresses.clone());
        self.upstream.set_attack(instruction, script.clone());
        self.other_host.set_attack(Vec::new(), script);

        let mut command = self.command();
        command.envs(attack.environment(&addresses));

        process::run(command, Duration::from_secs(attack.seconds * 2 + 10))
    }

    /// Runs the profile against a well-behaved application. It must succeed with one request.
    pub(crate) fn run_honestly(&self) -> Result<(), String> {
        let instruction = Attack::honest().instruction(&self.addresses());
        self.upstream.set_attack(
            instruction,
            Arc::new(|_, _| vec![Step::Send(ok_response(b"{}"))]),
        );
        let run = process::run(self.command(), Duration::from_secs(20))?;

        match (run.output.code, self.upstream.seen().len()) {
            (0, 1) => Ok(()),
            (_, requests) => Err(format!(
                "the honest run failed: {requests} requests, {:#?}",
                run.output
            )),
        }
    }

    pub(crate) fn addresses(&self) -> Addresses {
        Addresses {
            origin: self.upstream.origin(),
            authority: self.upstream.authority(),
            other_host: self.other_host.authority(),
        }
    }

    fn command(&self) -> Command {
        // Recorded, so that the search for the credential covers cassettes too.
        let cassettes = self.purser.home().join("cassettes");
        std::fs::create_dir_all(&cassettes).unwrap();
        let number = std::fs::read_dir(&cassettes).unwrap().count();
        let cassette = cassettes.join(format!("{number}.json"));
        let mut command = self
            .purser
            .command(&format!("run p --json --record {}", cassette.display()));

        // Full logs, so that the search for the credential covers them too.
        command
            .env("PURSER_LOG", "trace")
            .env("SSL_CERT_FILE", &self.certificate);
        command
    }
}
