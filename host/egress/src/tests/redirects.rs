//! Redirects: each is authorized as a new request.

use super::server::{Server, Step, http_response, ok};
use super::{TestEnv, header, request};
use purser_model::{HttpError, Method, Request};

/// The script of a redirect to a location.
pub(super) fn redirect_to(status: &str, location: &str) -> Vec<Step> {
    vec![Step::Send(http_response(
        status,
        &[&format!("location: {location}")],
        "elsewhere",
    ))]
}

#[tokio::test]
async fn granted_redirect_within_the_origin_keeps_the_credential() {
    let server = Server::start(|number, _| {
        if number == 0 {
            redirect_to("302 Found", "groups?page=2#top")
        } else {
            ok("here")
        }
    })
    .await;
    let env = TestEnv::with_grant(&["GET /users", "GET /groups"]);

    let (outcome, stats) = env.send(&server.base(), super::get("/users")).await;

    assert_eq!(outcome.unwrap().body, b"here");
    assert_eq!((stats.attempts, stats.retries), (2, 0));

    let received = server.received();

    assert_eq!(received[1].line, "GET /api/groups?page=2 HTTP/1.1");
    assert_eq!(
        received[1].field("authorization"),
        received[0].field("authorization")
    );
}

#[tokio::test]
async fn every_hop_needs_a_grant() {
    let server = Server::start(|_, _| redirect_to("302 Found", "/api/admin")).await;
    let outcome = TestEnv::with_grant(&["GET /users"])
        .get(&server, "/users")
        .await;

    assert_eq!(
        outcome,
        Err(HttpError::RedirectDenied("read:users GET /admin".into()))
    );
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn redirect_to_private_or_metadata_address_is_refused() {
    for location in [
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/",
        "http://10.0.0.1/",
        "https://[::1]/",
        "http://2130706433:1/",
        "http://localhost:1/api/users",
        "//10.0.0.1/api",
    ] {
        let server =
            Server::start(move |_, _| redirect_to("307 Temporary Redirect", location)).await;

        let outcome = TestEnv::granting_all().get(&server, "/users").await;

        assert!(
            matches!(outcome, Err(HttpError::Protocol(_))),
            "{location}: {outcome:?}"
        );
        assert_eq!(server.received().len(), 1);
    }
}

#[tokio::test]
async fn redirect_to_another_granted_host_drops_the_credential() {
    let server = Server::start_tls(|number, request| {
        let port = request
            .field("host")
            .unwrap()
            .rsplit(':')
            .next()
            .unwrap()
            .to_owned();

        if number == 0 {
            redirect_to("302 Found", &format!("https://files.example:{port}/x"))
        } else {
            ok("file")
        }
    })
    .await;
    let port = server.address.port();
    let env =
        TestEnv::with_grant(&["GET /**", &format!("GET files.example:{port}/*")]).trusting(&server);
    let outgoing = Request {
        headers: vec![header("x-tenant", "7")],
        ..super::get("/users")
    };

    assert_eq!(
        env.send(&server.base(), outgoing).await.0.unwrap().body,
        b"file"
    );

    let received = server.received();

    assert!(received[0].field("authorization").is_some());
    assert_eq!(received[1].field("authorization"), None, "another origin");
    assert_eq!(received[1].field("x-tenant"), Some("7"));
    assert!(
        received[1]
            .field("host")
            .unwrap()
            .starts_with("files.example")
    );
}

#[tokio::test]
async fn redirect_to_another_host_drops_an_api_key_header() {
    let server = Server::start_tls(|number, request| {
        let port = request
            .field("host")
            .unwrap()
            .rsplit(':')
            .next()
            .unwrap()
            .to_owned();

        if number == 0 {
            redirect_to(
                "307 Temporary Redirect",
                &format!("https://files.example:{port}/x"),
            )
        } else {
            ok("")
        }
    })
    .await;
    let mut env = TestEnv::with_grant(&[
        "GET /**",
        &format!("GET files.example:{}/*", server.address.port()),
    ])
    .trusting(&server);
    env.credentials = super::static_source(super::key_in_header("x-api-key", super::SECRET));
    env.get(&server, "/users").await.unwrap();
    let received = server.received();

    assert_eq!(
        (
            received[0].field("x-api-key"),
            received[1].field("x-api-key")
        ),
        (Some(super::SECRET), None)
    );
}

#[tokio::test]
async fn redirect_from_https_to_http_is_refused() {
    let server = Server::start_tls(|_, request| {
        redirect_to(
            "302 Found",
            &format!("http://{}/api/users", request.field("host").unwrap()),
        )
    })
    .await;

    let outcome = TestEnv::granting_all()
        .trusting(&server)
        .get(&server, "/users")
        .await;

    assert!(matches!(outcome, Err(HttpError::Protocol(why)) if why.contains("unencrypted")));
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn redirect_loop_ends_after_five_redirects() {
    let server = Server::start(|_, _| redirect_to("302 Found", "/api/users")).await;
    assert_eq!(
        TestEnv::granting_all().get(&server, "/users").await,
        Err(HttpError::LoopDetected)
    );
    assert_eq!(server.received().len(), 6);
}

#[tokio::test]
async fn method_and_body_after_a_redirect_depend_on_the_status() {
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
                redirect_to(status, "/api/b")
            } else {
                ok("")
            }
        })
        .await;
        let headers = vec![header("content-type", "text/plain")];
        let outgoing = Request {
            headers,
            body: Some(b"body".to_vec()),
            ..request(method, "/a")
        };
        TestEnv::granting_all()
            .send(&server.base(), outgoing)
            .await
            .0
            .unwrap();
        let last = server.received().pop().unwrap();

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
async fn redirected_write_needs_a_grant_of_its_own() {
    let server = Server::start(|_, _| redirect_to("307 Temporary Redirect", "/api/admin")).await;
    let env = TestEnv::with_grant(&["POST /search", "GET /admin"]);

    let (outcome, _) = env
        .send(&server.base(), request(Method::Post, "/search"))
        .await;

    assert_eq!(
        outcome,
        Err(HttpError::RedirectDenied("read:users POST /admin".into()))
    );
}

