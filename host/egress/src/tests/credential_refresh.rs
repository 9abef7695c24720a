//! Credentials that change while a channel is in use.

use super::server::{Seen, Server, Step, answer, ok};
use super::{Bench, bearer, bytes, get, key_in_query, request};
use crate::{Channel, CredentialSource, Unavailable};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use purser_model::{HttpError, Method, Request};
use purser_vault::Credential;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A source that holds a number of tokens, `token-0` first. Each renewal goes to the next.
struct Tokens {
    all: Vec<Arc<Credential>>,
    at: AtomicUsize,
    /// How often it was asked, and for what.
    asked: Mutex<Vec<&'static str>>,
    fails: AtomicBool,
    takes: Duration,
}

impl Tokens {
    fn new(count: usize) -> Arc<Self> {
        Self::of(
            (0..count).map(|number| bearer(&format!("token-{number}"))),
            Duration::ZERO,
        )
    }

    fn of(credentials: impl IntoIterator<Item = Credential>, takes: Duration) -> Arc<Self> {
        let all = credentials.into_iter().map(Arc::new).collect();
        let (at, fails) = (AtomicUsize::new(0), AtomicBool::new(false));
        Arc::new(Self {
            all,
            at,
            asked: Mutex::default(),
            fails,
            takes,
        })
    }

    fn asked(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    fn check(&self) -> Result<(), Unavailable> {
        let what = "token-0 cannot be renewed: the provider says invalid_grant".into();
        if self.fails.load(Ordering::SeqCst) {
            Err(Unavailable { what })
        } else {
            Ok(())
        }
    }
}

impl CredentialSource for Tokens {
    fn current(&self) -> BoxFuture<'_, Result<Arc<Credential>, Unavailable>> {
        async move {
            self.asked.lock().unwrap().push("current");
            tokio::time::sleep(self.takes).await;
            self.check()?;
            Ok(Arc::clone(&self.all[self.at.load(Ordering::SeqCst)]))
        }
        .boxed()
    }

    fn renewed(
        &self,
        refused: &Arc<Credential>,
    ) -> BoxFuture<'_, Result<Option<Arc<Credential>>, Unavailable>> {
        let at = self
            .all
            .iter()
            .position(|known| Arc::ptr_eq(known, refused))
            .unwrap();
        async move {
            self.asked.lock().unwrap().push("renewed");
            tokio::time::sleep(self.takes).await;
            self.check()?;
            let next = self.all.get(at + 1).cloned();
            self.at
                .fetch_add(usize::from(next.is_some()), Ordering::SeqCst);
            Ok(next)
        }
        .boxed()
    }
}

fn bench(tokens: &Arc<Tokens>) -> Bench {
    Bench {
        credentials: Arc::clone(tokens) as Arc<dyn CredentialSource>,
        ..Bench::open()
    }
}

/// Lets in those who come with one of the tokens.
fn accepting(tokens: &'static [&'static str]) -> impl Fn(usize, &Seen) -> Vec<Step> {
    move |_, seen| {
        let sent = seen.field("authorization").unwrap_or_default();
        if tokens.iter().any(|token| sent == format!("Bearer {token}")) {
            ok("in")
        } else {
            refusal()
        }
    }
}

fn refusal() -> Vec<Step> {
    vec![Step::Send(answer(
        "401 Unauthorized",
        &["www-authenticate: Bearer"],
        "out",
    ))]
}

fn sent(server: &Server) -> Vec<String> {
    server
        .seen()
        .iter()
        .map(|seen| seen.field("authorization").unwrap_or("none").to_owned())
        .collect()
}

async fn send(channel: &Channel, bench: &Bench) -> Result<purser_model::Response, HttpError> {
    channel
        .send(&bench.permit, get("/users"), &bytes(1000))
        .await
        .0
}

#[tokio::test]
async fn it_is_asked_for_at_every_attempt() {
    let server = Server::start(|number, _| {
        if number < 2 {
            vec![Step::Send(answer("503 Service Unavailable", &[], ""))]
        } else {
            ok("")
        }
    })
    .await;
    let tokens = Tokens::new(1);
    bench(&tokens).get(&server, "/users").await.unwrap();
    assert_eq!(tokens.asked(), ["current"; 3]);
    let denied = Bench {
        permit: Bench::granting(&[]).permit,
        ..bench(&tokens)
    };
    assert!(denied.get(&server, "/users").await.is_err());
    assert!(tokens.asked().is_empty(), "not for what is not sent");
}

