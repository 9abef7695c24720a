//! What is wrong is refused before anything is sent or stored.

use purser_tests::{CONNECTOR, Stage};
use serde_json::json;

fn stage() -> Stage {
    let stage = Stage::empty(10, purser_sample_app::SampleOptions::default());
    stage.purser.upload_and_grant("sample");
    stage
        .purser
        .ok(&format!("alias create acme --connector {CONNECTOR}"));
    stage
}

/// Tries to connect, and expects a refusal that leaves nothing and sends nothing.
fn refused(stage: &Stage, words: &str, secret: &str, says: &str) {
    let asked = stage.app.requests();
    let answer = stage
        .purser
        .connect(&format!("main --alias acme {words}"), secret);
    answer.assert_refused(3, "input or configuration", says);
    assert!(
        !answer.stderr.contains(secret) && !answer.stdout.contains(secret),
        "{answer:#?}"
    );
    assert_eq!(stage.purser.json("connection list"), json!([]));
    assert_eq!(stage.app.requests(), asked, "nothing was sent");
}

#[test]
fn fields_that_do_not_fit_the_template() {
    let stage = stage();
    let base = stage.app.base_url();
    let bearer = format!("--base-url {base} --private-network --template bearer");
    refused(
        &stage,
        &format!("{bearer} --set user=ada"),
        "qb-secret-1",
        "user",
    );
    refused(
        &stage,
        &format!("{bearer} --set token=visible"),
        "qb-secret-1",
        "secret",
    );
    refused(&stage, &bearer, "tiny", "shorter");
    let key = format!("--base-url {base} --private-network --template api-key-header");
    refused(&stage, &key, "qb-secret-1", "header");
    refused(
        &stage,
        &format!("{key} --set header=host"),
        "qb-secret-1",
        "host",
    );
    refused(
        &stage,
        &format!("{key} --set header=x-key --set header=y-key"),
        "qb-secret-1",
        "twice",
    );
    let unknown = format!("--base-url {base} --private-network --template kerberos");
    refused(&stage, &unknown, "qb-secret-1", "no template kerberos");
    let basic = format!("--base-url {base} --private-network --template basic --set user=a:b");
    refused(&stage, &basic, "qb-secret-1", "colon");
}

#[test]
fn a_template_that_the_connector_cannot_work_with() {
    let stage = stage();
    let words = format!(
        "--base-url {} --private-network --template api-key-query --set parameter=key",
        stage.app.base_url()
    );
    refused(
        &stage,
        &words,
        "qb-secret-1",
        "does not work with template api-key-query",
    );
}

#[test]
fn a_token_url_that_would_show_the_secret_to_everybody() {
    let stage = stage();
    let file = stage.purser.file("secret", "a-client-secret");
    let words = format!(
        "connection create main --alias acme --base-url https://hub.example/api --template oauth-client-credentials \
         --set client-id=purser --secret-file {file} --set token-url"
    );
    let answer = stage
        .purser
        .run(&format!("{words}=http://id.hub.example/token"));
    answer.assert_refused(3, "input or configuration", "https");
    // Even where private networks are allowed, http goes to them only (the address is of those for documentation, RFC 5737).
    let answer = stage.purser.run(&format!(
        "{words}=http://198.51.100.7/token --private-network"
    ));
    assert_eq!(answer.code, 3, "{answer:#?}");
    assert_eq!(stage.purser.json("connection list"), json!([]));
}

#[test]
fn a_key_file_that_is_none() {
    let stage = stage();
    let words = "connection create main --alias acme --base-url https://hub.example/api --template oauth-jwt-bearer \
                 --set token-url=https://id.hub.example/token --set issuer=purser";
    for content in [
        "no key at all",
        "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
    ] {
        let file = stage.purser.file("key.pem", content);
        let answer = stage
            .purser
            .run(&format!("{words} --secret-file private-key={file}"));
        answer.assert_refused(3, "input or configuration", "private key");
        assert!(!answer.stderr.contains("MIIB"), "{answer:#?}");
    }
    stage
        .purser
        .run(words)
        .assert_refused(3, "input or configuration", "private key is missing");
    assert_eq!(stage.purser.json("connection list"), json!([]));
}

#[test]
fn a_template_that_would_sign_requests_to_another_host() {
    let stage = stage();
    let template = "name = 'acme'\ntitle = 'Acme'\nsummary = 'Acme.'\nlike = ['bearer']\nhosts = ['*.acme.example']\n\
                    [[fields]]\nname = 'token'\ntitle = 'Token'\nhelp = 'The token.'\nsecret = true\n\
                    [[sign.headers]]\nname = 'authorization'\nvalue = 'Bearer {token}'\n";
    let file = stage.purser.file("acme.toml", template);
    stage.purser.ok(&format!("template add {file}"));
    let words = format!(
        "--base-url {} --private-network --template acme",
        stage.app.base_url()
    );
    refused(
        &stage,
        &words,
        "qb-secret-1",
        "does not sign requests to 127.0.0.1",
    );
    let elsewhere = template.replace(
        "name = 'authorization'",
        "host = 'evil.example'\nname = 'authorization'",
    );
    let file = stage
        .purser
        .file("elsewhere.toml", elsewhere.replace("'acme'", "'elsewhere'"));
    stage
        .purser
        .run(&format!("template add {file}"))
        .assert_refused(3, "input or configuration", "own origin alone");
}

#[test]
fn a_name_that_is_taken_is_told_at_once() {
    let stage = Stage::ready(10);
    let asked = stage.app.requests();
    let answer = stage.connect("acme-main", "qb-another-token");
    answer.assert_refused(3, "input or configuration", "already exists");
    assert_eq!(stage.app.requests(), asked);
}
