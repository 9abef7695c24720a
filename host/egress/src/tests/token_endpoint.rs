//! Requests for tokens.

use super::leading_to;
use super::server::{Server, Step, answer, ok};
use crate::Egress;
use crate::timeouts::Timing;
use crate::tls::Trust;
use futures::FutureExt as _;
use purser_model::Blame;
use purser_vault::Secret;
use purser_vault::oauth::{TokenAnswer, TokenEndpoint as _, TokenRequest, Unanswered};
use std::io;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

const BODY: &str = "grant_type=refresh_token&refresh_token=s3cr3t-refresh";

fn asking(url: &str) -> TokenRequest {
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

fn egress() -> Egress {
    let mut egress = Egress::new().unwrap();
    egress.lookup = leading_to(&["127.0.0.1"]);
    egress
}

fn trusting(server: &Server) -> Egress {
    Egress {
        trust: Arc::new(Trust::also(&server.certificate)),
        ..egress()
    }
}

async fn ask(egress: &Egress, private_network: bool, url: &str) -> Result<TokenAnswer, Unanswered> {
    let outcome = egress
        .token_endpoint(private_network)
        .post(asking(url))
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

async fn refused(egress: &Egress, private_network: bool, url: &str) -> Unanswered {
    ask(egress, private_network, url)
        .await
        .err()
        .unwrap_or_else(|| panic!("{url} was answered"))
}

#[tokio::test]
async fn one_post_goes_out_and_the_answer_comes_back_whole() {
    let server = Server::start_tls(|_, _| {
        let date = "date: Wed, 21 Oct 2015 07:28:00 GMT";
        vec![Step::Send(answer(
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
    let answer = ask(&trusting(&server), true, &url).await.unwrap();
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (400, b"{\"error\":\"invalid_grant\"}".as_slice())
    );
    assert_eq!(
        answer.date.as_deref(),
        Some("Wed, 21 Oct 2015 07:28:00 GMT")
    );
    let [seen] = server.seen().try_into().unwrap();
    assert_eq!(
        (seen.line.as_str(), seen.body.as_slice()),
        ("POST /token?tenant=7 HTTP/1.1", BODY.as_bytes())
    );
    assert_eq!(
        seen.field("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(seen.field("accept"), Some("application/json"));
    assert_eq!(seen.field("authorization"), Some("Basic s3cr3t-basic"));
    assert!(seen.field("user-agent").unwrap().starts_with("purser/"));
}

#[tokio::test]
async fn nothing_is_repeated() {
    for status in [
        "429 Too Many Requests",
        "503 Service Unavailable",
        "401 Unauthorized",
    ] {
        let server = Server::answering(answer(status, &["retry-after: 0"], "")).await;
        let answer = ask(&egress(), true, &server.base()).await.unwrap();
        assert_eq!(answer.status.to_string(), status[..3]);
        assert_eq!(server.seen().len(), 1);
    }
    let server = Server::answering("").await;
    assert!(!refused(&egress(), true, &server.base()).await.unsent);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_place_that_is_none_for_secrets_is_refused_unsent() {
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
        let error = refused(&egress(), private_network, &url).await;
        assert!(
            error.unsent && error.what.starts_with("the URL of the token endpoint"),
            "{url}: {error}"
        );
        assert_eq!(error.blame, Blame::Operator, "{url}: {error}");
    }
    assert!(server.seen().is_empty());
    assert!(
        ask(&egress(), true, &format!("http://127.0.0.1:{port}/token"))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn what_a_name_leads_to_is_checked() {
    let server = Server::start(|_, _| ok("")).await;
    for (addresses, url, private_network) in [
        (["127.0.0.1"].as_slice(), "https://hub.example/token", false),
        (&["8.8.8.8", "10.0.0.1"], "https://hub.example/token", false),
        (&["169.254.169.254"], "https://hub.example/token", true),
        (&["8.8.8.8"], "http://hub.example/token", true),
    ] {
        let egress = Egress {
            lookup: leading_to(addresses),
            ..egress()
        };
        let error = refused(&egress, private_network, url).await;
        assert_eq!(
            (error.unsent, error.blame),
            (true, Blame::Operator),
            "{addresses:?}: {error}"
        );
    }
    let url = format!("http://hub.internal:{}/token", server.address.port());
    assert!(ask(&egress(), true, &url).await.is_ok());
}

#[tokio::test]
async fn what_does_not_come_about_is_unsent() {
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let error = refused(&egress(), true, &format!("http://{nobody}/token")).await;
    assert_eq!(
        (error.unsent, error.blame),
        (true, Blame::Upstream),
        "{error}"
    );
    let mut lost = egress();
    lost.lookup =
        Arc::new(|_| futures::future::ready(Err(io::Error::other("no such host"))).boxed());
    let error = refused(&lost, false, "https://hub.example/token?private=1").await;
    assert_eq!(
        (error.unsent, error.blame),
        (true, Blame::Upstream),
        "{error}"
    );
    let server = Server::start_tls(|_, _| ok("")).await;
    let url = format!("https://hub.example:{}/token", server.address.port());
    let error = refused(&egress(), true, &url).await;
    assert_eq!(
        (error.unsent, error.blame),
        (true, Blame::Upstream),
        "a certificate that nobody vouches for: {error}"
    );
    assert!(error.what.contains("certificate"), "{error}");
    assert!(server.seen().is_empty());
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut hurried = egress();
    hurried.timing = Timing {
        connect: Duration::from_millis(100),
        ..Timing::default()
    };
    let url = format!("https://{}/token", silent.local_addr().unwrap());
    let error = refused(&hurried, true, &url).await;
    assert_eq!(
        (error.unsent, error.blame),
        (true, Blame::Upstream),
        "{error}"
    );
}

#[tokio::test]
async fn what_breaks_off_may_have_arrived() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"access".to_vec();
    for broken in [Vec::new(), cut, b"SSH-2.0-OpenSSH\r\n".to_vec()] {
        let server = Server::answering(broken).await;
        let error = refused(&egress(), true, &server.base()).await;
        assert_eq!(
            (error.unsent, error.blame),
            (false, Blame::Upstream),
            "{error}"
        );
    }
}

#[tokio::test]
async fn silence_and_drips_end_in_time() {
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
    assert_eq!(Timing::default().token, Duration::from_secs(20));
    let mut egress = egress();
    egress.timing = Timing {
        token: Duration::from_millis(200),
        ..Timing::default()
    };
    for server in [dripping, silent] {
        let began = std::time::Instant::now();
        let error = refused(&egress, true, &server.base()).await;
        assert_eq!(
            (error.unsent, error.blame),
            (false, Blame::Upstream),
            "{error}"
        );
        assert!(began.elapsed() < Duration::from_secs(3));
    }
}

#[tokio::test]
async fn no_redirect_is_followed() {
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
        "304 Not Modified",
    ] {
        let server =
            Server::start(move |_, _| super::redirects::to(status, "/api/s3cr3t-elsewhere")).await;
        let error = refused(&egress(), true, &server.base()).await;
        assert_eq!(
            (error.unsent, error.blame),
            (false, Blame::Upstream),
            "{error}"
        );
        assert!(error.what.contains(&status[..3]), "{error}");
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_large_answer_is_none() {
    let server = Server::start(|_, _| ok(vec![b'x'; 1 << 20])).await;
    assert_eq!(
        ask(&egress(), true, &server.base())
            .await
            .unwrap()
            .body
            .len(),
        1 << 20
    );
    let server = Server::start(|_, _| ok(vec![b'x'; (1 << 20) + 1])).await;
    let error = refused(&egress(), true, &server.base()).await;
    assert_eq!((error.unsent, error.blame), (false, Blame::Upstream));
    assert_eq!(
        error.what,
        "no answer from the token endpoint: its answer is larger than 1048576 bytes"
    );
}

#[tokio::test]
async fn a_packed_answer_is_unpacked_and_its_encoding_never_quoted() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(b"{}").unwrap();
    let packed = answer(
        "200 OK",
        &["content-encoding: gzip"],
        encoder.finish().unwrap(),
    );
    let server = Server::answering(packed).await;
    assert_eq!(
        ask(&egress(), true, &server.base()).await.unwrap().body,
        b"{}"
    );
    // A provider that repeats what it was sent, where an error would quote it.
    let server = Server::answering(answer(
        "200 OK",
        &["content-encoding: s3cr3t-refresh"],
        "{}",
    ))
    .await;
    assert!(!refused(&egress(), true, &server.base()).await.unsent);
}
