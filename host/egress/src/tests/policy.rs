//! Requests that are not granted, or lead to prohibited addresses, are not sent.

use super::server::{Server, Step, http_response, ok};
use super::{TestEnv, body_budget, get, lookup_of, request};
use crate::{ClientConfig, EgressError, RateLimiter};
use futures::FutureExt as _;
use purser_model::{HttpError, Method, RetryPolicy};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[tokio::test]
async fn ungranted_method_is_denied_with_the_line_that_would_allow_it() {
    let server = Server::start(|_, _| ok("")).await;
    let env = TestEnv::with_grant(&["GET /users/*"]);

    let (outcome, stats) = env
        .send(&server.base(), request(Method::Delete, "/users/7?force=1"))
        .await;

    assert_eq!(
        outcome,
        Err(HttpError::Denied("read:users DELETE /users/7".into()))
    );
    assert_eq!(stats.attempts, 0);
    assert!(matches!(
        env.get(&server, "/groups").await,
        Err(HttpError::Denied(_))
    ));
    assert!(server.received().is_empty());
    assert!(env.get(&server, "/users/7").await.is_ok());
}

#[tokio::test]
async fn grant_of_another_action_does_not_apply() {
    let server = Server::start(|_, _| ok("")).await;
    let mut env = TestEnv::with_grant(&["GET /users"]);
    env.scope.action = "check".parse().unwrap();

    assert_eq!(
        env.get(&server, "/users").await,
        Err(HttpError::Denied("check GET /users".into()))
    );
}

