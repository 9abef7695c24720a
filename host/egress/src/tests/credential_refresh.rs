//! Credentials that are refreshed while a client is in use.

use super::server::{ReceivedRequest, Server, Step, http_response, ok};
use super::{TestEnv, bearer, body_budget, get, key_in_query, request};
use crate::{ConnectionClient, CredentialSource, CredentialUnavailable};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use purser_model::{HttpError, Method, Request};
use purser_vault::Credential;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A source of several tokens, `token-0` first. Each refresh moves on to the next one.
struct TokenSource {
    all: Vec<Arc<Credential>>,
    /// The index of the current token.
    at: AtomicUsize,
    /// The methods that were called.
    calls: Mutex<Vec<&'static str>>,
    /// If set, every call fails.
    fails: AtomicBool,
    /// The time that each call takes.
    delay: Duration,
}

impl TokenSource {
    fn new(count: usize) -> Arc<Self> {
        Self::from_credentials(
            (0..count).map(|number| bearer(&format!("token-{number}"))),
            Duration::ZERO,
        )
    }

    fn from_credentials(
        credentials: impl IntoIterator<Item = Credential>,
        delay: Duration,
    ) -> Arc<Self> {
        Arc::new(Self {
            all: credentials.into_iter().map(Arc::new).collect(),
            at: AtomicUsize::new(0),
            calls: Mutex::default(),
            fails: AtomicBool::new(false),
            delay,
        })
    }

    /// Returns the methods called since the last call of this.
    fn take_calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    fn check(&self) -> Result<(), CredentialUnavailable> {
        let reason = "token-0 cannot be refreshed: the provider says invalid_grant".into();
        if self.fails.load(Ordering::SeqCst) {
            Err(CredentialUnavailable { reason })
        } else {
            Ok(())
        }
    }
}

impl CredentialSource for TokenSource {
    fn current(&self) -> BoxFuture<'_, Result<Arc<Credential>, CredentialUnavailable>> {
        async move {
            self.calls.lock().unwrap().push("current");
            tokio::time::sleep(self.delay).await;
            self.check()?;
            Ok(Arc::clone(&self.all[self.at.load(Ordering::SeqCst)]))
        }
        .boxed()
    }

    fn refresh(
        &self,
        refused: &Arc<Credential>,
    ) -> BoxFuture<'_, Result<Option<Arc<Credential>>, CredentialUnavailable>> {
        let at = self
            .all
            .iter()
            .position(|known| Arc::ptr_eq(known, refused))
            .unwrap();
        async move {
            self.calls.lock().unwrap().push("refresh");
            tokio::time::sleep(self.delay).await;
            self.check()?;
            let next = self.all.get(at + 1).cloned();
            self.at
                .fetch_add(usize::from(next.is_some()), Ordering::SeqCst);
            Ok(next)
        }
        .boxed()
    }
}

/// An environment whose credentials come from `tokens`.
fn env_with(tokens: &Arc<TokenSource>) -> TestEnv {
    TestEnv {
        credentials: Arc::clone(tokens) as Arc<dyn CredentialSource>,
        ..TestEnv::granting_all()
    }
}

/// A script that accepts requests with one of the tokens, and refuses others with a 401.
fn accepting(tokens: &'static [&'static str]) -> impl Fn(usize, &ReceivedRequest) -> Vec<Step> {
    move |_, request| {
        let sent = request.field("authorization").unwrap_or_default();
        if tokens.iter().any(|token| sent == format!("Bearer {token}")) {
            ok("in")
        } else {
            refusal()
        }
    }
}

fn refusal() -> Vec<Step> {
    vec![Step::Send(http_response(
        "401 Unauthorized",
        &["www-authenticate: Bearer"],
        "out",
    ))]
}

/// Returns the `authorization` of each request.
fn sent(server: &Server) -> Vec<String> {
    server
        .received()
        .iter()
        .map(|request| request.field("authorization").unwrap_or("none").to_owned())
        .collect()
}

async fn send(
    client: &ConnectionClient,
    env: &TestEnv,
) -> Result<purser_model::Response, HttpError> {
    client
        .send(&env.scope, get("/users"), &body_budget(1000))
        .await
        .0
}

#[tokio::test]
async fn credential_is_requested_for_every_attempt() {
    let server = Server::start(|number, _| {
        if number < 2 {
            vec![Step::Send(http_response(
                "503 Service Unavailable",
                &[],
                "",
            ))]
        } else {
            ok("")
        }
    })
    .await;
    let tokens = TokenSource::new(1);
    env_with(&tokens).get(&server, "/users").await.unwrap();

    assert_eq!(tokens.take_calls(), ["current"; 3]);

    let denied = TestEnv {
        scope: TestEnv::with_grant(&[]).scope,
        ..env_with(&tokens)
    };

    assert!(denied.get(&server, "/users").await.is_err());
    assert!(
        tokens.take_calls().is_empty(),
        "not for a request that is not sent"
    );
}

