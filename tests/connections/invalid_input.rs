//! Invalid input is refused before anything is sent or stored.

use purser_tests::{CONNECTOR, TestEnv};
use serde_json::json;

fn env() -> TestEnv {
    let env = TestEnv::empty(10, purser_sample_app::SampleOptions::default());
    env.purser.upload_and_grant("sample");
    env.purser
        .ok(&format!("alias create acme --connector {CONNECTOR}"));
    env
}

/// Asserts that a connection is refused with this text, and that nothing is stored or sent.
fn assert_refused_before_sending(env: &TestEnv, words: &str, secret: &str, says: &str) {
    let requests_before = env.app.requests();
    let output = env
        .purser
        .connect(&format!("main --alias acme {words}"), secret);
    output.assert_refused(3, "input or configuration", says);
    assert!(
        !output.stderr.contains(secret) && !output.stdout.contains(secret),
        "{output:#?}"
    );
    assert_eq!(env.purser.json("connection list"), json!([]));
    assert_eq!(env.app.requests(), requests_before, "nothing was sent");
}

#[test]
fn fields_that_do_not_match_the_template_are_refused() {
    let env = env();
    let base = env.app.base_url();

    let bearer = format!("--base-url {base} --private-network --template bearer");
    assert_refused_before_sending(
        &env,
        &format!("{bearer} --set user=ada"),
        "qb-secret-1",
        "user",
    );
    assert_refused_before_sending(
        &env,
        &format!("{bearer} --set token=visible"),
        "qb-secret-1",
        "secret",
    );
    assert_refused_before_sending(&env, &bearer, "tiny", "shorter");

    let key = format!("--base-url {base} --private-network --template api-key-header");
    assert_refused_before_sending(&env, &key, "qb-secret-1", "header");
    assert_refused_before_sending(
        &env,
        &format!("{key} --set header=host"),
        "qb-secret-1",
        "host",
    );
    assert_refused_before_sending(
        &env,
        &format!("{key} --set header=x-key --set header=y-key"),
        "qb-secret-1",
        "twice",
    );

    let unknown = format!("--base-url {base} --private-network --template kerberos");
    assert_refused_before_sending(&env, &unknown, "qb-secret-1", "no template kerberos");

    let basic = format!("--base-url {base} --private-network --template basic --set user=a:b");
    assert_refused_before_sending(&env, &basic, "qb-secret-1", "colon");
}

#[test]
fn template_that_the_connector_does_not_accept_is_refused() {
    let env = env();

    let words = format!(
        "--base-url {} --private-network --template api-key-query --set parameter=key",
        env.app.base_url()
    );
    assert_refused_before_sending(
        &env,
        &words,
        "qb-secret-1",
        "does not work with template api-key-query",
    );
}

#[test]
fn token_url_without_tls_is_refused() {
    let env = env();
    let file = env.purser.file("secret", "a-client-secret");
    let words = format!(
        "connection create main --alias acme --base-url https://hub.example/api --template oauth-client-credentials \
         --set client-id=purser --secret-file {file} --set token-url"
    );

    let output = env
        .purser
        .run(&format!("{words}=http://id.hub.example/token"));
    output.assert_refused(3, "input or configuration", "https");

    // A private network permits http to private addresses only. The address is one for
    // documentation (RFC 5737).
    let output = env.purser.run(&format!(
        "{words}=http://198.51.100.7/token --private-network"
    ));
    assert_eq!(output.code, 3, "{output:#?}");
    assert_eq!(env.purser.json("connection list"), json!([]));
}

#[test]
fn invalid_or_missing_private_key_is_refused() {
    let env = env();
    let words = "connection create main --alias acme --base-url https://hub.example/api --template oauth-jwt-bearer \
                 --set token-url=https://id.hub.example/token --set issuer=purser";
    for content in [
        "no key at all",
        "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
    ] {
        let file = env.purser.file("key.pem", content);
        let output = env
            .purser
            .run(&format!("{words} --secret-file private-key={file}"));
        output.assert_refused(3, "input or configuration", "private key");
        assert!(!output.stderr.contains("MIIB"), "{output:#?}");
    }
    env.purser
        .run(words)
        .assert_refused(3, "input or configuration", "private key is missing");
    assert_eq!(env.purser.json("connection list"), json!([]));
}

#[test]
fn template_that_signs_for_another_host_is_refused() {
    let env = env();
    let template = "name = 'acme'\ntitle = 'Acme'\nsummary = 'Acme.'\nlike = ['bearer']\nhosts = ['*.acme.example']\n\
                    [[fields]]\nname = 'token'\ntitle = 'Token'\nhelp = 'The token.'\nsecret = true\n\
                    [[sign.headers]]\nname = 'authorization'\nvalue = 'Bearer {token}'\n";
    let file = env.purser.file("acme.toml", template);
    env.purser.ok(&format!("template add {file}"));

    let words = format!(
        "--base-url {} --private-network --template acme",
        env.app.base_url()
    );
    assert_refused_before_sending(
        &env,
        &words,
        "qb-secret-1",
        "does not sign requests to 127.0.0.1",
    );

    let for_other_host = template.replace(
        "name = 'authorization'",
        "host = 'evil.example'\nname = 'authorization'",
    );

    let file = env.purser.file(
        "elsewhere.toml",
        for_other_host.replace("'acme'", "'elsewhere'"),
    );
    env.purser
        .run(&format!("template add {file}"))
        .assert_refused(3, "input or configuration", "own origin alone");
}

#[test]
fn existing_connection_name_is_refused_before_any_request() {
    let env = TestEnv::ready(10);
    let requests_before = env.app.requests();

    let output = env.connect("acme-main", "qb-another-token");
    output.assert_refused(3, "input or configuration", "already exists");
    assert_eq!(env.app.requests(), requests_before);
}
