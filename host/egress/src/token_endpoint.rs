//! Requests for tokens: one POST to where an operator said that tokens are given out, under the same address rules as everything else.
//!
//! What is sent is secret, and so is what comes back. Nothing that the other side says is quoted in an error: it may repeat the request.

use crate::attempt::{self, Allowance, Answer};
use crate::attempt_error::Fault;
use crate::body::budget::ByteBudget;
use crate::credential::inject as sign;
use crate::http_client as client;
use crate::policy::base_url::check_host;
use crate::policy::headers;
use crate::policy::resolver::Lookup;
use crate::timeouts::Timing;
use crate::tls::Trust;
use crate::{Egress, EgressError};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use purser_model::{Blame, Blamed as _, HttpError};
use purser_vault::oauth::{TokenAnswer, TokenEndpoint, TokenRequest, Unanswered};
use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE, HeaderValue};
use reqwest::{Client, Method, Request};
use std::sync::Arc;
use url::Url;

/// The most bytes of an answer. Tokens with many claims have some kilobytes.
const LARGEST: u64 = 1 << 20;

impl Egress {
    /// The way to where tokens are given out. `private_network` is the connection's: whether loopback and private addresses may be reached,
    /// and spoken to in plain http. Each request has a client of its own, so that nothing is shared between those who ask.
    pub fn token_endpoint(&self, private_network: bool) -> impl TokenEndpoint + use<> {
        let timing = Timing {
            attempt: self.timing.token,
            ..self.timing.clone()
        };
        Endpoint {
            lookup: self.lookup.clone(),
            trust: Arc::clone(&self.trust),
            timing,
            private_network,
        }
    }
}

struct Endpoint {
    lookup: Lookup,
    trust: Arc<Trust>,
    timing: Timing,
    private_network: bool,
}

impl TokenEndpoint for Endpoint {
    fn post(&self, request: TokenRequest) -> BoxFuture<'_, Result<TokenAnswer, Unanswered>> {
        self.exchange(request).boxed()
    }
}

impl Endpoint {
    async fn exchange(&self, request: TokenRequest) -> Result<TokenAnswer, Unanswered> {
        check_url(&request.url, self.private_network)?;
        let client = self.client(&request.url)?;
        let request = prepare(request)?;
        let budget = ByteBudget::new("token", LARGEST);
        let allowance = Allowance {
            each: LARGEST,
            all: &budget,
            open: false,
        };
        let answer = attempt::send(&client, request, allowance, &mut 0).await;
        let Answer {
            status,
            headers,
            body,
            ..
        } = answer.map_err(unanswered)?;
        if status.is_redirection() {
            let what = format!(
                "the token endpoint answered {}, a redirect, which is not followed",
                status.as_u16()
            );
            return Err(Unanswered {
                what,
                unsent: false,
                blame: Blame::Upstream,
            });
        }
        let date = headers
            .get(DATE)
            .and_then(|date| date.to_str().ok())
            .map(str::to_owned);
        Ok(TokenAnswer {
            status: status.as_u16(),
            date,
            body,
        })
    }

    fn client(&self, url: &Url) -> Result<Client, Unanswered> {
        let built = client::build(
            url,
            self.private_network,
            &self.lookup,
            &self.trust,
            &self.timing,
        );
        built.map_err(|error| Unanswered {
            what: error.to_string(),
            unsent: true,
            blame: error.blame(),
        })
    }
}

/// Refuses what is no place for secrets. An address in the URL is checked here, because the client does not ask its resolver for it.
fn check_url(url: &Url, private_network: bool) -> Result<(), Unanswered> {
    let why = match check_host(url, private_network) {
        _ if !url.username().is_empty() || url.password().is_some() => {
            "it holds user information".to_owned()
        }
        _ if url.fragment().is_some() => "it holds a fragment".to_owned(),
        Ok(()) => return Ok(()),
        Err(EgressError::PrivateNetwork(what)) => {
            format!("{what}, and this connection is not allowed to reach private networks")
        }
        Err(EgressError::Address(what)) => format!("it leads to {what}"),
        Err(EgressError::BaseUrl(what) | EgressError::Client(what)) => what,
    };
    let what = format!("the URL of the token endpoint cannot be used: {why}");
    Err(Unanswered {
        what,
        unsent: true,
        blame: Blame::Operator,
    })
}

fn prepare(request: TokenRequest) -> Result<Request, Unanswered> {
    let TokenRequest {
        url,
        headers: fields,
        body,
    } = request;
    let mut request = Request::new(Method::POST, url);
    let headers = request.headers_mut();
    for (name, value) in &fields {
        let (name, value) = sign::field(name, value).ok_or_else(|| Unanswered {
            what: "the request for a token has a header field that cannot be sent".into(),
            unsent: true,
            blame: Blame::Host,
        })?;
        headers.append(name, value);
    }
    headers
        .entry(ACCEPT)
        .or_insert(HeaderValue::from_static("application/json"));
    headers
        .entry(CONTENT_TYPE)
        .or_insert(HeaderValue::from_static(
            "application/x-www-form-urlencoded",
        ));
    headers::introduce(headers);
    *request.body_mut() = Some(body.expose().to_owned().into());
    Ok(request)
}

/// Tells a fault. Before anything was sent, the other side has nothing to repeat, and its words are kept.
fn unanswered(fault: Fault) -> Unanswered {
    let Fault { error, unsent, .. } = fault;
    let blame = if matches!(error, HttpError::DestinationProhibited(_)) {
        Blame::Operator
    } else {
        Blame::Upstream
    };
    let why = match error {
        HttpError::ResponseBodySize(most) => format!("its answer is larger than {most} bytes"),
        HttpError::Protocol(_) if !unsent => {
            "its answer is no valid HTTP, or packed in a way that was not asked for".into()
        }
        HttpError::TlsProtocol(_) | HttpError::TlsCertificate(_) if !unsent => {
            "TLS broke off".into()
        }
        HttpError::Internal(_) => "the request could not be made".into(),
        other => other.to_string(),
    };
    Unanswered {
        what: format!("no answer from the token endpoint: {why}"),
        unsent,
        blame,
    }
}
