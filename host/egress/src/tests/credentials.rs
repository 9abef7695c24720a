//! The credential is sent, and scrubbed from everything that comes back.

use super::server::{Server, Step, http_response, ok};
use super::{
    SECRET, TestEnv, basic, bearer, body_budget, get, header, in_header, key_in_header, request,
    static_source,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purser_model::{HttpError, Method};

#[tokio::test]
async fn every_kind_of_credential_is_sent_and_scrubbed_from_responses() {
    let pair = STANDARD.encode(format!("ann:{SECRET}"));

    for (credential, field, value) in [
        (bearer(SECRET), "authorization", format!("Bearer {SECRET}")),
        (
            basic("ann", SECRET),
            "authorization",
            format!("Basic {pair}"),
        ),
        (
            key_in_header("x-api-key", SECRET),
            "x-api-key",
            SECRET.to_owned(),
        ),
        (
            in_header("authorization", &format!("token {SECRET}"), &[SECRET]),
            "authorization",
            format!("token {SECRET}"),
        ),
    ] {
        // Echoes what it was sent, as many applications do for debugging.
        let echo = Server::start(move |_, request| {
            let value = request.field(field).unwrap_or("none");
            let body = format!("{{\"you\":\"sent {value}\"}}");
            vec![Step::Send(http_response(
                "500 Oops",
                &[&format!("x-echo: {value}"), "set-cookie: session=1"],
                body,
            ))]
        })
        .await;
        let env = TestEnv {
            credentials: static_source(credential),
            ..TestEnv::granting_all()
        };

        let response = env.get(&echo, "/users").await.unwrap();

        assert_eq!(echo.received()[0].field(field), Some(value.as_str()));
        assert_eq!(response.status, 500);

        let shown = format!(
            "{:?} {}",
            response.headers,
            String::from_utf8(response.body).unwrap()
        );

        assert!(
            !shown.contains(SECRET) && !shown.contains(&pair) && !shown.contains("set-cookie"),
            "{shown}"
        );
        assert!(shown.contains("sent [credential]"), "{shown}");
    }
}

#[tokio::test]
async fn encoded_echoes_are_scrubbed() {
    let echoes = [
        STANDARD.encode(format!("Authorization: Bearer {SECRET}\n")),
        "https://hub.example/?token=s3cr3t%2Fwith%2Bodd%3Dchars".into(),
        "https://hub.example/?token=s3cr3t%2fwith%2bodd%3dchars".into(),
        "s3cr3t\\/with+odd=chars".into(),
    ];
    let body = echoes.join("\n");
    let server = Server::start(move |_, _| ok(&body)).await;
    let text = String::from_utf8(
        TestEnv::granting_all()
            .get(&server, "/users")
            .await
            .unwrap()
            .body,
    )
    .unwrap();

    assert_eq!(text.matches("[credential]").count(), echoes.len(), "{text}");
    assert!(
        !text.contains("s3cr3t") && !text.contains(&STANDARD.encode(SECRET)[..20]),
        "{text}"
    );
}

#[tokio::test]
async fn compressed_echo_is_scrubbed_and_undecodable_one_withheld() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, SECRET.as_bytes()).unwrap();
    let gzip = http_response(
        "200 OK",
        &["content-encoding: gzip"],
        encoder.finish().unwrap(),
    );

    let response = TestEnv::granting_all()
        .get(&Server::responding(gzip).await, "/users")
        .await
        .unwrap();

    assert_eq!(response.body, b"[credential]");

    for encoding in ["zstd", "gzip, gzip", "x-purser"] {
        let opaque = http_response(
            "200 OK",
            &[&format!("content-encoding: {encoding}")],
            "opaque",
        );

        let outcome = TestEnv::granting_all()
            .get(&Server::responding(opaque).await, "/users")
            .await;

        assert!(
            matches!(outcome, Err(HttpError::ContentCoding(_))),
            "{encoding}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn connector_cannot_set_fields_of_the_host() {
    let server = Server::start(|_, _| ok("")).await;
    let env = TestEnv {
        credentials: static_source(key_in_header("x-api-key", SECRET)),
        ..TestEnv::granting_all()
    };

    for (name, value) in [
        ("Host", "evil.example"),
        ("authorization", "Bearer mine"),
        ("cookie", "a=b"),
        ("content-length", "0"),
        ("connection", "close"),
        ("transfer-encoding", "chunked"),
        ("accept-encoding", "identity"),
        ("range", "bytes=0-4"),
        ("X-Api-Key", "mine"),
        ("x-fine", "a\r\nhost: evil.example"),
    ] {
        let outgoing = purser_model::Request {
            headers: vec![header(name, value)],
            ..get("/users")
        };

        let (outcome, stats) = env.send(&server.base(), outgoing).await;

        assert!(matches!(outcome, Err(HttpError::Invalid(_))), "{name}");
        assert_eq!(stats.attempts, 0);
    }

    assert!(server.received().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn other_fields_and_the_body_are_sent_unchanged() {
    let server = Server::start(|_, _| ok("")).await;
    let outgoing = purser_model::Request {
        headers: vec![
            header("accept", "application/scim+json"),
            header("content-type", "application/json"),
        ],
        body: Some(b"{\"a\":1}".to_vec()),
        ..request(Method::Post, "/users?filter=a%20eq%20%22b%22")
    };
    TestEnv::granting_all()
        .send(&server.base(), outgoing)
        .await
        .0
        .unwrap();
    let request = &server.received()[0];

    assert_eq!(
        request.line,
        "POST /api/users?filter=a%20eq%20%22b%22 HTTP/1.1"
    );
    assert_eq!(request.field("accept"), Some("application/scim+json"));
    assert_eq!(request.field("content-length"), Some("7"));
    assert_eq!(request.body, b"{\"a\":1}");
    assert!(request.field("user-agent").unwrap().starts_with("purser/"));
    assert_eq!(request.field("referer"), None);
    assert_eq!(request.field("cookie"), None);
}

#[tokio::test]
async fn log_lines_are_scrubbed() {
    let server = Server::start(|_, _| ok("")).await;
    let env = TestEnv::granting_all();
    let client = env.client(&server.base());
    client
        .send(&env.scope, get("/users"), &body_budget(1000))
        .await
        .0
        .unwrap();

    assert_eq!(
        client.scrub(&format!("token {SECRET}!")),
        "token [credential]!"
    );
    assert_eq!(client.scrub("nothing"), "nothing");
}