#[tokio::test]
async fn a_refused_one_is_renewed_and_the_request_repeated_whatever_it_is() {
    for method in [Method::Get, Method::Post, Method::Patch, Method::Delete] {
        let server = Server::start(accepting(&["token-1"])).await;
        let tokens = Tokens::new(2);
        let asked = Request {
            body: Some(b"body".to_vec()),
            ..request(method, "/users")
        };
        let (outcome, effort) = bench(&tokens).send(&server.base(), asked).await;
        assert_eq!(outcome.unwrap().body, b"in", "{method}");
        assert_eq!(
            (effort.attempts, effort.retries, effort.body_bytes),
            (2, 1, 5)
        );
        assert_eq!(sent(&server), ["Bearer token-0", "Bearer token-1"]);
        assert!(server.seen().iter().all(|seen| seen.body == b"body"));
        assert_eq!(
            tokens.asked(),
            ["current", "renewed"],
            "the renewed one is used as it was given"
        );
    }
}

#[tokio::test]
async fn there_is_one_renewal_for_a_request() {
    let server = Server::start(|_, _| refusal()).await;
    let tokens = Tokens::new(9);
    let (outcome, effort) = bench(&tokens).send(&server.base(), get("/users")).await;
    assert_eq!((outcome.unwrap().status, effort.attempts), (401, 2));
    assert_eq!(tokens.asked(), ["current", "renewed"]);
    // Also over redirects.
    let server = Server::start(|_, seen| {
        let first = seen.field("authorization") == Some("Bearer token-0");
        if first || seen.line.contains("/b") {
            refusal()
        } else {
            super::redirects::to("302 Found", "/api/b")
        }
    })
    .await;
    let tokens = Tokens::new(9);
    let (outcome, effort) = bench(&tokens).send(&server.base(), get("/a")).await;
    assert_eq!(
        (outcome.unwrap().status, effort.attempts, effort.retries),
        (401, 3, 1)
    );
    assert_eq!(tokens.asked(), ["current", "renewed", "current"]);
}

#[tokio::test]
async fn without_another_the_refusal_is_the_answer() {
    let server = Server::start(|_, _| refusal()).await;
    let (outcome, effort) = bench(&Tokens::new(1))
        .send(&server.base(), get("/users"))
        .await;
    assert_eq!((outcome.unwrap().status, effort.attempts), (401, 1));
    // The same is not another.
    struct Stubborn(Arc<Credential>);
    impl CredentialSource for Stubborn {
        fn current(&self) -> BoxFuture<'_, Result<Arc<Credential>, Unavailable>> {
            futures::future::ready(Ok(Arc::clone(&self.0))).boxed()
        }
        fn renewed(
            &self,
            refused: &Arc<Credential>,
        ) -> BoxFuture<'_, Result<Option<Arc<Credential>>, Unavailable>> {
            futures::future::ready(Ok(Some(Arc::clone(refused)))).boxed()
        }
    }
    let stubborn = Bench {
        credentials: Arc::new(Stubborn(Arc::new(bearer("token-0")))),
        ..Bench::open()
    };
    assert_eq!(
        stubborn
            .send(&server.base(), get("/users"))
            .await
            .1
            .attempts,
        1
    );
}

#[tokio::test]
async fn only_a_signed_attempt_is_renewed() {
    let server = Server::start_tls(|_, _| refusal()).await;
    let port = server.address.port();
    let tokens = Tokens::new(2);
    let open = Bench::granting(&[&format!("GET files.example:{port}/x")]).trusting(&server);
    let bench = Bench {
        credentials: Arc::clone(&tokens) as Arc<dyn CredentialSource>,
        ..open
    };
    let outcome = bench
        .get(&server, &format!("https://files.example:{port}/x"))
        .await;
    assert_eq!(outcome.unwrap().status, 401);
    assert_eq!(tokens.asked(), ["current"]);
    assert_eq!(sent(&server), ["none"]);
}

#[tokio::test]
async fn a_renewed_repetition_goes_beyond_the_attempts_but_once() {
    let server = Server::start(|number, _| {
        if number == 1 {
            refusal()
        } else {
            vec![Step::Send(answer("503 Service Unavailable", &[], ""))]
        }
    })
    .await;
    let mut bench = bench(&Tokens::new(2));
    bench.retry.attempts = 2;
    let (outcome, effort) = bench.send(&server.base(), get("/users")).await;
    assert_eq!(
        (outcome.unwrap().status, effort.attempts, effort.retries),
        (503, 3, 2)
    );
}

