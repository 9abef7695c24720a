//! OAuth with a person's consent, against a provider that others wrote.

use crate::desk::{Desk, Person, get, signed_in, started, visit};
use serde_json::json;

fn no_connection(desk: &Desk) {
    assert_eq!(desk.purser.json("connection list"), json!([]));
}

#[test]
fn every_way_of_proving_who_the_client_is_works() {
    let desk = Desk::open(&[]);
    let key = &desk.server.facts["keys"]["RS256"];
    let file = format!("private-key={}", key["file"].as_str().unwrap());
    let id = format!("key-id={}", key["id"].as_str().unwrap());
    for (name, client, more) in [
        ("basic", "web-basic", vec!["--set", "token-auth=basic"]),
        ("post", "web-post", vec!["--set", "token-auth=post"]),
        // Its id and its secret hold what must be form-encoded before it goes into Basic.
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
        let answer = signed_in(desk.create_by_consent(name, client, &more), Person::Agrees);
        assert_eq!(answer.code, 0, "{client}: {answer:#?}");
        let connection = desk.connection(name);
        assert_eq!(connection["state"], "active", "{client}");
        assert_eq!(connection["token"]["missing_scopes"], json!([]), "{client}");
        assert!(connection["token"]["expires_at"].is_string(), "{client}");
    }
    let tested = desk.purser.ok("connection test odd");
    assert!(tested.contains("read:users"), "{tested}");

    let deleted = desk.purser.ok("connection delete basic");
    assert!(deleted.contains("was revoked"), "{deleted}");
    let revoked: Vec<_> = desk
        .events()
        .into_iter()
        .filter(|event| event["event"] == "revocation")
        .collect();
    assert_eq!(
        (&revoked[0]["client"], &revoked[0]["token"]),
        (&json!("web-basic"), &json!("RefreshToken"))
    );
}

#[test]
fn a_person_who_refuses_leaves_nothing_behind() {
    let desk = Desk::open(&[]);
    let answer = signed_in(
        desk.create_by_consent("main", "web-basic", &[]),
        Person::Refuses,
    );
    answer.assert_refused(3, "input or configuration", "denied in the browser");
    no_connection(&desk);
}

#[test]
fn an_answer_to_another_question_is_not_taken() {
    let desk = Desk::open(&[]);
    let waiting = started(desk.create_by_consent("main", "web-basic", &[]))
        .ok()
        .unwrap();
    let back = visit(&waiting.url, &["--no-callback"]);
    let state = waiting.parameter("state");
    let redirect = waiting.parameter("redirect_uri");
    assert!(
        get(&redirect).starts_with("HTTP/1.1 400"),
        "somebody who tries the address disturbs nothing"
    );
    assert!(get(&back.replace(&state, "of-somebody-elses-browser")).starts_with("HTTP/1.1 200"));
    waiting
        .finish()
        .assert_refused(3, "input or configuration", "state");
    no_connection(&desk);
    assert!(desk.events().is_empty(), "the code was not even tried");
}

#[test]
fn a_code_that_was_used_gets_no_second_token() {
    let desk = Desk::open(&[]);
    let first = started(desk.create_by_consent("first", "web-basic", &[]))
        .ok()
        .unwrap();
    let back = visit(&first.url, &[]);
    assert_eq!(first.finish().code, 0);
    let second = started(desk.create_by_consent("second", "web-basic", &[]))
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
    let names: Vec<_> = desk
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
fn a_port_that_is_taken_is_told_before_anybody_signs_in() {
    let desk = Desk::open(&[]);
    let port = u16::try_from(desk.server.facts["callback_port"].as_u64().unwrap()).unwrap();
    let _taken = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    let answer = signed_in(
        desk.create_by_consent("main", "web-basic", &[]),
        Person::Agrees,
    );
    answer.assert_refused(3, "input or configuration", &format!("port {port}"));
    no_connection(&desk);
}

#[test]
fn nobody_is_waited_for_for_ever() {
    let desk = Desk::open(&[]);
    let waiting = started(desk.create_by_consent("main", "web-basic", &["--sign-in-within", "1"]))
        .ok()
        .unwrap();
    waiting
        .finish()
        .assert_refused(3, "input or configuration", "nobody came back");
    no_connection(&desk);
}

#[test]
fn what_the_provider_does_not_know_is_told_in_its_words() {
    let desk = Desk::open(&[]);
    let mut command = desk.create_by_consent("main", "web-basic", &[]);
    command.args([
        "--secret-file",
        &format!("private-key={}", desk.purser.file("wrong", "no key")),
    ]);
    signed_in(command, Person::Agrees).assert_refused(3, "input or configuration", "private key");

    let file = desk
        .purser
        .file("other.secret", "not-the-secret-of-this-client");
    let mut command = desk.purser.command(&format!(
        "connection create main --alias directory --base-url {} --template oauth-client-credentials --private-network \
         --set client-id=machine --set token-url={} --secret-file {file}",
        desk.server.base_url,
        desk.endpoint("token"),
    ));
    command.args(["--set", "scopes=users.read"]);
    signed_in(command, Person::Agrees).assert_refused(
        3,
        "input or configuration",
        "invalid_client",
    );
    no_connection(&desk);
}

#[test]
fn what_was_not_granted_is_told() {
    let desk = Desk::open(&[]);
    let more = ["--set", "token-auth=post", "--set", "scopes=users.read"];
    let answer = signed_in(
        desk.create("main", "oauth-client-credentials", "machine-ro", &more),
        Person::Agrees,
    );
    assert_eq!(answer.code, 0, "{answer:#?}");
    let shown = desk.purser.ok("connection test main");
    assert!(
        shown.contains("reclaim:suspend") && shown.contains("no"),
        "{shown}"
    );
}
