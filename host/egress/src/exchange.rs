//! One exchange: from a connector's request to its final response, with redirects, retries and a
//! refreshed credential.

use crate::attempt::{self, BodyLimits, RawResponse};
use crate::attempt_error::AttemptError;
use crate::body::budget::ByteBudget;
use crate::credential::inject;
use crate::credential::source::{CredentialSource, CredentialUnavailable};
use crate::credential::used::{CredentialInUse, UsedCredentials};
use crate::policy::hop::Hop;
use crate::policy::redirect::{self, RedirectGuard};
use crate::policy::scope::RequestScope;
use crate::policy::{headers, target};
use crate::retry;
use crate::retry::after;
use crate::retry::budget::RetryBudget;
use crate::retry::rate_limit::{DeadlineExceeded, RateLimiter};
use crate::timeouts::Timeouts;
use purser_model::{HttpError, RateLimitResponse, Request, RequestStats, RetryPolicy};
use purser_vault::Credential;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};
use url::Url;

/// The waits before a request that is refused with a 403 each time counts as forbidden, and no more
/// as limited.
const MAX_FORBIDDEN_WAITS: u32 = 2;

/// The state that all exchanges of one client share.
pub(crate) struct ExchangeContext {
    /// The checked base URL.
    pub base: Url,
    /// The source of credentials.
    pub credentials: Arc<dyn CredentialSource>,
    /// The underlying HTTP client.
    pub http: reqwest::Client,
    /// The credentials that responses are scrubbed of.
    pub used: Arc<UsedCredentials>,
    /// The rate limit, shared with other clients of the same application.
    pub rate_limiter: Arc<RateLimiter>,
    /// The responses that report a rate limit with another status than 429.
    pub rate_limit_responses: Vec<RateLimitResponse>,
    /// The attempts per hop, and the time within which they may begin.
    pub retry: RetryPolicy,
    /// Set once a success carried `Retry-After`.
    pub retry_after_on_success: AtomicBool,
    /// The retries left to this client.
    pub retry_budget: RetryBudget,
    /// Timeouts, and the bounds of the backoff.
    pub timeouts: Timeouts,
}

/// One request under way.
pub(crate) struct Exchange<'a> {
    context: &'a ExchangeContext,
    scope: &'a RequestScope,
    /// The bytes left for bodies of the call.
    budget: &'a ByteBudget,
    /// If set, the body of a success is left to be streamed.
    stream_success: bool,
    stats: &'a mut RequestStats,
    /// The instant after which no attempt begins.
    deadline: Instant,
    /// The credentials used so far. Responses are scrubbed of them at least while they are here.
    in_use: Vec<CredentialInUse>,
    /// The responses with 403 whose requested wait was kept.
    forbidden: u32,
    /// True after the source was asked once for another credential, because of a 401.
    refresh_tried: bool,
}

impl<'a> Exchange<'a> {
    pub(crate) fn new(
        context: &'a ExchangeContext,
        scope: &'a RequestScope,
        budget: &'a ByteBudget,
        stats: &'a mut RequestStats,
    ) -> Self {
        let retry_window = Duration::from_secs(context.retry.within_seconds.into());
        Self {
            context,
            scope,
            budget,
            stream_success: false,
            stats,
            deadline: Instant::now() + retry_window,
            in_use: Vec::new(),
            forbidden: 0,
            refresh_tried: false,
        }
    }

    /// Leaves the body of a success to be streamed.
    pub(crate) fn streaming(self) -> Self {
        Self {
            stream_success: true,
            ..self
        }
    }

    /// Ends the exchange and returns the credentials it used, for a body that is still read.
    pub(crate) fn into_credentials(self) -> Vec<CredentialInUse> {
        self.in_use
    }

    /// Sends the request, following redirects and retrying. The response is not scrubbed yet.
    pub(crate) async fn send(&mut self, request: Request) -> Result<RawResponse, HttpError> {
        self.send_with_headers(request, &HeaderMap::new()).await
    }

