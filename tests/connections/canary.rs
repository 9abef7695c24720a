//! The credential is nowhere but on the requests that it signs. Marked secrets of every template go through success, refusal, failure,
//! redirects, a trap and a stall, all of them with the credential echoed in every encoding; then everything that Purser wrote is searched:
//! the database and its log, what was printed, the records of runs, what was stored, and the whole memory of the connector.

use crate::desk::{get, started};
use crate::echo::{ACCESS, Echo, REFRESH, encodings};
use purser_tests::{Answer, Purser};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Characters that encoders treat differently are in every secret.
const MARK: &str = "canary/secret+of=";

/// In the memory of every instance of the guest.
const MARKER: &[u8] = b"marker-of-the-guests-memory";

/// A way to connect, and the secrets that it has.
struct Way {
    template: &'static str,
    fields: Vec<String>,
    /// The field of the secret that is given, if one is.
    secret: Option<&'static str>,
    /// Whether somebody signs in.
    signs_in: bool,
    /// What the application must be sent, to show that the secret is in use.
    sent: String,
}

fn ways(echo: &Echo) -> Vec<Way> {
    let secret = |template: &str| format!("{MARK}{template}");
    let fixed = |template: &'static str, field: &'static str, fields: &[&str], sent: String| Way {
        template,
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        secret: Some(field),
        signs_in: false,
        sent,
    };
    let basic = |pair: String| {
        format!(
            "Basic {}",
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, pair)
        )
    };
    let oauth = |template: &'static str, secret, signs_in, more: &[String]| Way {
        template,
        fields: [format!("token-url={}", echo.url("/token"))]
            .iter()
            .chain(more)
            .cloned()
            .collect(),
        secret,
        signs_in,
        sent: format!("Bearer {ACCESS}"),
    };
    let client = "client-id=purser".to_owned();
    vec![
        fixed(
            "bearer",
            "token",
            &[],
            format!("Bearer {}", secret("bearer")),
        ),
        fixed(
            "basic",
            "password",
            &["user=ada"],
            basic(format!("ada:{}", secret("basic"))),
        ),
        fixed(
            "basic-api-key",
            "key",
            &[],
            basic(format!("{}:", secret("basic-api-key"))),
        ),
        fixed(
            "api-key-header",
            "key",
            &["header=x-key", "prefix=key "],
            format!("key {}", secret("api-key-header")),
        ),
        fixed(
            "api-key-query",
            "key",
            &["parameter=key"],
            "/api/ok?key=canary%2Fsecret%2Bof".into(),
        ),
        oauth(
            "oauth-client-credentials",
            Some("client-secret"),
            false,
            std::slice::from_ref(&client),
        ),
        oauth(
            "oauth-jwt-bearer",
            Some("private-key"),
            false,
            &["issuer=purser".to_owned(), "algorithm=ES256".into()],
        ),
        oauth(
            "oauth-authorization-code",
            Some("client-secret"),
            true,
            &[
                client,
                format!("authorization-url={}", echo.url("/authorize")),
            ],
        ),
    ]
}

/// Everything that was ever said or written.
#[derive(Default)]
struct Written(Vec<(String, Vec<u8>)>);

impl Written {
    fn add(&mut self, what: &str, bytes: impl Into<Vec<u8>>) {
        self.0.push((what.to_owned(), bytes.into()));
    }

    fn said(&mut self, what: &str, answer: Answer) {
        self.add(&format!("the output of {what}"), answer.stdout);
        self.add(&format!("the errors of {what}"), answer.stderr);
    }

