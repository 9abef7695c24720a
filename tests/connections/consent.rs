//! OAuth sign-in with a person's consent, against an independent provider.

use crate::oauth_env::{OAuthEnv, Person, get, sign_in, start_sign_in, visit};
use serde_json::json;

fn assert_no_connection(env: &OAuthEnv) {
    assert_eq!(env.purser.json("connection list"), json!([]));
}

#[test]
fn sign_in_succeeds_with_every_client_authentication() {
    let env = OAuthEnv::open(&[]);
    let key = &env.server.facts["keys"]["RS256"];
    let file = format!("private-key={}", key["file"].as_str().unwrap());

    let id = format!("key-id={}", key["id"].as_str().unwrap());
    for (name, client, more) in [
        ("basic", "web-basic", vec!["--set", "token-auth=basic"]),
        ("post", "web-post", vec!["--set", "token-auth=post"]),
        // Client id and secret contain characters to form-encode before HTTP Basic.
        ("odd", "web+odd client", vec!["--set", "token-auth=basic"]),
        (
            "signed",
            "web-pkjwt",
            vec![
                "--set",
                "token-auth=private-key-jwt",
                "--secret-file",
                &file,
                "--set",
                &id,
            ],
        ),
        ("public", "native-public", vec!["--set", "token-auth=none"]),
    ] {
        let output = sign_in(env.create_by_consent(name, client, &more), Person::Agrees);
        assert_eq!(output.code, 0, "{client}: {output:#?}");
        let connection = env.connection(name);
        assert_eq!(connection["state"], "active", "{client}");
        assert_eq!(connection["token"]["missing_scopes"], json!([]), "{client}");
        assert!(connection["token"]["expires_at"].is_string(), "{client}");
    }

    let tested = env.purser.ok("connection test odd");
    assert!(tested.contains("read:users"), "{tested}");

    let deleted = env.purser.ok("connection delete basic");
    assert!(deleted.contains("was revoked"), "{deleted}");

    let revoked: Vec<_> = env
        .events()
        .into_iter()
        .filter(|event| event["event"] == "revocation")
        .collect();
    assert_eq!(revoked[0]["client"], "web-basic");
    assert_eq!(revoked[0]["token"], "RefreshToken");
}

#[test]
fn denied_consent_stores_no_connection() {
    let env = OAuthEnv::open(&[]);
    let output = sign_in(
        env.create_by_consent("main", "web-basic", &[]),
        Person::Refuses,
    );
    output.assert_refused(3, "input or configuration", "denied in the browser");
    assert_no_connection(&env);
}

#[test]
fn callback_with_a_wrong_state_is_refused() {
    let env = OAuthEnv::open(&[]);
    let waiting = start_sign_in(env.create_by_consent("main", "web-basic", &[]))
        .ok()
        .unwrap();
    let back = visit(&waiting.url, &["--no-callback"]);
    let state = waiting.parameter("state");

    let redirect = waiting.parameter("redirect_uri");
    assert!(
        get(&redirect).starts_with("HTTP/1.1 400"),
        "a request without parameters does not end the wait"
    );
    assert!(get(&back.replace(&state, "of-somebody-elses-browser")).starts_with("HTTP/1.1 200"));
    waiting
        .finish()
        .assert_refused(3, "input or configuration", "state");
    assert_no_connection(&env);
    assert!(env.events().is_empty(), "the code was not exchanged");
}

#[test]
fn reused_authorization_code_is_refused() {
    let env = OAuthEnv::open(&[]);
    let first = start_sign_in(env.create_by_consent("first", "web-basic", &[]))
        .ok()
        .unwrap();
    let back = visit(&first.url, &[]);

    assert_eq!(first.finish().code, 0);

    let second = start_sign_in(env.create_by_consent("second", "web-basic", &[]))
        .ok()
        .unwrap();
    let back: url::Url = back.parse().unwrap();
    let code = back
        .query_pairs()
        .find(|(name, _)| name == "code")
        .unwrap()
        .1
        .into_owned();

    let redirect = second.parameter("redirect_uri");
    get(&format!(
        "{redirect}?code={code}&state={}",
        second.parameter("state")
    ));
    second
        .finish()
        .assert_refused(3, "input or configuration", "invalid_grant");

    let names: Vec<_> = env
        .purser
        .json("connection list")
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["name"].clone())
        .collect();
    assert_eq!(names, ["first"]);
}

#[test]
fn occupied_callback_port_is_reported_before_the_sign_in() {
    let env = OAuthEnv::open(&[]);
    let port = u16::try_from(env.server.facts["callback_port"].as_u64().unwrap()).unwrap();
    let _taken = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();

    let output = sign_in(
        env.create_by_consent("main", "web-basic", &[]),
        Person::Agrees,
    );
    output.assert_refused(3, "input or configuration", &format!("port {port}"));
    assert_no_connection(&env);
}

#[test]
fn sign_in_times_out() {
    let env = OAuthEnv::open(&[]);

    let waiting =
        start_sign_in(env.create_by_consent("main", "web-basic", &["--sign-in-within", "1"]))
            .ok()
            .unwrap();
    waiting
        .finish()
        .assert_refused(3, "input or configuration", "did not redirect the browser");
    assert_no_connection(&env);
}

#[test]
fn unsuitable_key_and_wrong_client_secret_are_reported() {
    let env = OAuthEnv::open(&[]);
    let mut command = env.create_by_consent("main", "web-basic", &[]);
    command.args([
        "--secret-file",
        &format!("private-key={}", env.purser.file("wrong", "no key")),
    ]);

    sign_in(command, Person::Agrees).assert_refused(3, "input or configuration", "private key");

    let file = env
        .purser
        .file("other.secret", "not-the-secret-of-this-client");
    let mut command = env.purser.command(&format!(
        "connection create main --alias directory --base-url {} --template oauth-client-credentials --private-network \
         --set client-id=machine --set token-url={} --secret-file {file}",
        env.server.base_url,
        env.endpoint("token"),
    ));

    command.args(["--set", "scopes=users.read"]);
    sign_in(command, Person::Agrees).assert_refused(3, "input or configuration", "invalid_client");
    assert_no_connection(&env);
}

#[test]
fn reclaim_without_its_scope_is_shown_as_unavailable() {
    let env = OAuthEnv::open(&[]);
    let more = ["--set", "token-auth=post", "--set", "scopes=users.read"];

    let output = sign_in(
        env.create("main", "oauth-client-credentials", "machine-ro", &more),
        Person::Agrees,
    );
    assert_eq!(output.code, 0, "{output:#?}");

    let shown = env.purser.ok("connection test main");
    assert!(
        shown.contains("reclaim:suspend") && shown.contains("no"),
        "{shown}"
    );
}
