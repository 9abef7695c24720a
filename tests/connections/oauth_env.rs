//! Test environment with a real OAuth provider, whose tokens are valid for a SCIM server.

use purser_tests::{CommandOutput, Purser, Server, repository};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};

/// Decision of the person who signs in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Person {
    /// Grants the request.
    Agrees,
    /// Denies the request.
    Refuses,
}

/// A Purser with the alias `directory`, and the provider.
pub(crate) struct OAuthEnv {
    pub(crate) purser: Purser,
    pub(crate) server: Server,
}

impl OAuthEnv {
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

    /// Returns `connection create` with a template and the fields of every OAuth template. `more`
    /// may contain another base URL.
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

    /// Returns `connection create` with the authorization code template.
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

    /// Creates an environment with a working connection `main`, whose person has signed in, and a
    /// profile `people`.
    pub(crate) fn connected(variables: &[(&str, &str)], client: &str) -> Self {
        let env = Self::open(variables);
        let output = sign_in(env.create_by_consent("main", client, &[]), Person::Agrees);
        assert_eq!(output.code, 0, "{output:#?}");

        env.purser
            .ok("profile create people --connector scim --alias directory --set page-size=30");
        env
    }

    /// Signs in again for a connection.
    pub(crate) fn authorize(&self, name: &str) -> CommandOutput {
        let port = &self.server.facts["callback_port"];
        sign_in(
            self.purser.command(&format!(
                "connection authorize {name} --callback-port {port}"
            )),
            Person::Agrees,
        )
    }

    pub(crate) fn connection(&self, name: &str) -> Value {
        self.purser.json(&format!("connection show {name}"))
    }

    /// Returns the events at the token and revocation endpoints, in order.
    pub(crate) fn events(&self) -> Vec<Value> {
        let lines = std::fs::read_to_string(self.server.folder().join("events.jsonl")).unwrap();
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Returns the refresh requests that reached the provider.
    pub(crate) fn refreshes(&self) -> Vec<Value> {
        self.events()
            .into_iter()
            .filter(|event| event["grant_type"] == "refresh_token")
            .collect()
    }

    /// Sets the faults of the provider. An empty object ends them all.
    pub(crate) fn set_faults(&self, switches: Value) {
        std::fs::write(
            self.server.folder().join("faults.json"),
            switches.to_string(),
        )
        .unwrap();
    }
}

/// A running command that waits for a person to sign in.
pub(crate) struct PendingSignIn {
    child: Child,
    stderr: BufReader<std::process::ChildStderr>,
    printed: String,
    pub(crate) url: String,
}

/// Starts a command and waits until it prints the sign-in URL. `Err` holds the output of a command
/// that ended before.
pub(crate) fn start_sign_in(mut command: Command) -> Result<PendingSignIn, CommandOutput> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let mut waiting = PendingSignIn {
        child,
        stderr,
        printed: String::new(),
        url: String::new(),
    };

    // The line after the URL appears once the command listens for the callback.
    while !waiting.printed.contains("Waiting for the browser") {
        if waiting.stderr.read_line(&mut waiting.printed).unwrap() == 0 {
            return Err(waiting.finish());
        }
    }

    let mut words = waiting.printed.split_whitespace();
    waiting.url = words
        .find(|word| word.starts_with("http://127.0.0.1"))
        .unwrap()
        .to_owned();

    Ok(waiting)
}

impl PendingSignIn {
    pub(crate) fn finish(mut self) -> CommandOutput {
        self.stderr.read_to_string(&mut self.printed).unwrap();
        let mut stdout = String::new();
        self.child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut stdout)
            .unwrap();

        let code = self.child.wait().unwrap().code().unwrap_or(-1);

        CommandOutput {
            code,
            stdout,
            stderr: self.printed,
        }
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Returns a query parameter of the sign-in URL.
    pub(crate) fn parameter(&self, name: &str) -> String {
        let url: url::Url = self.url.parse().unwrap();
        url.query_pairs()
            .find(|(key, _)| key == name)
            .unwrap()
            .1
            .into_owned()
    }
}

/// Runs a command, and signs in for it if it asks for that.
pub(crate) fn sign_in(command: Command, person: Person) -> CommandOutput {
    match start_sign_in(command) {
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
        Err(output) => output,
    }
}

/// Signs in as a person with a browser would. Returns the URL of the redirect back to Purser.
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

/// Sends a GET request to a server on this machine. Returns the whole response as text.
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

    let mut output = String::new();
    stream.read_to_string(&mut output).unwrap();

    output
}