    /// Sends the request with additional header fields of the host, also to every place that it is
    /// redirected to.
    pub(crate) async fn send_with_headers(
        &mut self,
        request: Request,
        host_headers: &HeaderMap,
    ) -> Result<RawResponse, HttpError> {
        let base = &self.context.base;
        let mut hop = Hop::first(base, request, host_headers, &self.scope.grant.limits)?;
        for _ in 0..=redirect::MAX_REDIRECTS {
            self.authorize(&hop)?;
            let response = self.send_hop(&hop).await?;

            let scrubber = self.context.used.scrubber();
            let guard = RedirectGuard {
                base,
                used: &self.in_use,
                scrubber: &scrubber,
            };
            match redirect::next_hop(&hop, response.status, &response.headers, &guard)? {
                None => {
                    let url = Some(hop.request.url().clone());
                    return Ok(RawResponse { url, ..response });
                }
                Some(next) => hop = next,
            }
        }
        Err(HttpError::LoopDetected)
    }

    fn authorize(&self, hop: &Hop) -> Result<(), HttpError> {
        let url = hop.request.url();
        let authorized = target::authorize(&self.context.base, url, hop.method, self.scope);
        authorized.map_err(|denial| {
            if hop.redirected {
                redirect::denied_redirect(denial)
            } else {
                denial
            }
        })
    }

    /// Sends one hop and retries it, until its response is final or another attempt is of no use.
    async fn send_hop(&mut self, hop: &Hop) -> Result<RawResponse, HttpError> {
        let mut attempt = 0;
        let mut refreshed = None;
        loop {
            attempt += 1;
            if let Err(DeadlineExceeded(turn)) = self.wait_for_turn().await {
                let wait = turn.saturating_duration_since(Instant::now());
                return Ok(RawResponse::rate_limited(wait));
            }

            let credential = match refreshed.take() {
                Some(credential) => credential,
                None => self.current_credential().await?,
            };
            let request = self.prepare(hop, &credential)?;
            self.stats.attempts += 1;
            self.stats.retries += u64::from(attempt > 1);
            let outcome = self.attempt(request).await;
            self.trace(hop, attempt, &outcome);

            // A request that was refused with a 401 had no effect, so even a POST is sent again.
            if self.carries_credential(hop) && is_unauthorized(&outcome) {
                refreshed = self.refresh(&credential).await?;
                if refreshed.is_some() {
                    continue;
                }
            }

            match self.retry_at(hop, attempt, &outcome) {
                Some(at) => self.pause_until(at).await,
                None => return outcome.map_err(|failure| failure.error),
            }
        }
    }

    /// Returns the instant of the next attempt; `None` if there is to be none.
    fn retry_at(
        &self,
        hop: &Hop,
        attempt: u32,
        outcome: &Result<RawResponse, AttemptError>,
    ) -> Option<Instant> {
        let context = self.context;
        if !is_retryable(outcome, hop.repeatable) {
            context.retry_budget.deposit();
            return None;
        }
        if attempt >= context.retry.attempts {
            return None;
        }
        // A retry that the application asked for puts no unexpected load on it, so it is free.
        let is_requested = outcome
            .as_ref()
            .is_ok_and(|response| response.retry_after.is_some());
        if !is_requested && !context.retry_budget.withdraw() {
            return None;
        }

        let retry_at = Instant::now() + retry::backoff(&context.timeouts, attempt);
        let blocked_until = context.rate_limiter.blocked_until();
        let earliest = blocked_until.map_or(retry_at, |until| until.max(retry_at));
        (earliest <= self.deadline).then_some(retry_at)
    }

    /// Returns the credential of the next attempt. It is needed even for another origin, because
    /// connectors may use the names of its fields nowhere.
    async fn current_credential(&mut self) -> Result<Arc<Credential>, HttpError> {
        let began = Instant::now();
        let credential = self.context.credentials.current().await;
        self.stats.waited += began.elapsed();
        credential.map_err(credential_error)
    }

    /// Asks the source for another credential than the refused one, at most once per request.
    async fn refresh(
        &mut self,
        refused: &Arc<Credential>,
    ) -> Result<Option<Arc<Credential>>, HttpError> {
        if std::mem::replace(&mut self.refresh_tried, true) {
            return Ok(None);
        }

        let began = Instant::now();
        let refreshed = self.context.credentials.refresh(refused).await;
        self.stats.waited += began.elapsed();

        // Sending the same credential again would be refused again.
        let refreshed = refreshed.map_err(credential_error)?;
        Ok(refreshed.filter(|refreshed| !Arc::ptr_eq(refreshed, refused)))
    }

