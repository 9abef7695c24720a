//! Credentials in the query: they are set, reserved, and kept from leaving with a redirect.

use super::redirects::redirect_to;
use super::server::{Server, Step, http_response, ok};
use super::{SECRET, TestEnv, bearer, get, key_in_query, request, static_source};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purser_model::{HttpError, Method};

/// The secret, percent-encoded.
const ENCODED: &str = "s3cr3t%2Fwith%2Bodd%3Dchars";

/// An environment whose credential is the query parameter `api_key`.
fn env_with_key() -> TestEnv {
    TestEnv {
        credentials: static_source(key_in_query("api_key", SECRET)),
        ..TestEnv::granting_all()
    }
}

#[tokio::test]
async fn query_credential_is_sent_and_scrubbed_from_responses() {
    let server = Server::start(|_, request| {
        let echo = format!("location: {}", request.line);
        vec![Step::Send(http_response(
            "404 Not Found",
            &[&echo],
            &request.line,
        ))]
    })
    .await;

    let response = env_with_key()
        .get(&server, "/users?filter=a%20eq%20b&count=1")
        .await
        .unwrap();
    let line = format!("GET /api/users?filter=a%20eq%20b&count=1&api_key={ENCODED} HTTP/1.1");

    assert_eq!(server.received()[0].line, line);
    assert_eq!(server.received()[0].field("authorization"), None);

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
async fn connector_cannot_set_the_parameter_of_the_credential() {
    let server = Server::start_tls(|_, _| ok("")).await;
    let port = server.address.port();
    let granted =
        TestEnv::with_grant(&["GET /**", &format!("GET files.example:{port}/*")]).trusting(&server);
    let env = TestEnv {
        credentials: static_source(key_in_query("api_key", SECRET)),
        ..granted
    };

    for target in [
        "/users?api_key=mine".to_owned(),
        "/users?a=1&api%5Fkey=mine".into(),
        "/users?%61PI_key".into(),
        format!("https://hub.example:{port}/api/users?api_key=mine"),
        format!("https://files.example:{port}/x?api_key=mine"),
    ] {
        let (outcome, stats) = env.send(&server.base(), get(&target)).await;
        assert!(
            matches!(&outcome, Err(HttpError::Invalid(why)) if why.contains("api_key")),
            "{target}: {outcome:?}"
        );
        assert_eq!(stats.attempts, 0);
    }

    assert!(server.received().is_empty());
}

#[tokio::test]
async fn connector_cannot_set_the_header_of_the_credential_for_another_host() {
    let server = Server::start_tls(|_, _| ok("")).await;
    let port = server.address.port();
    let granted = TestEnv::with_grant(&[&format!("GET files.example:{port}/*")]).trusting(&server);
    let env = TestEnv {
        credentials: static_source(super::key_in_header("x-api-key", SECRET)),
        ..granted
    };
    let headers = vec![super::header("X-API-Key", "mine")];
    let outgoing = purser_model::Request {
        headers,
        ..get(&format!("https://files.example:{port}/x"))
    };

    assert!(matches!(
        env.send(&server.base(), outgoing).await.0,
        Err(HttpError::Invalid(_))
    ));
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn parameter_carried_over_by_a_redirect_is_replaced() {
    let server = Server::start(|number, request| {
        let query = request.line.split(['?', ' ']).nth(2).unwrap();

        if number == 0 {
            redirect_to(
                "307 Temporary Redirect",
                &format!("/api/b?{query}&API_KEY=old&z=1"),
            )
        } else {
            ok("")
        }
    })
    .await;
    env_with_key()
        .send(&server.base(), request(Method::Post, "/a?x=%2f"))
        .await
        .0
        .unwrap();

    assert_eq!(
        server.received()[1].line,
        format!("POST /api/b?x=%2f&z=1&api_key={ENCODED} HTTP/1.1")
    );
}

#[tokio::test]
async fn redirect_to_another_host_drops_the_parameter() {
    let server = Server::start_tls(|number, request| {
        let port = request.field("host").unwrap().rsplit(':').next().unwrap();
        let query = request.line.split(['?', ' ']).nth(2).unwrap();

        if number == 0 {
            redirect_to(
                "302 Found",
                &format!("https://files.example:{port}/x?{query}"),
            )
        } else {
            ok("file")
        }
    })
    .await;
    let granted = TestEnv::with_grant(&[
        "GET /**",
        &format!("GET files.example:{}/*", server.address.port()),
    ]);
    let env = TestEnv {
        credentials: static_source(key_in_query("api_key", SECRET)),
        ..granted.trusting(&server)
    };

    assert_eq!(env.get(&server, "/a?page=2").await.unwrap().body, b"file");
    assert_eq!(server.received()[1].line, "GET /x?page=2 HTTP/1.1");
}

#[tokio::test]
async fn redirect_to_another_host_with_the_credential_is_refused_without_quoting_it() {
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
        let server = Server::start_tls(move |_, request| {
            let port = request.field("host").unwrap().rsplit(':').next().unwrap();
            redirect_to(
                "302 Found",
                &format!("https://files.example:{port}{location}"),
            )
        })
        .await;
        let granted = TestEnv::with_grant(&[
            "GET /**",
            &format!("GET files.example:{}/**", server.address.port()),
        ]);
        let env = TestEnv {
            credentials: static_source(credential),
            ..granted.trusting(&server)
        };

        let outcome = env.get(&server, "/a").await;
        let Err(HttpError::Protocol(why)) = &outcome else {
            panic!("{place}: {outcome:?}")
        };

        assert!(
            why.starts_with("the application redirects to another host with the credential"),
            "{place}: {why}"
        );
        assert_eq!(server.received().len(), 1, "{place}");
    }
}

#[tokio::test]
async fn host_name_that_holds_the_credential_is_not_quoted() {
    let key = "AbCdEfGh1234567";
    let server = Server::start(move |_, _| {
        redirect_to("302 Found", &format!("https://{key}.evil.example/"))
    })
    .await;
    let env = TestEnv {
        credentials: static_source(bearer(key)),
        ..TestEnv::granting_all()
    };

    let error = env.get(&server, "/a").await.unwrap_err().to_string();

    assert!(
        !error.to_lowercase().contains(&key.to_lowercase()),
        "{error}"
    );
}

#[tokio::test]
async fn redirect_within_the_origin_may_hold_the_credential() {
    let server = Server::start(|number, _| {
        if number == 0 {
            redirect_to("302 Found", &format!("/api/b?token={ENCODED}"))
        } else {
            ok("")
        }
    })
    .await;
    TestEnv::granting_all().get(&server, "/a").await.unwrap();

    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn url_of_the_response_is_the_last_hop_without_the_credential() {
    let server = Server::start(|number, request| {
        let key = request.line.split(['?', ' ']).nth(2).unwrap();

        if number == 0 {
            redirect_to("307 Temporary Redirect", &format!("/api/v2/users?{key}"))
        } else {
            vec![Step::Send(http_response(
                "200 OK",
                &["purser-url: https://evil.example/"],
                "",
            ))]
        }
    })
    .await;

    let response = env_with_key().get(&server, "/users?page=1").await.unwrap();
    let urls: Vec<_> = response
        .headers
        .iter()
        .filter(|header| header.name == "purser-url")
        .map(|header| header.value.as_str())
        .collect();

    assert_eq!(urls, [format!("{}/v2/users?page=1", server.base())]);
}
