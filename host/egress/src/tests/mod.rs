//! Whole exchanges with real servers on loopback: what is sent, and what comes back.

mod bodies;
mod connection_errors;
mod credential_refresh;
mod credentials;
mod dns;
mod downloads;
mod environment;
mod fuzz;
mod policy;
mod query_credentials;
mod redirects;
mod retries;
mod server;
mod token_endpoint;

use crate::policy::resolver::Lookup;
use crate::timeouts::Timeouts;
use crate::tls::TrustRoots;
use crate::{
    ByteBudget, ClientConfig, ConnectionClient, CredentialSource, Egress, RateLimiter,
    RequestScope, StaticCredential,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt as _;
use purser_model::{
    Grant, Header, HttpError, Limits, Method, RateHint, RateLimitResponse, Request, RequestStats,
    Response, RetryPolicy,
};
use purser_vault::{Credential, Secret};
use server::Server;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// A credential with every character that encoders treat differently.
const SECRET: &str = "s3cr3t/with+odd=chars";

/// The settings that a test may vary. The others are those of the product, with a shorter backoff.
struct TestEnv {
    egress: Egress,
    credentials: Arc<dyn CredentialSource>,
    rate: Option<RateHint>,
    rate_limit_responses: Vec<RateLimitResponse>,
    retry: RetryPolicy,
    private_network: bool,
    scope: RequestScope,
    /// The bytes that a call may read of bodies.
    budget: u64,
}

impl TestEnv {
    /// Grants `read:users` the given methods and paths.
    fn with_grant(lines: &[&str]) -> Self {
        let rules = lines
            .iter()
            .map(|line| format!("read:users {line}").parse().unwrap())
            .collect();
        let grant = Grant {
            rules,
            limits: Limits::default(),
        };
        let mut egress = Egress::new();
        egress.lookup = lookup_of(&["127.0.0.1"]);
        egress.timeouts = Timeouts {
            backoff_base: Duration::from_millis(2),
            ..Timeouts::default()
        };

        Self {
            egress,
            credentials: static_source(bearer(SECRET)),
            rate: None,
            rate_limit_responses: Vec::new(),
            retry: RetryPolicy {
                attempts: 5,
                within_seconds: 5,
            },
            private_network: true,
            scope: RequestScope {
                action: "read:users".parse().unwrap(),
                grant: Arc::new(grant),
            },
            budget: 64 << 20,
        }
    }

    /// Grants everything that can be granted on the connection's own origin.
    fn granting_all() -> Self {
        Self::with_grant(&["GET,HEAD,POST,PUT,PATCH,DELETE /**"])
    }

    /// Trusts the certificate of a server.
    fn trusting(mut self, server: &Server) -> Self {
        self.egress.roots = Arc::new(TrustRoots::with_extra(&server.certificate));
        self
    }

    /// Changes the limits of the grant.
    fn with_limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut Arc::make_mut(&mut self.scope.grant).limits);
        self
    }

    fn client(&self, base: &str) -> ConnectionClient {
        let config = ClientConfig {
            base_url: base.parse().unwrap(),
            credentials: Arc::clone(&self.credentials),
            private_network: self.private_network,
            rate_limiter: Arc::new(RateLimiter::new(self.rate)),
            rate_limit_responses: self.rate_limit_responses.clone(),
            retry: self.retry,
        };
        self.egress.client(config).unwrap()
    }

    /// Sends one request through a new client.
    async fn send(
        &self,
        base: &str,
        request: Request,
    ) -> (Result<Response, HttpError>, RequestStats) {
        self.client(base)
            .send(&self.scope, request, &body_budget(self.budget))
            .await
    }

    /// Sends one GET through a new client.
    async fn get(&self, server: &Server, target: &str) -> Result<Response, HttpError> {
        self.send(&server.base(), get(target)).await.0
    }
}

/// The budget of a call for bodies.
fn body_budget(bytes: u64) -> ByteBudget {
    ByteBudget::new("response-bytes-total", bytes)
}

fn static_source(credential: Credential) -> Arc<dyn CredentialSource> {
    Arc::new(StaticCredential(Arc::new(credential)))
}

/// A credential in a header field, as the vault builds it. `hidden` are the secrets in it.
fn in_header(name: &str, value: &str, hidden: &[&str]) -> Credential {
    let hidden = hidden
        .iter()
        .map(|text| Secret::new((*text).to_owned()))
        .collect();
    Credential::new(
        vec![(name.into(), Secret::new(value.into()))],
        Vec::new(),
        hidden,
    )
    .unwrap()
}

pub(crate) fn bearer(token: &str) -> Credential {
    in_header("authorization", &format!("Bearer {token}"), &[token])
}

pub(crate) fn basic(user: &str, password: &str) -> Credential {
    let pair = format!("{user}:{password}");
    let encoded = STANDARD.encode(&pair);
    in_header(
        "authorization",
        &format!("Basic {encoded}"),
        &[password, &pair, &encoded],
    )
}

fn key_in_header(name: &str, key: &str) -> Credential {
    in_header(name, key, &[key])
}

fn key_in_query(name: &str, key: &str) -> Credential {
    let secret = || Secret::new(key.into());
    Credential::new(Vec::new(), vec![(name.into(), secret())], vec![secret()]).unwrap()
}

/// A lookup that returns the same addresses for every name.
fn lookup_of(addresses: &[&str]) -> Lookup {
    let addresses: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
    Arc::new(move |_| futures::future::ready(Ok(addresses.clone())).boxed())
}

fn request(method: Method, target: &str) -> Request {
    Request {
        method,
        target: target.into(),
        headers: Vec::new(),
        body: None,
        idempotent: false,
    }
}

fn get(target: &str) -> Request {
    request(Method::Get, target)
}

fn header(name: &str, value: &str) -> Header {
    Header {
        name: name.into(),
        value: value.into(),
    }
}
