//! Token requests: sent once, to allowed addresses only, and never quoted in errors.

use super::lookup_of;
use super::server::{Server, Step, http_response, ok};
use crate::Egress;
use crate::timeouts::Timeouts;
use crate::tls::TrustRoots;
use futures::FutureExt as _;
use purser_model::Blame;
use purser_vault::Secret;
use purser_vault::oauth::{TokenEndpoint as _, TokenRequest, TokenRequestError, TokenResponse};
use std::io;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// The form that is sent.
const BODY: &str = "grant_type=refresh_token&refresh_token=s3cr3t-refresh";

/// A token request with secrets in header and body.
fn token_request(url: &str) -> TokenRequest {
    let headers = vec![(
        "authorization".to_owned(),
        Secret::new("Basic s3cr3t-basic".into()),
    )];
    TokenRequest {
        url: url.parse().unwrap(),
        headers,
        body: Secret::new(BODY.into()),
    }
}

/// An egress that finds every name on loopback.
fn loopback_egress() -> Egress {
    let mut egress = Egress::new();
    egress.lookup = lookup_of(&["127.0.0.1"]);
    egress
}

/// The same, with the certificate of a server trusted.
fn trusting(server: &Server) -> Egress {
    Egress {
        roots: Arc::new(TrustRoots::with_extra(&server.certificate)),
        ..loopback_egress()
    }
}

/// Sends a token request. Asserts that an error quotes no secret.
async fn send(
    egress: &Egress,
    private_network: bool,
    url: &str,
) -> Result<TokenResponse, TokenRequestError> {
    let outcome = egress
        .token_endpoint(private_network)
        .post(token_request(url))
        .await;

    if let Err(error) = &outcome {
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains("s3cr3t") && !shown.contains("private=1"),
            "{shown}"
        );
    }
    outcome
}

/// Sends a token request that must fail.
async fn send_refused(egress: &Egress, private_network: bool, url: &str) -> TokenRequestError {
    send(egress, private_network, url)
        .await
        .err()
        .unwrap_or_else(|| panic!("{url} got a response"))
}