#[tokio::test]
async fn redirected_write_is_retried_only_if_repeatable() {
    for (status, repeatable, attempts) in [
        ("307 Temporary Redirect", false, 2),
        ("307 Temporary Redirect", true, 6),
        ("303 See Other", false, 6),
    ] {
        let server = Server::start(move |number, _| {
            if number == 0 {
                redirect_to(status, "/api/b")
            } else {
                vec![Step::Send(http_response("503 Busy", &[], ""))]
            }
        })
        .await;
        let outgoing = Request {
            idempotent: repeatable,
            ..request(Method::Post, "/a")
        };

        let (outcome, stats) = TestEnv::granting_all().send(&server.base(), outgoing).await;

        assert_eq!(
            (outcome.unwrap().status, stats.attempts),
            (503, attempts),
            "{status} {repeatable}"
        );
    }
}

#[tokio::test]
async fn redirect_without_a_location_is_a_response_and_a_malformed_one_an_error() {
    let nowhere = Server::responding(http_response("302 Found", &[], "no location")).await;

    assert_eq!(
        TestEnv::granting_all()
            .get(&nowhere, "/users")
            .await
            .unwrap()
            .status,
        302
    );

    let empty = Server::start(|_, _| redirect_to("302 Found", "")).await;

    assert_eq!(
        TestEnv::granting_all()
            .get(&empty, "/users")
            .await
            .unwrap()
            .status,
        302
    );

    let unmodified = Server::start(|_, _| redirect_to("304 Not Modified", "/api/x")).await;

    assert_eq!(
        TestEnv::granting_all()
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
        let server = Server::start(move |_, _| redirect_to("302 Found", location)).await;
        let outcome = TestEnv::granting_all().get(&server, "/users").await;
        assert!(
            matches!(outcome, Err(HttpError::Protocol(_))),
            "{location}: {outcome:?}"
        );
    }
}
