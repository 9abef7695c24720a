//! A redirect is a new request.

use super::server::{Server, Step, answer, ok};
use super::{Bench, header, request};
use purser_model::{HttpError, Method, Request};

pub(super) fn to(status: &str, location: &str) -> Vec<Step> {
    vec![Step::Send(answer(
        status,
        &[&format!("location: {location}")],
        "elsewhere",
    ))]
}

#[tokio::test]
async fn a_granted_redirect_on_the_own_origin_is_followed_with_the_credential() {
    let server = Server::start(|number, _| {
        if number == 0 {
            to("302 Found", "groups?page=2#top")
        } else {
            ok("here")
        }
    })
    .await;
    let bench = Bench::granting(&["GET /users", "GET /groups"]);
    let (outcome, effort) = bench.send(&server.base(), super::get("/users")).await;
    assert_eq!(outcome.unwrap().body, b"here");
    assert_eq!((effort.attempts, effort.retries), (2, 0));
    let seen = server.seen();
    assert_eq!(seen[1].line, "GET /api/groups?page=2 HTTP/1.1");
    assert_eq!(
        seen[1].field("authorization"),
        seen[0].field("authorization")
    );
}

#[tokio::test]
async fn each_hop_is_asked_of_the_grant() {
    let server = Server::start(|_, _| to("302 Found", "/api/admin")).await;
    let outcome = Bench::granting(&["GET /users"])
        .get(&server, "/users")
        .await;
    assert_eq!(
        outcome,
        Err(HttpError::Denied("read:users GET /admin".into()))
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn private_and_metadata_addresses_are_not_redirected_to() {
    for location in [
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/",
        "http://10.0.0.1/",
        "https://[::1]/",
        "http://2130706433:1/",
        "http://localhost:1/api/users",
        "//10.0.0.1/api",
    ] {
        let server = Server::start(move |_, _| to("307 Temporary Redirect", location)).await;
        let outcome = Bench::open().get(&server, "/users").await;
        assert!(
            matches!(outcome, Err(HttpError::Protocol(_))),
            "{location}: {outcome:?}"
        );
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn another_host_is_followed_only_if_granted_and_without_the_credential() {
    let server = Server::start_tls(|number, seen| {
        let port = seen
            .field("host")
            .unwrap()
            .rsplit(':')
            .next()
            .unwrap()
            .to_owned();
        if number == 0 {
            to("302 Found", &format!("https://files.example:{port}/x"))
        } else {
            ok("file")
        }
    })
    .await;
    let port = server.address.port();
    let bench =
        Bench::granting(&["GET /**", &format!("GET files.example:{port}/*")]).trusting(&server);
    let asked = Request {
        headers: vec![header("x-tenant", "7")],
        ..super::get("/users")
    };
    assert_eq!(
        bench.send(&server.base(), asked).await.0.unwrap().body,
        b"file"
    );
    let seen = server.seen();
    assert!(seen[0].field("authorization").is_some());
    assert_eq!(seen[1].field("authorization"), None, "another origin");
    assert_eq!(seen[1].field("x-tenant"), Some("7"));
    assert!(seen[1].field("host").unwrap().starts_with("files.example"));
}

#[tokio::test]
async fn an_api_key_of_its_own_header_does_not_follow_either() {
    let server = Server::start_tls(|number, seen| {
        let port = seen
            .field("host")
            .unwrap()
            .rsplit(':')
            .next()
            .unwrap()
            .to_owned();
        if number == 0 {
            to(
                "307 Temporary Redirect",
                &format!("https://files.example:{port}/x"),
            )
        } else {
            ok("")
        }
    })
    .await;
    let mut bench = Bench::granting(&[
        "GET /**",
        &format!("GET files.example:{}/*", server.address.port()),
    ])
    .trusting(&server);
    bench.credentials = super::fixed(super::key_in_header("x-api-key", super::SECRET));
    bench.get(&server, "/users").await.unwrap();
    let seen = server.seen();
    assert_eq!(
        (seen[0].field("x-api-key"), seen[1].field("x-api-key")),
        (Some(super::SECRET), None)
    );
}

#[tokio::test]
async fn a_downgrade_to_http_is_refused() {
    let server = Server::start_tls(|_, seen| {
        to(
            "302 Found",
            &format!("http://{}/api/users", seen.field("host").unwrap()),
        )
    })
    .await;
    let outcome = Bench::open().trusting(&server).get(&server, "/users").await;
    assert!(matches!(outcome, Err(HttpError::Protocol(why)) if why.contains("unencrypted")));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_loop_ends() {
    let server = Server::start(|_, _| to("302 Found", "/api/users")).await;
    assert_eq!(
        Bench::open().get(&server, "/users").await,
        Err(HttpError::LoopDetected)
    );
    assert_eq!(server.seen().len(), 6);
}

#[tokio::test]
async fn methods_and_bodies_survive_as_the_status_says() {
    for (status, method, arrives_as, with_body) in [
        ("301 Moved", Method::Post, "GET", false),
        ("302 Found", Method::Post, "GET", false),
        ("302 Found", Method::Put, "PUT", true),
        ("303 See Other", Method::Put, "GET", false),
        ("307 Temporary Redirect", Method::Post, "POST", true),
        ("308 Permanent Redirect", Method::Patch, "PATCH", true),
    ] {
        let server = Server::start(move |number, _| {
            if number == 0 {
                to(status, "/api/b")
            } else {
                ok("")
            }
        })
        .await;
        let headers = vec![header("content-type", "text/plain")];
        let asked = Request {
            headers,
            body: Some(b"body".to_vec()),
            ..request(method, "/a")
        };
        Bench::open().send(&server.base(), asked).await.0.unwrap();
        let last = server.seen().pop().unwrap();
        assert!(
            last.line.starts_with(&format!("{arrives_as} /api/b ")),
            "{status} {method}: {}",
            last.line
        );
        assert_eq!(last.body == b"body", with_body, "{status} {method}");
        assert_eq!(
            last.field("content-type").is_some(),
            with_body,
            "{status} {method}"
        );
    }
}

#[tokio::test]
async fn a_redirected_write_needs_a_grant_of_its_own() {
    let server = Server::start(|_, _| to("307 Temporary Redirect", "/api/admin")).await;
    let bench = Bench::granting(&["POST /search", "GET /admin"]);
    let (outcome, _) = bench
        .send(&server.base(), request(Method::Post, "/search"))
        .await;
    assert_eq!(
        outcome,
        Err(HttpError::Denied("read:users POST /admin".into()))
    );
}

#[tokio::test]
async fn a_redirected_write_is_repeated_no_more_than_before() {
    for (status, repeatable, attempts) in [
        ("307 Temporary Redirect", false, 2),
        ("307 Temporary Redirect", true, 6),
        ("303 See Other", false, 6),
    ] {
        let server = Server::start(move |number, _| {
            if number == 0 {
                to(status, "/api/b")
            } else {
                vec![Step::Send(answer("503 Busy", &[], ""))]
            }
        })
        .await;
        let asked = Request {
            repeatable,
            ..request(Method::Post, "/a")
        };
        let (outcome, effort) = Bench::open().send(&server.base(), asked).await;
        assert_eq!(
            (outcome.unwrap().status, effort.attempts),
            (503, attempts),
            "{status} {repeatable}"
        );
    }
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_an_answer_and_a_malformed_one_an_error() {
    let nowhere = Server::answering(answer("302 Found", &[], "no location")).await;
    assert_eq!(
        Bench::open().get(&nowhere, "/users").await.unwrap().status,
        302
    );
    let empty = Server::start(|_, _| to("302 Found", "")).await;
    assert_eq!(
        Bench::open().get(&empty, "/users").await.unwrap().status,
        302
    );
    let unmodified = Server::start(|_, _| to("304 Not Modified", "/api/x")).await;
    assert_eq!(
        Bench::open()
            .get(&unmodified, "/users")
            .await
            .unwrap()
            .status,
        304
    );
    for location in [
        "https://user:pass@127.0.0.1/",
        "/api/a%2f..%2fb",
        "/api/\\evil",
        "http://",
        "/a b",
    ] {
        let server = Server::start(move |_, _| to("302 Found", location)).await;
        let outcome = Bench::open().get(&server, "/users").await;
        assert!(
            matches!(outcome, Err(HttpError::Protocol(_))),
            "{location}: {outcome:?}"
        );
    }
}