    /// Returns the request as it is sent, with the credential if it goes to the own origin.
    fn prepare(
        &mut self,
        hop: &Hop,
        credential: &Arc<Credential>,
    ) -> Result<reqwest::Request, HttpError> {
        // Registered before it is sent, so that every response to it is scrubbed.
        let in_use = self.context.used.register(credential)?;
        let is_new = !self
            .in_use
            .iter()
            .any(|used| Arc::ptr_eq(&used.credential, credential));
        if is_new {
            self.in_use.push(in_use);
        }

        let mut request = hop.copy_request()?;
        if self.stream_success {
            // A streamed body may take as long as the call, and not only as long as an attempt.
            // Silence still ends it sooner.
            let call_time = Duration::from_millis(self.scope.grant.limits.wall_ms);
            *request.timeout_mut() = Some(call_time);
        }

        inject::check_headers(request.headers(), credential)?;
        // A redirect may carry the credential's parameters over; they were removed from it.
        if !hop.redirected {
            inject::check_query(request.url(), credential)?;
        }
        if self.carries_credential(hop) {
            inject::inject(&mut request, credential)?;
        }
        headers::set_user_agent(request.headers_mut());
        headers::set_accept_encoding(request.headers_mut());

        Ok(request)
    }

    /// True if the credential is sent with this hop: only to the origin of the connection.
    fn carries_credential(&self, hop: &Hop) -> bool {
        target::same_origin(&self.context.base, hop.request.url())
    }

    /// Sends a prepared request once. Blocks the rate limiter if the application asks for that.
    async fn attempt(&mut self, request: reqwest::Request) -> Result<RawResponse, AttemptError> {
        let limits = BodyLimits {
            per_response: self.scope.grant.limits.response_bytes,
            budget: self.budget,
            stream_success: self.stream_success,
        };
        let bytes_read = &mut self.stats.body_bytes;
        let response = attempt::send(&self.context.http, request, limits, bytes_read).await?;

        if after::is_on_success(response.status, &response.headers) {
            let seen = &self.context.retry_after_on_success;
            seen.store(true, Ordering::Relaxed);
        }
        let may_announce = self.forbidden < MAX_FORBIDDEN_WAITS
            && !self.context.retry_after_on_success.load(Ordering::Relaxed);
        self.forbidden += u32::from(response.status == StatusCode::FORBIDDEN);

        let rate_limit_responses = &self.context.rate_limit_responses;
        let response = response.normalize_rate_limit(rate_limit_responses, may_announce);
        if let Some(wait) = response.retry_after {
            self.context.rate_limiter.block_until(Instant::now() + wait);
        }
        Ok(response)
    }

    async fn wait_for_turn(&mut self) -> Result<(), DeadlineExceeded> {
        let began = Instant::now();
        let turn = self.context.rate_limiter.acquire(self.deadline).await;
        self.stats.waited += began.elapsed();
        turn
    }

    async fn pause_until(&mut self, instant: Instant) {
        let began = Instant::now();
        sleep_until(instant).await;
        self.stats.waited += began.elapsed();
    }

    /// Logs an attempt for debugging, without path and query, which can name people.
    fn trace(&self, hop: &Hop, attempt: u32, outcome: &Result<RawResponse, AttemptError>) {
        let method = hop.method;
        let host = hop.request.url().host_str().unwrap_or_default();
        match outcome {
            Ok(response) => {
                let status = response.status.as_u16();
                tracing::debug!(%method, host, attempt, status, "response received");
            }
            Err(failure) => {
                let error = failure.error.to_string();
                let error = self.context.used.scrubber().text(&error).into_owned();
                tracing::debug!(%method, host, attempt, error, "attempt failed");
            }
        }
    }
}

/// True if another attempt may succeed and does no harm. A request that is not `repeatable` is sent
/// again only if it certainly never reached the application.
fn is_retryable(outcome: &Result<RawResponse, AttemptError>, repeatable: bool) -> bool {
    match outcome {
        Ok(response) => {
            repeatable && after::is_temporary_refusal(response.status, response.retry_after)
        }
        Err(failure) => failure.transient && (repeatable || failure.unsent),
    }
}

fn is_unauthorized(outcome: &Result<RawResponse, AttemptError>) -> bool {
    outcome
        .as_ref()
        .is_ok_and(|response| response.status == StatusCode::UNAUTHORIZED)
}

fn credential_error(error: CredentialUnavailable) -> HttpError {
    HttpError::CredentialUnavailable(error.reason)
}
