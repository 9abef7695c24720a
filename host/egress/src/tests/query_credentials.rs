//! A credential in the query: put on, refused to connectors, and kept from leaving with a redirect.

use super::redirects::to;
use super::server::{Server, Step, answer, ok};
use super::{Bench, SECRET, bearer, fixed, get, key_in_query, request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purser_model::{HttpError, Method};

const ENCODED: &str = "s3cr3t%2Fwith%2Bodd%3Dchars";

fn keyed() -> Bench {
    Bench {
        credentials: fixed(key_in_query("api_key", SECRET)),
        ..Bench::open()
    }
}

#[tokio::test]
async fn it_is_on_the_wire_and_in_nothing_that_comes_back() {
    let server = Server::start(|_, seen| {
        let echo = format!("location: {}", seen.line);
        vec![Step::Send(answer("404 Not Found", &[&echo], &seen.line))]
    })
    .await;
    let response = keyed()
        .get(&server, "/users?filter=a%20eq%20b&count=1")
        .await
        .unwrap();
    let line = format!("GET /api/users?filter=a%20eq%20b&count=1&api_key={ENCODED} HTTP/1.1");
    assert_eq!(server.seen()[0].line, line);
    assert_eq!(server.seen()[0].field("authorization"), None);
    let scrubbed = line.replace(ENCODED, "[credential]");
    assert_eq!(String::from_utf8(response.body).unwrap(), scrubbed);
    assert!(
        response
            .headers
            .iter()
            .any(|header| header.value == scrubbed),
        "{:?}",
        response.headers
    );
}

#[tokio::test]
async fn a_connector_does_not_name_its_parameter() {
    let server = Server::start_tls(|_, _| ok("")).await;
    let port = server.address.port();
    let granted =
        Bench::granting(&["GET /**", &format!("GET files.example:{port}/*")]).trusting(&server);
    let bench = Bench {
        credentials: fixed(key_in_query("api_key", SECRET)),
        ..granted
    };
    for target in [
        "/users?api_key=mine".to_owned(),
        "/users?a=1&api%5Fkey=mine".into(),
        "/users?%61PI_key".into(),
        format!("https://hub.example:{port}/api/users?api_key=mine"),
        format!("https://files.example:{port}/x?api_key=mine"),
    ] {
        let (outcome, effort) = bench.send(&server.base(), get(&target)).await;
        assert!(
            matches!(&outcome, Err(HttpError::Invalid(why)) if why.contains("api_key")),
            "{target}: {outcome:?}"
        );
        assert_eq!(effort.attempts, 0);
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_connector_does_not_name_its_header_for_another_host_either() {
    let server = Server::start_tls(|_, _| ok("")).await;
    let port = server.address.port();
    let granted = Bench::granting(&[&format!("GET files.example:{port}/*")]).trusting(&server);
    let bench = Bench {
        credentials: fixed(super::key_in_header("x-api-key", SECRET)),
        ..granted
    };
    let headers = vec![super::header("X-API-Key", "mine")];
    let asked = purser_model::Request {
        headers,
        ..get(&format!("https://files.example:{port}/x"))
    };
    assert!(matches!(
        bench.send(&server.base(), asked).await.0,
        Err(HttpError::Invalid(_))
    ));
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_redirect_that_carries_it_over_is_signed_anew() {
    let server = Server::start(|number, seen| {
        let query = seen.line.split(['?', ' ']).nth(2).unwrap();
        if number == 0 {
            to(
                "307 Temporary Redirect",
                &format!("/api/b?{query}&API_KEY=old&z=1"),
            )
        } else {
            ok("")
        }
    })
    .await;
    keyed()
        .send(&server.base(), request(Method::Post, "/a?x=%2f"))
        .await
        .0
        .unwrap();
    assert_eq!(
        server.seen()[1].line,
        format!("POST /api/b?x=%2f&z=1&api_key={ENCODED} HTTP/1.1")
    );
}

#[tokio::test]
async fn a_redirect_elsewhere_goes_without_it() {
    let server = Server::start_tls(|number, seen| {
        let port = seen.field("host").unwrap().rsplit(':').next().unwrap();
        let query = seen.line.split(['?', ' ']).nth(2).unwrap();
        if number == 0 {
            to(
                "302 Found",
                &format!("https://files.example:{port}/x?{query}"),
            )
        } else {
            ok("file")
        }
    })
    .await;
    let granted = Bench::granting(&[
        "GET /**",
        &format!("GET files.example:{}/*", server.address.port()),
    ]);
    let bench = Bench {
        credentials: fixed(key_in_query("api_key", SECRET)),
        ..granted.trusting(&server)
    };
    assert_eq!(bench.get(&server, "/a?page=2").await.unwrap().body, b"file");
    assert_eq!(server.seen()[1].line, "GET /x?page=2 HTTP/1.1");
}

#[tokio::test]
async fn a_redirect_elsewhere_with_it_in_any_form_is_refused_unquoted() {
    let base64 = STANDARD.encode(format!("<{SECRET}>")).replace('+', "%2B");
    let letters: String = SECRET.bytes().map(|byte| format!("%{byte:02x}")).collect();
    for (credential, place) in [
        (
            key_in_query("api_key", SECRET),
            format!("/x?token={SECRET}"),
        ),
        (
            key_in_query("api_key", SECRET),
            format!("/x?to=https%3A%2F%2Fx.example%2F%3Fapi_key%3D{ENCODED}"),
        ),
        (key_in_query("api_key", SECRET), format!("/x/{SECRET}")),
        (bearer(SECRET), format!("/x?state={base64}")),
        (bearer(SECRET), format!("/x?token={letters}")),
        (
            bearer(SECRET),
            format!("/x?token={}", letters.replace('%', "%25")),
        ),
        (bearer(SECRET), format!("/x?token=%{}61", "25".repeat(60))),
    ] {
        let location = place.clone();
        let server = Server::start_tls(move |_, seen| {
            let port = seen.field("host").unwrap().rsplit(':').next().unwrap();
            to(
                "302 Found",
                &format!("https://files.example:{port}{location}"),
            )
        })
        .await;
        let granted = Bench::granting(&[
            "GET /**",
            &format!("GET files.example:{}/**", server.address.port()),
        ]);
        let bench = Bench {
            credentials: fixed(credential),
            ..granted.trusting(&server)
        };
        let outcome = bench.get(&server, "/a").await;
        let Err(HttpError::Protocol(why)) = &outcome else {
            panic!("{place}: {outcome:?}")
        };
        assert!(
            why.starts_with("the application redirects to another host with the credential"),
            "{place}: {why}"
        );
        assert_eq!(server.seen().len(), 1, "{place}");
    }
}

#[tokio::test]
async fn a_host_that_spells_it_is_not_quoted() {
    let key = "AbCdEfGh1234567";
    let server =
        Server::start(move |_, _| to("302 Found", &format!("https://{key}.evil.example/"))).await;
    let bench = Bench {
        credentials: fixed(bearer(key)),
        ..Bench::open()
    };
    let error = bench.get(&server, "/a").await.unwrap_err().to_string();
    assert!(
        !error.to_lowercase().contains(&key.to_lowercase()),
        "{error}"
    );
}

#[tokio::test]
async fn on_the_own_origin_it_may_stand_anywhere() {
    let server = Server::start(|number, _| {
        if number == 0 {
            to("302 Found", &format!("/api/b?token={ENCODED}"))
        } else {
            ok("")
        }
    })
    .await;
    Bench::open().get(&server, "/a").await.unwrap();
    assert_eq!(server.seen().len(), 2);
}
