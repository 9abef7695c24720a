//! Tokens that need no person: client credentials, and assertions signed with a key.

use crate::desk::{Desk, Person, signed_in};
use serde_json::json;

#[test]
fn client_credentials_are_got_anew_whenever_they_expire() {
    let desk = Desk::open(&[("AT_TTL", "5"), ("PAGE_DELAY_MS", "3000")]);
    let more = ["--set", "scopes=users.read users.write"];
    let answer = signed_in(
        desk.create("main", "oauth-client-credentials", "machine", &more),
        Person::Agrees,
    );
    assert_eq!(answer.code, 0, "{answer:#?}");
    desk.purser
        .ok("profile create people --connector scim --alias directory --set page-size=30");
    let before = desk.events().len();
    desk.purser.ok("profile publish people");
    assert_eq!(
        desk.purser
            .json("accounts people")
            .as_array()
            .unwrap()
            .len(),
        desk.server.seed.len()
    );
    let got = &desk.events()[before..];
    assert!(!got.is_empty(), "the token expired under the run");
    assert!(
        got.iter()
            .all(|event| event["grant_type"] == "client_credentials" && event["outcome"] == "ok")
    );
    assert!(
        desk.connection("main")["token"]["generation"].as_u64() > Some(1),
        "and each was stored"
    );
}

#[test]
fn assertions_are_signed_with_the_key_that_was_given() {
    let desk = Desk::open(&[]);
    for (name, algorithm) in [("rsa", "RS256"), ("curve", "ES256")] {
        let key = &desk.server.facts["keys"][algorithm];
        let secret = key["file"].as_str().unwrap().to_owned();
        let (id, algorithm) = (
            format!("key-id={}", key["id"].as_str().unwrap()),
            format!("algorithm={algorithm}"),
        );
        let issuer = desk.server.facts["issuer"].as_str().unwrap();
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
        let answer = signed_in(
            desk.create(name, "oauth-jwt-bearer", "svc-jwt", &more),
            Person::Agrees,
        );
        assert_eq!(answer.code, 0, "{algorithm}: {answer:#?}");
        assert_eq!(desk.connection(name)["state"], "active");
    }
}

#[test]
fn a_clock_that_is_wrong_is_named() {
    let desk = Desk::open(&[]);
    desk.fault(json!({ "clock-skew-s": -3600 }));
    let key = &desk.server.facts["keys"]["RS256"];
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
    let answer = signed_in(
        desk.create("main", "oauth-jwt-bearer", "svc-jwt", &more),
        Person::Agrees,
    );
    answer.assert_refused(1, "this machine", "clock is about 60 minutes ahead");
    assert_eq!(desk.purser.json("connection list"), json!([]));
}