#[tokio::test]
async fn refused_credential_is_refreshed_and_any_method_sent_again() {
    for method in [Method::Get, Method::Post, Method::Patch, Method::Delete] {
        let server = Server::start(accepting(&["token-1"])).await;
        let tokens = TokenSource::new(2);
        let outgoing = Request {
            body: Some(b"body".to_vec()),
            ..request(method, "/users")
        };

        let (outcome, stats) = env_with(&tokens).send(&server.base(), outgoing).await;

        assert_eq!(outcome.unwrap().body, b"in", "{method}");
        assert_eq!((stats.attempts, stats.retries, stats.body_bytes), (2, 1, 5));
        assert_eq!(sent(&server), ["Bearer token-0", "Bearer token-1"]);
        assert!(
            server
                .received()
                .iter()
                .all(|request| request.body == b"body")
        );
        assert_eq!(
            tokens.take_calls(),
            ["current", "refresh"],
            "the refreshed one is used as returned"
        );
    }
}

#[tokio::test]
async fn credential_is_refreshed_at_most_once_per_request() {
    let server = Server::start(|_, _| refusal()).await;
    let tokens = TokenSource::new(9);

    let (outcome, stats) = env_with(&tokens).send(&server.base(), get("/users")).await;

    assert_eq!((outcome.unwrap().status, stats.attempts), (401, 2));
    assert_eq!(tokens.take_calls(), ["current", "refresh"]);

    // Also across redirects.
    let server = Server::start(|_, request| {
        let first = request.field("authorization") == Some("Bearer token-0");
        if first || request.line.contains("/b") {
            refusal()
        } else {
            super::redirects::redirect_to("302 Found", "/api/b")
        }
    })
    .await;
    let tokens = TokenSource::new(9);

    let (outcome, stats) = env_with(&tokens).send(&server.base(), get("/a")).await;

    assert_eq!(
        (outcome.unwrap().status, stats.attempts, stats.retries),
        (401, 3, 1)
    );
    assert_eq!(tokens.take_calls(), ["current", "refresh", "current"]);
}

