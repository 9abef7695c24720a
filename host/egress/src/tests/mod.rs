//! The whole way against real servers on loopback: what is on the wire, and what comes back.

mod bodies;
mod credentials;
mod faults;
mod policy;
mod processes;
mod redirects;
mod retries;
mod server;

use crate::resolver::Lookup;
use crate::timing::Timing;
use crate::{Channel, Effort, Egress, Permit, Upstream};
use futures::FutureExt as _;
use purser_model::{Grant, Header, HttpError, Limits, Method, RateHint, Request, Response, Template};
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
    template: Template,
    rate: Option<RateHint>,
    private_network: bool,
    permit: Permit,
    budget: u64,
}

impl Bench {
    /// Grants `read:users` the given methods and paths.
    fn granting(lines: &[&str]) -> Self {
        let rules = lines.iter().map(|line| format!("read:users {line}").parse().unwrap()).collect();
        let grant = Arc::new(Grant { rules, limits: Limits::default() });
        let mut egress = Egress::new().unwrap();
        egress.lookup = leading_to(&["127.0.0.1"]);
        egress.timing =
            Timing { pause: Duration::from_millis(2), patience: Duration::from_secs(5), ..Timing::default() };
        let permit = Permit { action: "read:users".parse().unwrap(), grant };
        Self { egress, template: Template::Bearer, rate: None, private_network: true, permit, budget: 64 << 20 }
    }

    /// Grants everything that can be granted of the connection's own origin.
    fn open() -> Self {
        Self::granting(&["GET,HEAD,POST,PUT,PATCH,DELETE /**"])
    }

    fn trusting(mut self, server: &Server) -> Self {
        self.egress.roots = vec![reqwest::Certificate::from_der(&server.certificate).unwrap()];
        self
    }

    fn limited(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut Arc::make_mut(&mut self.permit.grant).limits);
        self
    }

    fn channel(&self, base: &str) -> Channel {
        let credential = Arc::new(Credential::new(self.template.clone(), Secret::new(SECRET.into())).unwrap());
        let (private_network, rate) = (self.private_network, self.rate);
        self.egress.channel(Upstream { base_url: base.parse().unwrap(), credential, private_network, rate }).unwrap()
    }

    async fn send(&self, base: &str, request: Request) -> (Result<Response, HttpError>, Effort) {
        self.channel(base).send(&self.permit, request, self.budget).await
    }

    async fn get(&self, server: &Server, target: &str) -> Result<Response, HttpError> {
        self.send(&server.base(), get(target)).await.0
    }
}

fn leading_to(addresses: &[&str]) -> Lookup {
    let addresses: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
    Arc::new(move |_| futures::future::ready(Ok(addresses.clone())).boxed())
}

fn request(method: Method, target: &str) -> Request {
    Request { method, target: target.into(), headers: Vec::new(), body: None, repeatable: false }
}

fn get(target: &str) -> Request {
    request(Method::Get, target)
}

fn header(name: &str, value: &str) -> Header {
    Header { name: name.into(), value: value.into() }
}
