//! The whole way against real servers on loopback: what is on the wire, and what comes back.

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
use crate::retry::rate_limit::Pace;
use crate::timeouts::Timing;
use crate::tls::Trust;
use crate::{ByteBudget, Channel, CredentialSource, Effort, Egress, Fixed, Permit, Upstream};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt as _;
use purser_model::{
    Grant, Header, HttpError, Limits, Method, RateHint, RateLimitResponse, Request, Response,
    RetryPolicy,
};
use purser_vault::{Credential, Secret};
use server::Server;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// A credential with every character that encoders treat differently.
const SECRET: &str = "s3cr3t/with+odd=chars";

/// All that a test may vary; the rest is as in use, but quicker.
struct Bench {
    egress: Egress,
    credentials: Arc<dyn CredentialSource>,
    rate: Option<RateHint>,
    limits_by: Vec<RateLimitResponse>,
    retry: RetryPolicy,
    private_network: bool,
    permit: Permit,
    budget: u64,
}

impl Bench {
    /// Grants `read:users` the given methods and paths.
    fn granting(lines: &[&str]) -> Self {
        let rules = lines
            .iter()
            .map(|line| format!("read:users {line}").parse().unwrap())
            .collect();
        let grant = Arc::new(Grant {
            rules,
            limits: Limits::default(),
        });
        let mut egress = Egress::new().unwrap();
        egress.lookup = leading_to(&["127.0.0.1"]);
        egress.timing = Timing {
            pause: Duration::from_millis(2),
            ..Timing::default()
        };
        let permit = Permit {
            action: "read:users".parse().unwrap(),
            grant,
        };
        Self {
            egress,
            credentials: fixed(bearer(SECRET)),
            rate: None,
            limits_by: Vec::new(),
            retry: RetryPolicy {
                attempts: 5,
                within_seconds: 5,
            },
            private_network: true,
            permit,
            budget: 64 << 20,
        }
    }

    /// Grants everything that can be granted of the connection's own origin.
    fn open() -> Self {
        Self::granting(&["GET,HEAD,POST,PUT,PATCH,DELETE /**"])
    }

    fn trusting(mut self, server: &Server) -> Self {
        self.egress.trust = Arc::new(Trust::also(&server.certificate));
        self
    }

    fn limited(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut Arc::make_mut(&mut self.permit.grant).limits);
        self
    }

    fn channel(&self, base: &str) -> Channel {
        let (private_network, limited) = (self.private_network, self.limits_by.clone());
        let credentials = Arc::clone(&self.credentials);
        self.egress
            .channel(Upstream {
                base_url: base.parse().unwrap(),
                credentials,
                private_network,
                pace: Arc::new(Pace::new(self.rate)),
                rate_limit_responses,
                retry: self.retry,
            })
            .unwrap()
    }

    async fn send(&self, base: &str, request: Request) -> (Result<Response, HttpError>, Effort) {
        self.channel(base)
            .send(&self.permit, request, &bytes(self.budget))
            .await
    }

    async fn get(&self, server: &Server, target: &str) -> Result<Response, HttpError> {
        self.send(&server.base(), get(target)).await.0
    }
}

/// What a call has left for bodies.
fn bytes(left: u64) -> ByteBudget {
    ByteBudget::new("response-bytes-total", left)
}

fn fixed(credential: Credential) -> Arc<dyn CredentialSource> {
    Arc::new(Fixed(Arc::new(credential)))
}

/// A credential in the header, as the vault builds it.
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

fn leading_to(addresses: &[&str]) -> Lookup {
    let addresses: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
    Arc::new(move |_| futures::future::ready(Ok(addresses.clone())).boxed())
}

fn request(method: Method, target: &str) -> Request {
    Request {
        method,
        target: target.into(),
        headers: Vec::new(),
        body: None,
        repeatable: false,
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