#[tokio::test]
async fn refusal_without_another_credential_is_the_response() {
    let server = Server::start(|_, _| refusal()).await;
    let (outcome, stats) = env_with(&TokenSource::new(1))
        .send(&server.base(), get("/users"))
        .await;

    assert_eq!((outcome.unwrap().status, stats.attempts), (401, 1));

    // The same credential again does not count as another.
    struct Stubborn(Arc<Credential>);

    impl CredentialSource for Stubborn {
        fn current(&self) -> BoxFuture<'_, Result<Arc<Credential>, CredentialUnavailable>> {
            futures::future::ready(Ok(Arc::clone(&self.0))).boxed()
        }
        fn refresh(
            &self,
            refused: &Arc<Credential>,
        ) -> BoxFuture<'_, Result<Option<Arc<Credential>>, CredentialUnavailable>> {
            futures::future::ready(Ok(Some(Arc::clone(refused)))).boxed()
        }
    }

    let stubborn = TestEnv {
        credentials: Arc::new(Stubborn(Arc::new(bearer("token-0")))),
        ..TestEnv::granting_all()
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
async fn request_without_the_credential_is_not_refreshed() {
    let server = Server::start_tls(|_, _| refusal()).await;
    let port = server.address.port();
    let tokens = TokenSource::new(2);
    let open = TestEnv::with_grant(&[&format!("GET files.example:{port}/x")]).trusting(&server);
    let env = TestEnv {
        credentials: Arc::clone(&tokens) as Arc<dyn CredentialSource>,
        ..open
    };

    let outcome = env
        .get(&server, &format!("https://files.example:{port}/x"))
        .await;

    assert_eq!(outcome.unwrap().status, 401);
    assert_eq!(tokens.take_calls(), ["current"]);
    assert_eq!(sent(&server), ["none"]);
}

#[tokio::test]
async fn attempt_with_a_refreshed_credential_does_not_count_as_a_retry() {
    let server = Server::start(|number, _| {
        if number == 1 {
            refusal()
        } else {
            vec![Step::Send(http_response(
                "503 Service Unavailable",
                &[],
                "",
            ))]
        }
    })
    .await;
    let mut env = env_with(&TokenSource::new(2));
    env.retry.attempts = 2;

    let (outcome, stats) = env.send(&server.base(), get("/users")).await;

    assert_eq!(
        (outcome.unwrap().status, stats.attempts, stats.retries),
        (503, 3, 2)
    );
}

#[tokio::test]
async fn request_without_a_credential_is_not_sent() {
    let server = Server::start(|_, _| refusal()).await;
    let tokens = TokenSource::new(2);
    let env = env_with(&tokens);
    let client = env.client(&server.base());
    tokens.fails.store(true, Ordering::SeqCst);

    let (outcome, stats) = client
        .send(&env.scope, get("/users"), &body_budget(1000))
        .await;

    assert!(
        matches!(outcome, Err(HttpError::CredentialUnavailable(why)) if why.contains("invalid_grant"))
    );
    assert_eq!(stats.attempts, 0);
    assert!(server.received().is_empty());

    // After it was used, a credential is scrubbed from the errors of its source.
    tokens.fails.store(false, Ordering::SeqCst);

    assert_eq!(send(&client, &env).await.unwrap().status, 401);

    tokens.at.store(0, Ordering::SeqCst);
    tokens.fails.store(true, Ordering::SeqCst);
    let why = "[credential] cannot be refreshed: the provider says invalid_grant".to_owned();

    assert_eq!(
        send(&client, &env).await,
        Err(HttpError::CredentialUnavailable(why))
    );
}

#[tokio::test]
async fn failed_refresh_is_an_error() {
    let tokens = TokenSource::new(2);
    let failing = Arc::clone(&tokens);
    let server = Server::start(move |_, _| {
        failing.fails.store(true, Ordering::SeqCst);
        refusal()
    })
    .await;

    let (outcome, stats) = env_with(&tokens).send(&server.base(), get("/users")).await;

    assert!(
        matches!(outcome, Err(HttpError::CredentialUnavailable(why)) if why.starts_with("[credential]"))
    );
    assert_eq!(stats.attempts, 1);
}

#[tokio::test]
async fn time_for_a_credential_counts_as_waited() {
    let server = Server::start(accepting(&["token-1"])).await;
    let tokens = TokenSource::from_credentials(
        [bearer("token-0"), bearer("token-1")],
        Duration::from_millis(60),
    );

    let (outcome, stats) = env_with(&tokens).send(&server.base(), get("/users")).await;
    outcome.unwrap();

    assert!(stats.waited >= Duration::from_millis(120), "{stats:?}");
}

#[tokio::test]
async fn responses_are_scrubbed_of_refreshed_and_previous_credentials() {
    let server = Server::start(|_, request| {
        if request.field("authorization") == Some("Bearer token-0") {
            refusal()
        } else {
            ok("token-0 token-1 token-2")
        }
    })
    .await;
    let env = env_with(&TokenSource::new(3));
    let client = env.client(&server.base());

    assert_eq!(
        send(&client, &env).await.unwrap().body,
        b"[credential] [credential] token-2"
    );
    assert_eq!(
        send(&client, &env).await.unwrap().body,
        b"[credential] [credential] token-2"
    );
    assert_eq!(
        client.scrub("token-0, token-1"),
        "[credential], [credential]"
    );
}

#[tokio::test]
async fn credential_in_use_is_scrubbed_however_many_follow() {
    let first_begun = Arc::new(tokio::sync::Notify::new());
    let others_done = Arc::new(AtomicBool::new(false));
    let begun = Arc::clone(&first_begun);
    let done = Arc::clone(&others_done);
    let server = Server::start(move |number, _| {
        if number > 0 {
            return ok("");
        }

        begun.notify_one();

        // The first response ends after all the others.
        let mut steps = vec![Step::Send(
            b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec(),
        )];
        steps.push(Step::Until(Arc::clone(&done)));
        steps.push(Step::Send(b"you sent token-0".to_vec()));
        steps
    })
    .await;
    let tokens = TokenSource::new(100);
    let env = env_with(&tokens);
    let client = env.client(&server.base());

    let (slow, ()) = tokio::join!(send(&client, &env), async {
        first_begun.notified().await;
        for number in 1..100 {
            tokens.at.store(number, Ordering::SeqCst);
            send(&client, &env).await.unwrap();
        }
        others_done.store(true, Ordering::SeqCst);
    });

    assert_eq!(slow.unwrap().body, b"you sent [credential]");
}

#[tokio::test]
async fn refreshed_query_parameter_replaces_the_old_one() {
    let server = Server::start(|number, _| if number == 0 { refusal() } else { ok("") }).await;
    let tokens = TokenSource::from_credentials(
        [key_in_query("key", "k/0000"), key_in_query("key", "k/1111")],
        Duration::ZERO,
    );
    env_with(&tokens).get(&server, "/users?a=1").await.unwrap();
    let lines: Vec<_> = server
        .received()
        .into_iter()
        .map(|request| request.line)
        .collect();

    assert_eq!(
        lines,
        [
            "GET /api/users?a=1&key=k%2F0000 HTTP/1.1",
            "GET /api/users?a=1&key=k%2F1111 HTTP/1.1"
        ]
    );
}
