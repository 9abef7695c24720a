//! The credential is on the wire, and in nothing that comes back.

use super::server::{Server, Step, answer, ok};
use super::{
    Bench, SECRET, basic, bearer, bytes, fixed, get, header, in_header, key_in_header, request,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purser_model::{HttpError, Method};

#[tokio::test]
async fn each_kind_is_sent_and_nothing_of_it_returns() {
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
        // An application that echoes what it was sent, as many do for debugging.
        let echo = Server::start(move |_, seen| {
            let value = seen.field(field).unwrap_or("none");
            let body = format!("{{\"you\":\"sent {value}\"}}");
            vec![Step::Send(answer(
                "500 Oops",
                &[&format!("x-echo: {value}"), "set-cookie: session=1"],
                body,
            ))]
        })
        .await;
        let bench = Bench {
            credentials: fixed(credential),
            ..Bench::open()
        };
        let response = bench.get(&echo, "/users").await.unwrap();
        assert_eq!(echo.seen()[0].field(field), Some(value.as_str()));
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
    let text = String::from_utf8(Bench::open().get(&server, "/users").await.unwrap().body).unwrap();
    assert_eq!(text.matches("[credential]").count(), echoes.len(), "{text}");
    assert!(
        !text.contains("s3cr3t") && !text.contains(&STANDARD.encode(SECRET)[..20]),
        "{text}"
    );
}

#[tokio::test]
async fn a_compressed_echo_is_scrubbed_and_an_undecodable_one_withheld() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, SECRET.as_bytes()).unwrap();
    let gzip = answer(
        "200 OK",
        &["content-encoding: gzip"],
        encoder.finish().unwrap(),
    );
    let response = Bench::open()
        .get(&Server::answering(gzip).await, "/users")
        .await
        .unwrap();
    assert_eq!(response.body, b"[credential]");
    for encoding in ["zstd", "gzip, gzip", "x-purser"] {
        let opaque = answer(
            "200 OK",
            &[&format!("content-encoding: {encoding}")],
            "opaque",
        );
        let outcome = Bench::open()
            .get(&Server::answering(opaque).await, "/users")
            .await;
        assert!(
            matches!(outcome, Err(HttpError::Protocol(_))),
            "{encoding}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_connector_sets_none_of_the_hosts_fields() {
    let server = Server::start(|_, _| ok("")).await;
    let bench = Bench {
        credentials: fixed(key_in_header("x-api-key", SECRET)),
        ..Bench::open()
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
        let asked = purser_model::Request {
            headers: vec![header(name, value)],
            ..get("/users")
        };
        let (outcome, effort) = bench.send(&server.base(), asked).await;
        assert!(matches!(outcome, Err(HttpError::Invalid(_))), "{name}");
        assert_eq!(effort.attempts, 0);
    }
    assert!(server.seen().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn what_a_connector_may_say_is_sent_as_it_is() {
    let server = Server::start(|_, _| ok("")).await;
    let asked = purser_model::Request {
        headers: vec![
            header("accept", "application/scim+json"),
            header("content-type", "application/json"),
        ],
        body: Some(b"{\"a\":1}".to_vec()),
        ..request(Method::Post, "/users?filter=a%20eq%20%22b%22")
    };
    Bench::open().send(&server.base(), asked).await.0.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(
        seen.line,
        "POST /api/users?filter=a%20eq%20%22b%22 HTTP/1.1"
    );
    assert_eq!(seen.field("accept"), Some("application/scim+json"));
    assert_eq!(seen.field("content-length"), Some("7"));
    assert_eq!(seen.body, b"{\"a\":1}");
    assert!(seen.field("user-agent").unwrap().starts_with("purser/"));
    assert_eq!(seen.field("referer"), None);
    assert_eq!(seen.field("cookie"), None);
}

#[tokio::test]
async fn what_a_connector_logs_is_scrubbed() {
    let server = Server::start(|_, _| ok("")).await;
    let bench = Bench::open();
    let channel = bench.channel(&server.base());
    channel
        .send(&bench.permit, get("/users"), &bytes(1000))
        .await
        .0
        .unwrap();
    assert_eq!(
        channel.scrub(&format!("token {SECRET}!")),
        "token [credential]!"
    );
    assert_eq!(channel.scrub("nothing"), "nothing");
}