    fn folder(&mut self, folder: &Path) {
        for path in fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            match path.is_dir() {
                true => self.folder(&path),
                false => self.add(&path.display().to_string(), fs::read(&path).unwrap()),
            }
        }
    }

    /// A cassette, and what it holds in base64.
    fn cassette(&mut self, file: &Path) {
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

    fn assert_without(&self, secret: &str) {
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

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

fn answer(mut command: Command) -> Answer {
    let output = command
        .env("PURSER_LOG", "trace")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    Answer {
        code: output.status.code().unwrap_or(-1),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

fn key() -> String {
    let der = rcgen::KeyPair::generate().unwrap().serialize_der();
    let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        lines.join("\n")
    )
}

#[test]
fn no_secret_of_any_template_is_anywhere() {
    let elsewhere = Echo::start();
    let echo = Echo::with_tokens_for(2).redirecting_to(&elsewhere);
    for way in ways(&echo) {
        let Way {
            template,
            fields,
            secret,
            signs_in,
            sent,
        } = way;
        let purser = Purser::new();
        purser.upload_and_grant("canary");
        purser.ok("alias create echo --connector canary --retry-attempts 2 --retry-within 2");
        let mut written = Written::default();
        let mut secrets = vec![
            ACCESS.to_owned(),
            REFRESH.to_owned(),
            "canary-code-of-one-use".to_owned(),
        ];

        let mut create = purser.command(&format!(
            "connection create main --alias echo --base-url {} --private-network --template {template}",
            echo.base_url()
        ));
        create.args(fields.iter().flat_map(|field| ["--set", field]));
        if let Some(field) = secret {
            let text = if field == "private-key" {
                key()
            } else {
                format!("{MARK}{template}")
            };
            create.args([
                "--secret-file",
                &format!("{field}={}", purser.file("secret", &text)),
            ]);
            secrets.extend(
                text.lines()
                    .filter(|line| !line.starts_with("-----"))
                    .map(str::to_owned),
            );
        }
        create.env("PURSER_LOG", "trace");
        let before = echo.seen().len();
        let created = if signs_in {
            by_browser(create)
        } else {
            answer(create)
        };
        assert_eq!(created.code, 0, "{template}: {created:#?}");
        written.said("create", created);
        purser.ok("profile create p --connector canary --alias echo");
        for (stream, code) in [("echoes", 0), ("trap", 4), ("stall", 5)] {
            if stream == "stall" {
                purser.ok("connector grant canary --all --limit wall-ms=1500");
            }
            let cassette = purser
                .home()
                .with_file_name(format!("{stream}.cassette.json"));
            let ran = answer(purser.command(&format!(
                "run p --stream {stream} --record {}",
                cassette.display()
            )));
            assert_eq!(ran.code, code, "{template}: {ran:#?}");
            written.said(stream, ran);
            written.cassette(&cassette);
        }
        for words in [
            "connection test main",
            "connection show main --json",
            "accounts p --json",
            "runs list --json",
        ] {
            written.said(words, answer(purser.command(words)));
        }
        for run in purser.json("runs list").as_array().unwrap() {
            written.said(
                "runs show",
                answer(purser.command(&format!("runs show {} --json", run["id"]))),
            );
        }

        // The search finds what is there: the secret on the wire, the guest's memory, and what came back with it taken out.
        let seen = &echo.seen()[before..];
        let on_the_wire = |text: &str| {
            seen.iter().any(|seen| {
                let in_header = ["authorization", "x-key"]
                    .iter()
                    .filter_map(|name| seen.header(name));
                seen.target.contains(text)
                    || in_header.into_iter().any(|value| value.contains(text))
            })
        };
        assert!(on_the_wire(&sent), "{template}: {sent} was not sent");
        let memory = echo.memory();
        assert!(
            holds(&memory, MARKER) && holds(&memory, b"[credential]"),
            "{template}: {} bytes",
            memory.len()
        );
        assert!(
            written
                .0
                .iter()
                .any(|(_, bytes)| holds(bytes, b"[credential]")),
            "{template}"
        );

        written.folder(&purser.home());
        written.add("the guest's memory", memory);
        for secret in &secrets {
            written.assert_without(secret);
        }
        let strayed: Vec<_> = elsewhere.seen();
        assert!(
            strayed.is_empty(),
            "{template}: another origin was told {strayed:#?}"
        );
    }
}

/// Creates a connection for which a browser comes back by itself.
fn by_browser(create: Command) -> Answer {
    match started(create) {
        Ok(waiting) => {
            let answer = get(&waiting.url);
            let back = answer
                .lines()
                .find_map(|line| line.strip_prefix("location: "))
                .unwrap()
                .trim();
            get(back);
            waiting.finish()
        }
        Err(answer) => answer,
    }
}

#[test]
fn a_refusal_at_the_token_endpoint_repeats_no_secret() {
    let echo = Echo::start();
    let purser = Purser::new();
    purser.upload_and_grant("canary");
    purser.ok("alias create echo --connector canary");
    let secret = format!("{MARK}client");
    let file = purser.file("secret", &secret);
    for auth in ["basic", "post"] {
        let refused = answer(purser.command(&format!(
            "connection create main --alias echo --base-url {} --private-network --template oauth-client-credentials \
             --set client-id=purser --set token-url={} --set token-auth={auth} --secret-file {file}",
            echo.base_url(),
            echo.url("/failing-token"),
        )));
        assert_ne!(refused.code, 0);
        let mut written = Written::default();
        written.said("create", refused);
        written.folder(&purser.home());
        written.assert_without(&secret);
    }
}
