//! Clients: each sends requests to the application of one connection.

use crate::attempt::RawResponse;
use crate::body::budget::ByteBudget;
use crate::body::streaming::{self, DownloadReader, ResponseHead, StreamingResponse};
use crate::credential::source::CredentialSource;
use crate::credential::used::UsedCredentials;
use crate::exchange::{Exchange, ExchangeContext};
use crate::policy::headers;
use crate::policy::resolver::{Lookup, system_lookup};
use crate::policy::scope::RequestScope;
use crate::retry::budget::RetryBudget;
use crate::retry::rate_limit::RateLimiter;
use crate::scrub::Scrubber;
use crate::timeouts::Timeouts;
use crate::tls::{TrustRoots, install_crypto_provider};
use crate::{EgressError, check_base_url, http_client};
use purser_model::{
    Download, HttpError, RateLimitResponse, Request, RequestStats, Response, RetryPolicy,
};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// Builds clients. One per process is enough.
pub struct Egress {
    /// The lookup of host names.
    pub(crate) lookup: Lookup,
    /// Shared by all clients, because loading them is slow.
    pub(crate) roots: Arc<TrustRoots>,
    /// Copied into each client.
    pub(crate) timeouts: Timeouts,
}

/// The settings of a client.
pub struct ClientConfig {
    /// The address of the application; see [`check_base_url`].
    pub base_url: Url,
    /// The source of the credential.
    pub credentials: Arc<dyn CredentialSource>,
    /// If set, loopback and private addresses may be reached.
    pub private_network: bool,
    /// The rate limit, shared with other clients of the same application.
    pub rate_limiter: Arc<RateLimiter>,
    /// The responses by which the application reports a rate limit, besides 429 and 503.
    pub rate_limit_responses: Vec<RateLimitResponse>,
    /// The number of attempts, and the time for them. If a retry would come later than that, the
    /// response at hand is returned, so that the run can be parked instead of waiting.
    pub retry: RetryPolicy,
}

/// A client for one connection's application. Clones share its connections, its rate limit and its
/// credentials. It holds secrets and so has no `Debug`.
#[derive(Clone)]
pub struct ConnectionClient {
    context: Arc<ExchangeContext>,
}

const _: () = assert!(!purser_model::implements!(ConnectionClient: std::fmt::Debug));
const _: () = assert!(!purser_model::implements!(ConnectionClient: std::fmt::Display));

impl Default for Egress {
    fn default() -> Self {
        Self::new()
    }
}

impl Egress {
    /// Sets up TLS for the process, with *ring*, unless that was done before.
    #[must_use]
    pub fn new() -> Self {
        install_crypto_provider();
        Self {
            lookup: system_lookup(),
            roots: Arc::default(),
            timeouts: Timeouts::default(),
        }
    }

    /// Builds a client. Nothing is sent, and no credential is requested.
    ///
    /// # Errors
    /// Fails if the base URL cannot be used, or TLS cannot be set up.
    pub fn client(&self, config: ClientConfig) -> Result<ConnectionClient, EgressError> {
        let base = check_base_url(config.base_url.as_str(), config.private_network)?;
        let http = http_client::build(
            &base,
            config.private_network,
            &self.lookup,
            &self.roots,
            &self.timeouts,
        )?;

        Ok(ConnectionClient {
            context: Arc::new(ExchangeContext {
                base,
                credentials: config.credentials,
                http,
                used: Arc::new(UsedCredentials::default()),
                rate_limiter: config.rate_limiter,
                rate_limit_responses: config.rate_limit_responses,
                retry: config.retry,
                retry_after_on_success: AtomicBool::new(false),
                retry_budget: RetryBudget::default(),
                timeouts: self.timeouts.clone(),
            }),
        })
    }
}

impl ConnectionClient {
    /// Sends a request and waits for the whole response, following redirects and retrying within
    /// the scope. `bodies` is the budget of the call for response bodies, decoded. The statistics
    /// count failed requests, too.
    ///
    /// Responses and errors are scrubbed of every credential used. A 429 may be synthesized: the
    /// application's `Retry-After` exceeds the wait limit. Its own `retry-after` then says how long
    /// to wait.
    ///
    /// # Errors
    /// See [`HttpError`]. A response of any status is not an error.
    pub async fn send(
        &self,
        scope: &RequestScope,
        request: Request,
        bodies: &ByteBudget,
    ) -> (Result<Response, HttpError>, RequestStats) {
        let mut stats = RequestStats::default();
        let mut exchange = Exchange::new(&self.context, scope, bodies, &mut stats);
        let outcome = exchange.send(request).await;

        // Taken after the response and before the exchange is dropped, so that the scrubber knows
        // every credential that the exchange used.
        let scrubber = self.context.used.scrubber();
        drop(exchange);
        let outcome = outcome
            .map(|response| scrub_response(&scrubber, response))
            .map_err(|error| scrubber.error(error));

        (outcome, stats)
    }

    /// Sends a request as [`send`](Self::send) does, and returns as soon as the response begins.
    ///
    /// The body of a success is read, decompressed and scrubbed while the caller reads it, and
    /// counted to `downloads`. Any other body is read whole and counted to `bodies`.
    ///
    /// # Errors
    /// See [`HttpError`]; reading the body can fail with it as well. A response of any status is
    /// not an error.
    pub async fn download(
        &self,
        scope: &RequestScope,
        download: Download,
        bodies: &ByteBudget,
        downloads: &Arc<ByteBudget>,
    ) -> (Result<StreamingResponse, HttpError>, RequestStats) {
        let Download {
            request,
            compression,
            skip_bytes,
        } = download;
        let host_headers = streaming::range_headers(&compression, skip_bytes);

        let mut stats = RequestStats::default();
        let mut exchange = Exchange::new(&self.context, scope, bodies, &mut stats).streaming();
        let outcome = exchange.send_with_headers(request, &host_headers).await;

        let scrubber = self.context.used.scrubber();
        let reader = DownloadReader {
            used: Arc::clone(&self.context.used),
            _in_use: exchange.into_credentials(),
            compression,
            skip_bytes,
            budget: Arc::clone(downloads),
        };
        let started = match outcome {
            Ok(mut response) => match response.stream.take() {
                Some(body) => {
                    let head = ResponseHead {
                        status: response.status,
                        headers: response.headers,
                        url: response.url,
                    };
                    streaming::start(head, body, reader).await
                }
                None => Ok(scrub_response(&scrubber, response).into()),
            },
            Err(error) => Err(error),
        };

        (started.map_err(|error| scrubber.error(error)), stats)
    }

    /// Returns how long the application asked to send nothing, from now on. `None` if requests may
    /// be sent.
    #[must_use]
    pub fn blocked_for(&self) -> Option<Duration> {
        let until = self.context.rate_limiter.blocked_until()?;
        let wait = until.saturating_duration_since(Instant::now());
        Some(wait).filter(|wait| !wait.is_zero())
    }

    /// Returns a text of the connector, such as a log line, without the credentials that this
    /// client has used.
    #[must_use]
    pub fn scrub(&self, text: &str) -> String {
        self.context.used.scrubber().text(text).into_owned()
    }
}

fn scrub_response(scrubber: &Scrubber, response: RawResponse) -> Response {
    scrubber.response(Response {
        status: response.status.as_u16(),
        headers: headers::response_headers(&response.headers, response.url.as_ref()),
        body: response.body,
    })
}
