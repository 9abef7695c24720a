//! Search for leaked credentials. Each template connects with a marked secret and goes through
//! success, refusal, failure, redirects, a trap and a stall, while the application echoes the
//! credential in every encoding. Then all that Purser wrote is searched: database and WAL, output,
//! run records, cassettes, and the whole memory of the connector.

mod auth_methods;
mod searched_data;

use crate::echo_server::{ACCESS, EchoServer, REFRESH};
use crate::oauth_env::{get, start_sign_in};
use auth_methods::{AuthMethod, MARK, auth_methods};
use purser_tests::{CommandOutput, Purser};
use searched_data::{SearchedData, holds};
use std::process::{Command, Stdio};

/// Text in the memory of every instance of the guest.
const MARKER: &[u8] = b"marker-of-the-guests-memory";

#[test]
fn secret_of_every_template_appears_only_in_signed_requests() {
    let other_origin = EchoServer::start();
    let echo = EchoServer::with_tokens_for(2).redirecting_to(&other_origin);

    for method in auth_methods(&echo) {
        let AuthMethod {
            template,
            fields,
            secret,
            signs_in,
            expected_request,
        } = method;
        let purser = Purser::new();
        purser.upload_and_grant("canary");
        purser.ok("alias create echo --connector canary --retry-attempts 2 --retry-within 2");

        let mut searched = SearchedData::default();
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
        let before = echo.received().len();

        let created = if signs_in {
            create_with_sign_in(create)
        } else {
            output(create)
        };
        assert_eq!(created.code, 0, "{template}: {created:#?}");

        searched.add_output("create", created);
        purser.ok("profile create p --connector canary --alias echo");

        for (stream, code) in [("echoes", 0), ("trap", 4), ("stall", 5)] {
            if stream == "stall" {
                purser.ok("connector grant canary --all --limit wall-ms=1500");
            }

            let cassette = purser
                .home()
                .with_file_name(format!("{stream}.cassette.json"));

            let ran = output(purser.command(&format!(
                "run p --stream {stream} --record {}",
                cassette.display()
            )));
            assert_eq!(ran.code, code, "{template}: {ran:#?}");

            searched.add_output(stream, ran);
            searched.add_cassette(&cassette);
        }

        for words in [
            "connection test main",
            "connection show main --json",
            "accounts p --json",
            "runs list --json",
        ] {
            searched.add_output(words, output(purser.command(words)));
        }

        for run in purser.json("runs list").as_array().unwrap() {
            searched.add_output(
                "runs show",
                output(purser.command(&format!("runs show {} --json", run["id"]))),
            );
        }

        // Prove that the search works: the secret was on the wire, and the guest's memory holds the
        // marker and the redacted credential.
        let requests = &echo.received()[before..];

        let on_the_wire = |text: &str| {
            requests.iter().any(|received| {
                let in_header = ["authorization", "x-key"]
                    .iter()
                    .filter_map(|name| received.header(name));
                received.target.contains(text)
                    || in_header.into_iter().any(|value| value.contains(text))
            })
        };
        assert!(
            on_the_wire(&expected_request),
            "{template}: {expected_request} was not sent"
        );

        let memory = echo.memory();
        assert!(
            holds(&memory, MARKER) && holds(&memory, b"[credential]"),
            "{template}: {} bytes",
            memory.len()
        );
        assert!(
            searched
                .0
                .iter()
                .any(|(_, bytes)| holds(bytes, b"[credential]")),
            "{template}"
        );

        searched.add_folder(&purser.home());
        searched.add("the guest's memory", memory);

        for secret in &secrets {
            searched.assert_without(secret);
        }

        let leaked: Vec<_> = other_origin.received();
        assert!(
            leaked.is_empty(),
            "{template}: another origin received {leaked:#?}"
        );
    }
}

#[test]
fn token_endpoint_error_that_echoes_the_secret_does_not_show_it() {
    let echo = EchoServer::start();
    let purser = Purser::new();
    purser.upload_and_grant("canary");
    purser.ok("alias create echo --connector canary");

    let secret = format!("{MARK}client");
    let file = purser.file("secret", &secret);

    for auth in ["basic", "post"] {
        let refused = output(purser.command(&format!(
            "connection create main --alias echo --base-url {} --private-network --template oauth-client-credentials \
             --set client-id=purser --set token-url={} --set token-auth={auth} --secret-file {file}",
            echo.base_url(),
            echo.url("/failing-token"),
        )));
        assert_ne!(refused.code, 0);

        let mut searched = SearchedData::default();
        searched.add_output("create", refused);
        searched.add_folder(&purser.home());
        searched.assert_without(&secret);
    }
}

fn output(mut command: Command) -> CommandOutput {
    let output = command
        .env("PURSER_LOG", "trace")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();

    CommandOutput {
        code: output.status.code().unwrap_or(-1),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

/// Creates a connection with a sign-in that follows the redirects by itself.
fn create_with_sign_in(create: Command) -> CommandOutput {
    match start_sign_in(create) {
        Ok(waiting) => {
            let output = get(&waiting.url);
            let back = output
                .lines()
                .find_map(|line| line.strip_prefix("location: "))
                .unwrap()
                .trim();
            get(back);

            waiting.finish()
        }
        Err(output) => output,
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