#[tokio::test]
async fn without_a_credential_nothing_is_sent() {
    let server = Server::start(|_, _| refusal()).await;
    let tokens = Tokens::new(2);
    let bench = bench(&tokens);
    let channel = bench.channel(&server.base());
    tokens.fails.store(true, Ordering::SeqCst);
    let (outcome, effort) = channel
        .send(&bench.permit, get("/users"), &bytes(1000))
        .await;
    assert!(
        matches!(outcome, Err(HttpError::CredentialUnavailable(why)) if why.contains("invalid_grant"))
    );
    assert_eq!(effort.attempts, 0);
    assert!(server.seen().is_empty());
    // Once it was used, it is taken out of what the source says of it.
    tokens.fails.store(false, Ordering::SeqCst);
    assert_eq!(send(&channel, &bench).await.unwrap().status, 401);
    tokens.at.store(0, Ordering::SeqCst);
    tokens.fails.store(true, Ordering::SeqCst);
    let why = "[credential] cannot be renewed: the provider says invalid_grant".to_owned();
    assert_eq!(
        send(&channel, &bench).await,
        Err(HttpError::CredentialUnavailable(why))
    );
}

#[tokio::test]
async fn a_failed_renewal_is_an_error_too() {
    let tokens = Tokens::new(2);
    let failing = Arc::clone(&tokens);
    let server = Server::start(move |_, _| {
        failing.fails.store(true, Ordering::SeqCst);
        refusal()
    })
    .await;
    let (outcome, effort) = bench(&tokens).send(&server.base(), get("/users")).await;
    assert!(
        matches!(outcome, Err(HttpError::CredentialUnavailable(why)) if why.starts_with("[credential]"))
    );
    assert_eq!(effort.attempts, 1);
}

#[tokio::test]
async fn time_for_a_credential_counts_as_waited() {
    let server = Server::start(accepting(&["token-1"])).await;
    let tokens = Tokens::of(
        [bearer("token-0"), bearer("token-1")],
        Duration::from_millis(60),
    );
    let (outcome, effort) = bench(&tokens).send(&server.base(), get("/users")).await;
    outcome.unwrap();
    assert!(effort.waited >= Duration::from_millis(120), "{effort:?}");
}

#[tokio::test]
async fn the_renewed_and_the_previous_one_are_taken_out_of_answers() {
    let server = Server::start(|_, seen| {
        if seen.field("authorization") == Some("Bearer token-0") {
            refusal()
        } else {
            ok("token-0 token-1 token-2")
        }
    })
    .await;
    let bench = bench(&Tokens::new(3));
    let channel = bench.channel(&server.base());
    assert_eq!(
        send(&channel, &bench).await.unwrap().body,
        b"[credential] [credential] token-2"
    );
    assert_eq!(
        send(&channel, &bench).await.unwrap().body,
        b"[credential] [credential] token-2"
    );
    assert_eq!(
        channel.scrub("token-0, token-1"),
        "[credential], [credential]"
    );
}

#[tokio::test]
async fn one_in_use_is_taken_out_however_many_came_after_it() {
    let (begun, done) = (
        Arc::new(tokio::sync::Notify::new()),
        Arc::new(AtomicBool::new(false)),
    );
    let (began, finished) = (Arc::clone(&begun), Arc::clone(&done));
    let server = Server::start(move |number, _| {
        if number > 0 {
            return ok("");
        }
        began.notify_one();
        // Answers the first request after all the others.
        let mut steps = vec![Step::Send(
            b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec(),
        )];
        steps.push(Step::Until(Arc::clone(&finished)));
        steps.push(Step::Send(b"you sent token-0".to_vec()));
        steps
    })
    .await;
    let tokens = Tokens::new(100);
    let bench = bench(&tokens);
    let channel = bench.channel(&server.base());
    let (slow, ()) = tokio::join!(send(&channel, &bench), async {
        begun.notified().await;
        for number in 1..100 {
            tokens.at.store(number, Ordering::SeqCst);
            send(&channel, &bench).await.unwrap();
        }
        done.store(true, Ordering::SeqCst);
    });
    assert_eq!(slow.unwrap().body, b"you sent [credential]");
}

#[tokio::test]
async fn a_renewed_parameter_takes_the_place_of_the_old_one() {
    let server = Server::start(|number, _| if number == 0 { refusal() } else { ok("") }).await;
    let tokens = Tokens::of(
        [key_in_query("key", "k/0000"), key_in_query("key", "k/1111")],
        Duration::ZERO,
    );
    bench(&tokens).get(&server, "/users?a=1").await.unwrap();
    let lines: Vec<_> = server.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(
        lines,
        [
            "GET /api/users?a=1&key=k%2F0000 HTTP/1.1",
            "GET /api/users?a=1&key=k%2F1111 HTTP/1.1"
        ]
    );
}
