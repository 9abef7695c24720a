//! Channels: the way to one connection's application.

use crate::body::budget::ByteBudget;
use crate::body::streaming::{self as arrival, Arrival, Reader};
use crate::credential::source::CredentialSource;
use crate::credential::used::Known;
use crate::exchange::Journey;
use crate::http_client as client;
use crate::policy::headers;
use crate::policy::resolver::{Lookup, system_lookup};
use crate::retry::budget::Repetitions;
use crate::retry::rate_limit::Pace;
use crate::timeouts::Timing;
use crate::tls::Trust;
use crate::{EgressError, check_base_url};
use purser_model::{
    Action, Download, Grant, HttpError, RateLimitResponse, Request, Response, RetryPolicy,
};
use reqwest::Client;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// Opens channels. One a process is enough.
pub struct Egress {
    pub(crate) lookup: Lookup,
    /// Shared by all clients: it is costly to make.
    pub(crate) trust: Arc<Trust>,
    pub(crate) timing: Timing,
}

/// An application, as a connection has it.
pub struct Upstream {
    /// Where it is; see [`check_base_url`].
    pub base_url: Url,
    /// Where what signs the requests comes from.
    pub credentials: Arc<dyn CredentialSource>,
    /// Whether loopback and private addresses may be reached.
    pub private_network: bool,
    /// How often it may be asked. Other channels to it share this.
    pub pace: Arc<Pace>,
    /// How else than with 429 and 503 it says that it was asked too often.
    pub rate_limit_responses: Vec<RateLimitResponse>,
    /// How often and how long a request is repeated. What would have to wait longer ends as the answer at hand, so that the connector can say
    /// that it is being rate_limit_responses, and the run can be parked instead of sitting there.
    pub retry: RetryPolicy,
}

/// What a caller may send.
#[derive(Debug, Clone)]
pub struct Permit {
    /// The action that the requests are made for.
    pub action: Action,
    /// What it was granted, and the limits of a request and of an answer.
    pub grant: Arc<Grant>,
}

/// What sending a request took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effort {
    /// Requests that went out, redirects and repetitions included: those with another credential, too.
    pub attempts: u64,
    /// How many of them were repetitions.
    pub retries: u64,
    /// Time spent waiting for a turn, for a credential, on the application's word, or before a repetition.
    pub waited: Duration,
    /// Bytes of bodies read, decoded; those of failed attempts included.
    pub body_bytes: u64,
}

/// The way to one connection's application. Clones share it: its connections, its rate limit, and the application's word on when to come
/// back, which is kept by all of them. Holds credentials, and so has no `Debug`.
#[derive(Clone)]
pub struct Channel(Arc<Way>);

static_assertions::assert_not_impl_any!(Channel: std::fmt::Debug, std::fmt::Display);

/// What clones of a channel share.
pub(crate) struct Way {
    pub base: Url,
    pub credentials: Arc<dyn CredentialSource>,
    pub client: Client,
    pub known: Known,
    pub pace: Arc<Pace>,
    pub rate_limit_responses: Vec<RateLimitResponse>,
    pub retry: RetryPolicy,
    pub repetitions: Repetitions,
    pub timing: Timing,
}

impl Egress {
    /// Sets up TLS for the process, with *ring*, unless that was done before.
    ///
    /// # Errors
    /// None today; opening channels has them.
    pub fn new() -> Result<Self, EgressError> {
        client::install_tls_provider();
        Ok(Self {
            lookup: system_lookup(),
            trust: Arc::default(),
            timing: Timing::default(),
        })
    }

    /// Opens a channel. Nothing is sent, and no credential is asked for.
    ///
    /// # Errors
    /// When the base URL cannot be used, or TLS cannot be set up.
    pub fn channel(&self, to: Upstream) -> Result<Channel, EgressError> {
        let Upstream {
            base_url,
            credentials,
            private_network,
            pace,
            rate_limit_responses,
            retry,
        } = to;
        let base = check_base_url(base_url.as_str(), private_network)?;
        let client = client::build(
            &base,
            private_network,
            &self.lookup,
            &self.trust,
            &self.timing,
        )?;
        let known = Known::new().map_err(|error| EgressError::Client(error.to_string()))?;
        let timing = self.timing.clone();
        let repetitions = Repetitions::default();
        Ok(Channel(Arc::new(Way {
            base,
            credentials,
            client,
            known,
            pace,
            rate_limit_responses,
            retry,
            repetitions,
            timing,
        })))
    }
}

impl Channel {
    /// Sends a request and waits for the whole answer, repeating and following redirects as far as the permit goes. `bodies` is
    /// what the call has left for bodies, decoded. The second part tells what it took, whatever came of it.
    ///
    /// Neither answer nor error holds a credential that the channel used, in any form that `Credential::marks` knows. An answer of 429 may be Purser's own, where
    /// the application asked to be left alone for longer than is waited here: its `retry-after` says for how long.
    ///
    /// # Errors
    /// See [`HttpError`]. Any status is an answer, and no error.
    pub async fn send(
        &self,
        permit: &Permit,
        request: Request,
        bodies: &ByteBudget,
    ) -> (Result<Response, HttpError>, Effort) {
        let mut effort = Effort::default();
        let mut journey = Journey::new(&self.0, permit, bodies, &mut effort);
        let outcome = journey.go(request).await;
        // Taken when all is back, and before the journey lets go of its credentials: it knows each of them.
        let scrubber = self.0.known.scrubber();
        drop(journey);
        let outcome = outcome.map(|answer| {
            let (status, headers) = (
                answer.status.as_u16(),
                headers::of_response(&answer.headers),
            );
            scrubber.response(Response {
                status,
                headers,
                body: answer.body,
            })
        });
        (outcome.map_err(|error| scrubber.error(error)), effort)
    }

    /// For how long the application wants to be left alone from now on, as far as it said so.
    #[must_use]
    pub fn closed_for(&self) -> Option<Duration> {
        let until = self.0.pace.closed_until()?;
        Some(until.saturating_duration_since(Instant::now())).filter(|wait| !wait.is_zero())
    }

    /// Sends a request as [`send`](Self::send) does, and gives an answer as soon as it begins: the body of a success is read, unpacked and
    /// scrubbed as the caller asks for it, and counted to `downloads`; any other is read whole, and counted to `bodies`.
    ///
    /// # Errors
    /// See [`HttpError`], of the body's pieces too. Any status is an answer, and no error.
    pub async fn download(
        &self,
        permit: &Permit,
        download: Download,
        bodies: &ByteBudget,
        downloads: &Arc<ByteBudget>,
    ) -> (Result<Arrival, HttpError>, Effort) {
        let mut effort = Effort::default();
        let mut journey = Journey::new(&self.0, permit, bodies, &mut effort).left_open();
        let Download {
            request,
            compression,
            start,
        } = download;
        let outcome = journey
            .go_with(request, &arrival::fields(&compression, start))
            .await;
        let scrubber = self.0.known.scrubber();
        let _used = journey.into_used();
        let outcome = outcome.and_then(|answer| {
            arrival::of(
                answer,
                Reader {
                    way: Arc::clone(&self.0),
                    _used,
                    compression,
                    start,
                    budget: Arc::clone(downloads),
                },
            )
        });
        (outcome.map_err(|error| scrubber.error(error)), effort)
    }

    /// A text of a connector's, such as a line for the log, without the credentials that the channel used.
    #[must_use]
    pub fn scrub(&self, text: &str) -> String {
        self.0.known.scrubber().text(text).into_owned()
    }
}
