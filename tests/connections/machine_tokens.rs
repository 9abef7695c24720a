//! Tokens without a person: client credentials, and assertions signed with a key.

use crate::oauth_env::{OAuthEnv, Person, sign_in};
use serde_json::json;

#[test]
fn expired_client_credentials_token_is_replaced_during_a_run() {
    let env = OAuthEnv::open(&[("AT_TTL", "5"), ("PAGE_DELAY_MS", "3000")]);
    let more = ["--set", "scopes=users.read users.write"];

    let output = sign_in(
        env.create("main", "oauth-client-credentials", "machine", &more),
        Person::Agrees,
    );
    assert_eq!(output.code, 0, "{output:#?}");

    env.purser
        .ok("profile create people --connector scim --alias directory --set page-size=30");
    let before = env.events().len();
    env.purser.ok("profile publish people");

    assert_eq!(
        env.purser.json("accounts people").as_array().unwrap().len(),
        env.server.seed.len()
    );

    let got = &env.events()[before..];
    assert!(!got.is_empty(), "the token did not expire during the run");
    assert!(
        got.iter()
            .all(|event| event["grant_type"] == "client_credentials" && event["outcome"] == "ok")
    );
    assert!(
        env.connection("main")["token"]["generation"].as_u64() > Some(1),
        "the new tokens were not stored"
    );
}

#[test]
fn jwt_assertion_is_signed_with_the_given_key() {
    let env = OAuthEnv::open(&[]);

    for (name, algorithm) in [("rsa", "RS256"), ("curve", "ES256")] {
        let key = &env.server.facts["keys"][algorithm];
        let secret = key["file"].as_str().unwrap().to_owned();
        let id = format!("key-id={}", key["id"].as_str().unwrap());
        let algorithm = format!("algorithm={algorithm}");
        let issuer = env.server.facts["issuer"].as_str().unwrap();
        let audience = format!("audience={issuer}");

        let more = [
            "--set",
            &id,
            "--set",
            &algorithm,
            "--set",
            "issuer=svc-jwt",
            "--set",
            "subject=ops.admin",
            "--set",
            &audience,
            "--set",
            "scopes=users.read users.write",
            "--secret-file",
            &secret,
        ];

        let output = sign_in(
            env.create(name, "oauth-jwt-bearer", "svc-jwt", &more),
            Person::Agrees,
        );
        assert_eq!(output.code, 0, "{algorithm}: {output:#?}");
        assert_eq!(env.connection(name)["state"], "active");
    }
}

#[test]
fn clock_skew_is_named_in_the_error() {
    let env = OAuthEnv::open(&[]);
    env.set_faults(json!({ "clock-skew-s": -3600 }));
    let key = &env.server.facts["keys"]["RS256"];
    let secret = key["file"].as_str().unwrap().to_owned();
    let id = format!("key-id={}", key["id"].as_str().unwrap());
    let more = [
        "--set",
        &id,
        "--set",
        "issuer=svc-jwt",
        "--set",
        "subject=ops.admin",
        "--set",
        "scopes=users.read",
        "--secret-file",
        &secret,
    ];

    let output = sign_in(
        env.create("main", "oauth-jwt-bearer", "svc-jwt", &more),
        Person::Agrees,
    );
    output.assert_refused(1, "this machine", "clock is about 60 minutes ahead");
    assert_eq!(env.purser.json("connection list"), json!([]));
}