#[tokio::test]
async fn absolute_url_is_checked_like_a_path() {
    let server = Server::start(|_, _| ok("")).await;
    let env = TestEnv::with_grant(&["GET /users"]);
    let origin = format!("http://{}", server.address);

    assert!(
        env.get(&server, &format!("{origin}/api/users?offset=50"))
            .await
            .is_ok()
    );

    for outside in ["/users", "/apix/users", "/"] {
        assert!(
            matches!(
                env.get(&server, &format!("{origin}{outside}")).await,
                Err(HttpError::Denied(_))
            ),
            "{outside}"
        );
    }

    for malformed in [
        "/api/../admin",
        "/api/%2e%2e/admin",
        "/api/users%2f..",
        "/api\\users",
        "/api/users#x",
    ] {
        let outcome = env.get(&server, &format!("{origin}{malformed}")).await;
        assert!(matches!(outcome, Err(HttpError::Invalid(_))), "{malformed}");
    }

    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn granted_host_is_contacted_without_the_credential() {
    let server = Server::start_tls(|_, _| ok("")).await;
    let port = server.address.port();
    let env =
        TestEnv::with_grant(&["GET /**", &format!("GET files.example:{port}/x")]).trusting(&server);

    assert!(env.get(&server, "/users").await.is_ok());
    assert!(
        env.get(&server, &format!("https://files.example:{port}/x"))
            .await
            .is_ok()
    );

    let received = server.received();

    assert!(received[0].field("authorization").is_some());
    assert_eq!(received[1].field("authorization"), None);

    let other = env
        .get(&server, &format!("https://files.example:{port}/y"))
        .await;

    assert_eq!(
        other,
        Err(HttpError::Denied(format!(
            "read:users GET files.example:{port}/y"
        )))
    );
}

#[tokio::test]
async fn private_addresses_need_permission_and_metadata_is_always_prohibited() {
    for (addresses, private_network) in [
        (vec!["127.0.0.1"], false),
        (vec!["8.8.8.8", "10.0.0.1"], false),
        (vec!["::ffff:127.0.0.1"], false),
        (vec!["169.254.169.254"], true),
        (vec!["127.0.0.1", "fd00:ec2::254"], true),
    ] {
        let mut env = TestEnv {
            private_network,
            ..TestEnv::granting_all()
        };
        env.egress.lookup = lookup_of(&addresses);

        let (outcome, stats) = env.send("https://hub.example/api", get("/users")).await;

        assert!(
            matches!(outcome, Err(HttpError::DestinationProhibited(_))),
            "{addresses:?}: {outcome:?}"
        );
        assert_eq!((stats.attempts, stats.retries), (1, 0), "it is not retried");
    }
}

#[tokio::test]
async fn plain_http_to_a_public_address_is_prohibited() {
    let mut env = TestEnv::granting_all();
    env.egress.lookup = lookup_of(&["8.8.8.8"]);

    let (outcome, _) = env.send("http://hub.internal/api", get("/users")).await;
    assert!(
        matches!(outcome, Err(HttpError::DestinationProhibited(why)) if why.contains("unencrypted"))
    );
}

#[tokio::test]
async fn rebound_name_is_prohibited() {
    let server = Server::start(|_, _| ok("")).await;
    let lookups = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&lookups);
    let mut env = TestEnv::granting_all();
    env.egress.lookup = Arc::new(move |_| {
        let address = if count.fetch_add(1, Ordering::SeqCst) == 0 {
            [127, 0, 0, 1]
        } else {
            [169, 254, 169, 254]
        };
        futures::future::ready(Ok(vec![address.into()])).boxed()
    });
    let client = env.client(&format!(
        "http://hub.internal:{}/api",
        server.address.port()
    ));

    assert!(
        client
            .send(&env.scope, get("/users"), &body_budget(1000))
            .await
            .0
            .is_ok()
    );
    assert_eq!(
        lookups.load(Ordering::SeqCst),
        1,
        "one lookup for one connection"
    );

    let (outcome, _) = client
        .send(&env.scope, get("/users"), &body_budget(1000))
        .await;

    assert!(
        matches!(outcome, Err(HttpError::DestinationProhibited(_))),
        "{outcome:?}"
    );
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn unresolved_name_is_reported_without_the_query() {
    let mut env = TestEnv::granting_all();
    env.egress.lookup =
        Arc::new(|_| futures::future::ready(Err(io::Error::other("no such host"))).boxed());

    let (outcome, stats) = env
        .send("https://hub.example/api", get("/users?private=1"))
        .await;

    assert_eq!(
        outcome,
        Err(HttpError::Dns("hub.example: no such host".into()))
    );
    assert_eq!(stats.attempts, 5, "the name may resolve later");
}

#[tokio::test]
async fn request_over_the_limit_is_refused() {
    let server = Server::start(|_, _| ok("")).await;
    let env = TestEnv::granting_all().with_limits(|limits| limits.request_bytes = 100);
    let large = purser_model::Request {
        body: Some(vec![0; 100]),
        ..request(Method::Post, "/users")
    };

    let (outcome, _) = env.send(&server.base(), large).await;

    assert!(
        matches!(outcome, Err(HttpError::BudgetExhausted(which)) if which.starts_with("request-bytes 100"))
    );
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn client_for_a_prohibited_address_is_not_built() {
    let env = TestEnv::granting_all();
    let open = |base: &str, private_network| {
        let credentials = Arc::clone(&env.credentials);
        let config = ClientConfig {
            base_url: base.parse().unwrap(),
            credentials,
            private_network,
            rate_limiter: Arc::new(RateLimiter::new(None)),
            rate_limit_responses: Vec::new(),
            retry: RetryPolicy::default(),
        };
        env.egress.client(config).err()
    };

    assert!(matches!(
        open("https://127.0.0.1/", false),
        Some(EgressError::PrivateNetwork(_))
    ));
    assert!(matches!(
        open("https://169.254.169.254/", true),
        Some(EgressError::Address(_))
    ));
    assert_eq!(
        open("http://hub.example/", false),
        Some(EgressError::PlainHttp)
    );
    assert_eq!(open("http://127.0.0.1:1/", true), None);
}

#[tokio::test]
async fn head_and_empty_responses_are_accepted() {
    let server = Server::start(|_, request| {
        let gone = request.line.starts_with("DELETE");
        let head =
            b"HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\nconnection: close\r\n\r\n".to_vec();
        vec![Step::Send(if gone {
            http_response("204 No Content", &[], "")
        } else {
            head
        })]
    })
    .await;
    let head = TestEnv::granting_all()
        .send(&server.base(), request(Method::Head, "/users"))
        .await
        .0
        .unwrap();

    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(
        TestEnv::granting_all()
            .send(&server.base(), request(Method::Delete, "/users/1"))
            .await
            .0
            .unwrap()
            .status,
        204
    );
}
