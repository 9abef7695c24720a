//! Purser beside a real OAuth provider whose tokens open a SCIM server.

use purser_tests::{Answer, Purser, Server, repository};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};

/// Who signs in, and how that ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Person {
    /// Agrees.
    Agrees,
    /// Refuses.
    Refuses,
}

/// A Purser with the alias `directory`, and the provider.
pub(crate) struct Desk {
    pub(crate) purser: Purser,
    pub(crate) server: Server,
}

impl Desk {
    pub(crate) fn open(variables: &[(&str, &str)]) -> Self {
        let server = Server::start_with("oidc-provider", variables);
        let purser = Purser::new();
        purser.upload_and_grant("scim");
        purser.ok("alias create directory --connector scim");
        Self { purser, server }
    }

    pub(crate) fn client(&self, name: &str) -> &Value {
        &self.server.facts["clients"][name]
    }

    pub(crate) fn endpoint(&self, name: &str) -> &str {
        self.server.facts["endpoints"][name].as_str().unwrap()
    }

    /// `connection create` with a template, and the fields that every OAuth template has. `more` may name another base URL.
    pub(crate) fn create(
        &self,
        name: &str,
        template: &str,
        client: &str,
        more: &[&str],
    ) -> Command {
        let mut command = self.purser.command(&format!(
            "connection create {name} --alias directory --template {template} --private-network --callback-port {}",
            self.server.facts["callback_port"]
        ));
        if !more.contains(&"--base-url") {
            command.args(["--base-url", &self.server.base_url]);
        }
        let set = |field: &str, value: &str| ["--set".to_owned(), format!("{field}={value}")];
        command
            .args(set("token-url", self.endpoint("token")))
            .args(set("client-id", client));
        command.args(more);
        if let Some(secret) = self.client(client)["secret"].as_str() {
            let file = self.purser.file(&format!("{name}.secret"), secret);
            command.args(["--secret-file", &format!("client-secret={file}")]);
        }
        command
    }

    /// `connection create` for somebody who signs in.
    pub(crate) fn create_by_consent(&self, name: &str, client: &str, more: &[&str]) -> Command {
        let mut command = self.create(name, "oauth-authorization-code", client, more);
        command.args([
            "--set",
            &format!("authorization-url={}", self.endpoint("authorization")),
        ]);
        command.args([
            "--set",
            &format!("revocation-url={}", self.endpoint("revocation")),
        ]);
        command.args([
            "--set",
            "scopes=openid offline_access users.read users.write",
            "--set",
            "prompt=consent",
        ]);
        command
    }

    /// A connection that works, for somebody who signed in.
    pub(crate) fn connected(variables: &[(&str, &str)], client: &str) -> Self {
        let desk = Self::open(variables);
        let answer = signed_in(desk.create_by_consent("main", client, &[]), Person::Agrees);
        assert_eq!(answer.code, 0, "{answer:#?}");
        desk.purser
            .ok("profile create people --connector scim --alias directory --set page-size=30");
        desk
    }

    /// Signs in again for a connection.
    pub(crate) fn authorize(&self, name: &str) -> Answer {
        let port = &self.server.facts["callback_port"];
        signed_in(
            self.purser.command(&format!(
                "connection authorize {name} --callback-port {port}"
            )),
            Person::Agrees,
        )
    }

    pub(crate) fn connection(&self, name: &str) -> Value {
        self.purser.json(&format!("connection show {name}"))
    }

    /// What happened at the token and revocation endpoints.
    pub(crate) fn events(&self) -> Vec<Value> {
        let lines = std::fs::read_to_string(self.server.folder().join("events.jsonl")).unwrap();
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Renewals that reached the provider.
    pub(crate) fn renewals(&self) -> Vec<Value> {
        self.events()
            .into_iter()
            .filter(|event| event["grant_type"] == "refresh_token")
            .collect()
    }

    /// Has things go wrong at the provider.
    pub(crate) fn fault(&self, switches: Value) {
        std::fs::write(
            self.server.folder().join("faults.json"),
            switches.to_string(),
        )
        .unwrap();
    }
}

/// A command that has told the address to sign in at.
pub(crate) struct Waiting {
    child: Child,
    stderr: BufReader<std::process::ChildStderr>,
    said: String,
    pub(crate) url: String,
}

/// Starts a command, and waits for the address that it tells somebody to open. An answer means that it told none.
pub(crate) fn started(mut command: Command) -> Result<Waiting, Answer> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let mut waiting = Waiting {
        child,
        stderr,
        said: String::new(),
        url: String::new(),
    };
    // The line after the address tells where the command listens: then it does.
    while !waiting.said.contains("Waiting for the browser") {
        if waiting.stderr.read_line(&mut waiting.said).unwrap() == 0 {
            return Err(waiting.finish());
        }
    }
    let mut words = waiting.said.split_whitespace();
    waiting.url = words
        .find(|word| word.starts_with("http://127.0.0.1"))
        .unwrap()
        .to_owned();
    Ok(waiting)
}

impl Waiting {
    pub(crate) fn finish(mut self) -> Answer {
        self.stderr.read_to_string(&mut self.said).unwrap();
        let mut stdout = String::new();
        self.child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut stdout)
            .unwrap();
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        Answer {
            code,
            stdout,
            stderr: self.said,
        }
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// One parameter of the address.
    pub(crate) fn parameter(&self, name: &str) -> String {
        let url: url::Url = self.url.parse().unwrap();
        url.query_pairs()
            .find(|(key, _)| key == name)
            .unwrap()
            .1
            .into_owned()
    }
}

/// Runs a command for which somebody signs in, and comes back to Purser.
pub(crate) fn signed_in(command: Command, person: Person) -> Answer {
    match started(command) {
        Ok(waiting) => {
            visit(
                &waiting.url,
                if person == Person::Refuses {
                    &["--deny"]
                } else {
                    &[]
                },
            );
            waiting.finish()
        }
        Err(answer) => answer,
    }
}

/// Does what a person with a browser does. Where they were sent back to.
pub(crate) fn visit(url: &str, options: &[&str]) -> String {
    let driver = repository().join("tests/servers/oidc-provider/sign_in.py");
    let output = Command::new("python3")
        .arg(driver)
        .arg(url)
        .args(options)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Asks a server of this machine, as a browser would; the whole answer.
pub(crate) fn get(url: &str) -> String {
    let url: url::Url = url.parse().unwrap();
    let mut stream =
        std::net::TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).unwrap();
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    write!(
        stream,
        "GET {target} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