#[tokio::test]
async fn token_request_is_one_post_and_its_response_is_returned_whole() {
    let server = Server::start_tls(|_, _| {
        let date = "date: Wed, 21 Oct 2015 07:28:00 GMT";
        vec![Step::Send(http_response(
            "400 Bad Request",
            &[date],
            "{\"error\":\"invalid_grant\"}",
        ))]
    })
    .await;
    let url = format!(
        "https://hub.example:{}/token?tenant=7",
        server.address.port()
    );
    let answer = send(&trusting(&server), true, &url).await.unwrap();

    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (400, b"{\"error\":\"invalid_grant\"}".as_slice())
    );
    assert_eq!(
        answer.date.as_deref(),
        Some("Wed, 21 Oct 2015 07:28:00 GMT")
    );

    let [request] = server.received().try_into().unwrap();

    assert_eq!(
        (request.line.as_str(), request.body.as_slice()),
        ("POST /token?tenant=7 HTTP/1.1", BODY.as_bytes())
    );
    assert_eq!(
        request.field("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(request.field("accept"), Some("application/json"));
    assert_eq!(request.field("authorization"), Some("Basic s3cr3t-basic"));
    assert!(request.field("user-agent").unwrap().starts_with("purser/"));
}

#[tokio::test]
async fn token_request_is_never_retried() {
    for status in [
        "429 Too Many Requests",
        "503 Service Unavailable",
        "401 Unauthorized",
    ] {
        let server = Server::responding(http_response(status, &["retry-after: 0"], "")).await;
        let answer = send(&loopback_egress(), true, &server.base())
            .await
            .unwrap();
        assert_eq!(answer.status.to_string(), status[..3]);
        assert_eq!(server.received().len(), 1);
    }

    let server = Server::responding("").await;

    assert!(
        !send_refused(&loopback_egress(), true, &server.base())
            .await
            .unsent
    );
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn unusable_endpoint_url_is_refused_unsent() {
    let server = Server::start(|_, _| ok("")).await;
    let port = server.address.port();

    for (url, private_network) in [
        ("https://169.254.169.254/token?private=1".to_owned(), true),
        ("https://[fd00:ec2::254]/token".into(), true),
        ("http://8.8.8.8/token".into(), true),
        ("https://10.0.0.1/token".into(), false),
        ("https://2130706433/token".into(), false),
        ("https://[::1]/token".into(), false),
        ("https://localhost/token".into(), false),
        (format!("http://127.0.0.1:{port}/token"), false),
        (format!("http://hub.example:{port}/token?private=1"), false),
        ("ftp://hub.example/token".into(), true),
        (format!("http://ann:s3cr3t@127.0.0.1:{port}/"), true),
        (format!("http://127.0.0.1:{port}/#x"), true),
        ("https://hub.example./token".into(), true),
    ] {
        let error = send_refused(&loopback_egress(), private_network, &url).await;
        assert!(
            error.unsent && error.message.starts_with("the URL of the token endpoint"),
            "{url}: {error}"
        );
        assert_eq!(error.blame, Blame::Operator, "{url}: {error}");
    }

    assert!(server.received().is_empty());
    assert!(
        send(
            &loopback_egress(),
            true,
            &format!("http://127.0.0.1:{port}/token")
        )
        .await
        .is_ok()
    );
}

#[tokio::test]
async fn addresses_of_the_endpoint_are_checked() {
    let server = Server::start(|_, _| ok("")).await;

    for (addresses, url, private_network) in [
        (["127.0.0.1"].as_slice(), "https://hub.example/token", false),
        (&["8.8.8.8", "10.0.0.1"], "https://hub.example/token", false),
        (&["169.254.169.254"], "https://hub.example/token", true),
        (&["8.8.8.8"], "http://hub.example/token", true),
    ] {
        let egress = Egress {
            lookup: lookup_of(addresses),
            ..loopback_egress()
        };

        let error = send_refused(&egress, private_network, url).await;

        assert_eq!(
            (error.unsent, error.blame),
            (true, Blame::Operator),
            "{addresses:?}: {error}"
        );
    }

    let url = format!("http://hub.internal:{}/token", server.address.port());

    assert!(send(&loopback_egress(), true, &url).await.is_ok());
}

#[tokio::test]
async fn failed_connection_is_reported_as_unsent() {
    let unused = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();

    let error = send_refused(&loopback_egress(), true, &format!("http://{unused}/token")).await;

    assert_eq!(
        (error.unsent, error.blame),
        (true, Blame::Upstream),
        "{error}"
    );

    let mut nameless = loopback_egress();
    nameless.lookup =
        Arc::new(|_| futures::future::ready(Err(io::Error::other("no such host"))).boxed());

    let error = send_refused(&nameless, false, "https://hub.example/token?private=1").await;

    assert_eq!(
        (error.unsent, error.blame),
        (true, Blame::Upstream),
        "{error}"
    );

    let server = Server::start_tls(|_, _| ok("")).await;
    let url = format!("https://hub.example:{}/token", server.address.port());

    let error = send_refused(&loopback_egress(), true, &url).await;

    assert_eq!(
        (error.unsent, error.blame),
        (true, Blame::Upstream),
        "an untrusted certificate: {error}"
    );
    assert!(error.message.contains("certificate"), "{error}");
    assert!(server.received().is_empty());

    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut impatient = loopback_egress();
    impatient.timeouts = Timeouts {
        connect: Duration::from_millis(100),
        ..Timeouts::default()
    };
    let url = format!("https://{}/token", silent.local_addr().unwrap());

    let error = send_refused(&impatient, true, &url).await;

    assert_eq!(
        (error.unsent, error.blame),
        (true, Blame::Upstream),
        "{error}"
    );
}

#[tokio::test]
async fn broken_connection_is_not_reported_as_unsent() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"access".to_vec();

    for broken in [Vec::new(), cut, b"SSH-2.0-OpenSSH\r\n".to_vec()] {
        let server = Server::responding(broken).await;
        let error = send_refused(&loopback_egress(), true, &server.base()).await;

        assert_eq!(
            (error.unsent, error.blame),
            (false, Blame::Upstream),
            "{error}"
        );
    }
}

#[tokio::test]
async fn silent_or_slow_endpoint_ends_at_the_token_timeout() {
    let drip = || {
        [
            Step::Send(b"1\r\nx\r\n".to_vec()),
            Step::Pause(Duration::from_millis(20)),
        ]
    };
    let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    let dripping = Server::start(move |_, _| {
        std::iter::once(Step::Send(head.clone()))
            .chain(std::iter::repeat_with(drip).take(500).flatten())
            .collect()
    })
    .await;
    let silent = Server::start(|_, _| vec![Step::Pause(Duration::from_secs(60))]).await;

    assert_eq!(Timeouts::default().token, Duration::from_secs(20));

    let mut egress = loopback_egress();
    egress.timeouts = Timeouts {
        token: Duration::from_millis(200),
        ..Timeouts::default()
    };

    for server in [dripping, silent] {
        let began = std::time::Instant::now();
        let error = send_refused(&egress, true, &server.base()).await;

        assert_eq!(
            (error.unsent, error.blame),
            (false, Blame::Upstream),
            "{error}"
        );
        assert!(began.elapsed() < Duration::from_secs(3));
    }
}

#[tokio::test]
async fn redirect_is_not_followed() {
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
        "304 Not Modified",
    ] {
        let server = Server::start(move |_, _| {
            super::redirects::redirect_to(status, "/api/s3cr3t-elsewhere")
        })
        .await;

        let error = send_refused(&loopback_egress(), true, &server.base()).await;

        assert_eq!(
            (error.unsent, error.blame),
            (false, Blame::Upstream),
            "{error}"
        );
        assert!(error.message.contains(&status[..3]), "{error}");
        assert_eq!(server.received().len(), 1);
    }
}

#[tokio::test]
async fn response_over_the_limit_is_refused() {
    let server = Server::start(|_, _| ok(vec![b'x'; 1 << 20])).await;

    assert_eq!(
        send(&loopback_egress(), true, &server.base())
            .await
            .unwrap()
            .body
            .len(),
        1 << 20
    );

    let server = Server::start(|_, _| ok(vec![b'x'; (1 << 20) + 1])).await;
    let error = send_refused(&loopback_egress(), true, &server.base()).await;

    assert_eq!((error.unsent, error.blame), (false, Blame::Upstream));
    assert_eq!(
        error.message,
        "no response from the token endpoint: its response is larger than 1048576 bytes"
    );
}

#[tokio::test]
async fn gzip_response_is_decompressed_and_an_unknown_encoding_not_quoted() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(b"{}").unwrap();
    let packed = http_response(
        "200 OK",
        &["content-encoding: gzip"],
        encoder.finish().unwrap(),
    );
    let server = Server::responding(packed).await;

    assert_eq!(
        send(&loopback_egress(), true, &server.base())
            .await
            .unwrap()
            .body,
        b"{}"
    );

    // Repeats a secret of the request where an error would quote it.
    let server = Server::responding(http_response(
        "200 OK",
        &["content-encoding: s3cr3t-refresh"],
        "{}",
    ))
    .await;

    assert!(
        !send_refused(&loopback_egress(), true, &server.base())
            .await
            .unsent
    );
}
