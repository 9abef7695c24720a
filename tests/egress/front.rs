//! Purser with the courier, connected to the application.

use crate::guest;
use crate::image::TEXTS;
use crate::notation::{Attack, Places};
use crate::process::{self, Ran};
use crate::spelling::SECRET;
use crate::upstream::{Step, Upstream, fine, write_certificate};
use purser_tests::Purser;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// How requests are signed, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) template: String,
    pub(crate) secure: bool,
}

/// One Purser, its application, and another host.
pub(crate) struct Front {
    pub(crate) purser: Purser,
    pub(crate) upstream: Upstream,
    /// Where the credential does not belong. What lies below `/granted` may be asked of it.
    pub(crate) elsewhere: Upstream,
    certificate: String,
    /// The limits in force, where they are not the defaults.
    limits: String,
}

impl Front {
    pub(crate) fn open(way: &Way) -> Self {
        let (upstream, elsewhere) = (Upstream::start(way.secure), Upstream::start(true));
        let purser = Purser::new();
        let certificate = purser.file("certificate.pem", "");
        write_certificate(certificate.as_ref());
        let mut texts = TEXTS;
        texts[3] = &way.template;
        let courier = guest::component_saying(include_str!("courier.wat"), &texts);
        purser.ok(&format!(
            "connector upload {}",
            purser.file("courier.wasm", courier)
        ));
        let front = Self {
            purser,
            upstream,
            elsewhere,
            certificate,
            limits: String::new(),
        };
        front.grant("");
        front
            .purser
            .ok("alias create far --connector example --retry-attempts 2 --retry-within 1");
        let fields = match way.template.as_str() {
            "api-key-query" => "--set parameter=key",
            "api-key-header" => "--set header=x-key",
            _ => "",
        };
        let base = format!("{}/api --private-network", front.upstream.origin());
        let words = format!(
            "main --alias far --base-url {base} --template {} {fields}",
            way.template
        );
        let connected = front.purser.connect(&words, SECRET);
        assert_eq!(connected.code, 0, "{connected:#?}");
        front
            .purser
            .ok("profile create p --connector example --alias far");
        front
    }

    fn grant(&self, limits: &str) {
        let lines = [
            "read:users GET,POST /**".to_owned(),
            format!("read:users GET {}/granted/**", self.elsewhere.authority()),
        ];
        let mut command = self.purser.command("connector grant example");
        command.args(lines.iter().flat_map(|line| ["--allow", line]));
        command.args(
            limits
                .split_whitespace()
                .flat_map(|limit| ["--limit", limit]),
        );
        let ran = process::run(command, Duration::from_secs(20)).unwrap();
        assert_eq!(ran.answer.code, 0, "{:#?}", ran.answer);
    }

    /// Makes an attack.
    pub(crate) fn suffer(&mut self, attack: &Attack) -> Result<Ran, String> {
        if self.limits != attack.limits {
            self.grant(&attack.limits);
            self.limits.clone_from(&attack.limits);
        }
        let places = self.places();
        let order = attack.order(&places);
        let script = attack.script(places.clone());
        self.upstream.act(order, script.clone());
        self.elsewhere.act(Vec::new(), script);
        let mut command = self.command();
        command.envs(attack.environment(&places));
        process::run(command, Duration::from_secs(attack.seconds * 2 + 10))
    }

    /// A run in which nobody does anything wrong.
    pub(crate) fn run_honestly(&self) -> Result<(), String> {
        let order = Attack::honest().order(&self.places());
        self.upstream
            .act(order, Arc::new(|_, _| vec![Step::Send(fine(b"{}"))]));
        let ran = process::run(self.command(), Duration::from_secs(20))?;
        match (ran.answer.code, self.upstream.seen().len()) {
            (0, 1) => Ok(()),
            (_, requests) => Err(format!(
                "an honest run afterwards: {requests} requests, {:#?}",
                ran.answer
            )),
        }
    }

    pub(crate) fn places(&self) -> Places {
        Places {
            origin: self.upstream.origin(),
            authority: self.upstream.authority(),
            elsewhere: self.elsewhere.authority(),
        }
    }

    fn command(&self) -> Command {
        // Recorded, so that what attacks leave in a cassette is looked at with all else that Purser wrote.
        let cassettes = self.purser.home().join("cassettes");
        std::fs::create_dir_all(&cassettes).unwrap();
        let number = std::fs::read_dir(&cassettes).unwrap().count();
        let cassette = cassettes.join(format!("{number}.json"));
        let mut command = self
            .purser
            .command(&format!("run p --json --record {}", cassette.display()));
        // All that is said about what goes on, since nobody may be told the credential.
        command
            .env("PURSER_LOG", "trace")
            .env("SSL_CERT_FILE", &self.certificate);
        command
    }
}
