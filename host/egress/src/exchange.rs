//! A request's way from a connector to its answer: authorised, sent, sent again, redirected.

use crate::attempt::{self, Allowance, Answer};
use crate::attempt_error::Fault;
use crate::body::budget::ByteBudget;
use crate::client::{Effort, Permit, Way};
use crate::credential::inject as sign;
use crate::credential::source::Unavailable;
use crate::credential::used::InUse;
use crate::policy::redirect::{self, Guarded, Hop};
use crate::policy::{headers, target};
use crate::retry;
use crate::retry::rate_limit::TooLate;
use purser_model::{HttpError, Limits, Method, Request};
use purser_vault::Credential;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// One request under way.
pub(crate) struct Journey<'a> {
    way: &'a Way,
    permit: &'a Permit,
    /// What is left of the call's bytes for bodies.
    budget: &'a ByteBudget,
    /// Whether the body of a success is left to be read by somebody else.
    open: bool,
    effort: &'a mut Effort,
    /// When the last attempt may begin.
    latest: Instant,
    /// The credentials used so far. The scrubber knows them for as long as they are here.
    used: Vec<InUse>,
    /// Whether another credential was asked for already, after a 401.
    renewed: bool,
}

impl<'a> Journey<'a> {
    pub(crate) fn new(
        way: &'a Way,
        permit: &'a Permit,
        budget: &'a ByteBudget,
        effort: &'a mut Effort,
    ) -> Self {
        let latest = Instant::now() + Duration::from_secs(way.retry.within_seconds.into());
        Self {
            way,
            permit,
            budget,
            open: false,
            effort,
            latest,
            used: Vec::new(),
            renewed: false,
        }
    }

    /// The same where the body of a success is left to be read by somebody else.
    pub(crate) fn left_open(self) -> Self {
        Self { open: true, ..self }
    }

    /// The credentials used so far, for whoever reads on: the scrubber knows them for as long as somebody has them.
    pub(crate) fn into_used(self) -> Vec<InUse> {
        self.used
    }

    /// Goes all the way. What comes back is not scrubbed yet.
    pub(crate) async fn go(&mut self, request: Request) -> Result<Answer, HttpError> {
        self.go_with(request, &HeaderMap::new()).await
    }

    /// The same with header fields of the host's own, wherever the way leads.
    pub(crate) async fn go_with(
        &mut self,
        request: Request,
        own: &HeaderMap,
    ) -> Result<Answer, HttpError> {
        let mut hop = self.first_hop(request)?;
        hop.request.headers_mut().extend(own.clone());
        for _ in 0..=redirect::MOST {
            let Permit { action, grant } = self.permit;
            let allowed =
                target::authorise(&self.way.base, hop.request.url(), hop.method, action, grant);
            allowed.map_err(|refusal| {
                if hop.redirected {
                    redirect::refused(refusal)
                } else {
                    refusal
                }
            })?;
            let answer = self.exchange(&hop).await?;
            let scrubber = self.way.known.scrubber();
            let guarded = Guarded {
                base: &self.way.base,
                signed_with: &self.used,
                scrubber: &scrubber,
            };
            match redirect::next(&hop, &answer, &guarded)? {
                None => return Ok(answer),
                Some(next) => hop = next,
            }
        }
        Err(HttpError::LoopDetected)
    }

    fn first_hop(&self, request: Request) -> Result<Hop, HttpError> {
        check_size(&request, &self.permit.grant.limits)?;
        let url = target::resolve(&self.way.base, &request.target)?;
        let fields = headers::of_request(&request.headers)?;
        let Request {
            method,
            body,
            repeatable,
            ..
        } = request;
        let mut request = reqwest::Request::new(method_on_the_wire(method), url);
        *request.headers_mut() = fields;
        *request.body_mut() = body.map(Into::into);
        Ok(Hop {
            method,
            request,
            repeatable: repeatable || method.is_idempotent(),
            redirected: false,
        })
    }

    /// One hop: attempts until there is an answer, or no point in another.
    async fn exchange(&mut self, hop: &Hop) -> Result<Answer, HttpError> {
        let mut attempt = 0;
        let mut another = None;
        loop {
            attempt += 1;
            if let Err(TooLate(until)) = self.wait_for_turn().await {
                return Ok(come_back(until));
            }
            let credential = match another.take() {
                Some(credential) => credential,
                None => self.current().await?,
            };
            let request = self.prepare(hop, &credential)?;
            let signed = self.is_signed(hop);
            self.effort.attempts += 1;
            self.effort.retries += u64::from(attempt > 1);
            let outcome = self
                .attempt(request)
                .await
                .map(|answer| attempt::as_limit(answer, &self.way.rate_limit_responses));
            self.note(hop, attempt, &outcome);
            if let Ok(Answer {
                wait: Some(wait), ..
            }) = &outcome
            {
                self.way.pace.close_until(Instant::now() + *wait);
            }
            // What was refused so was not carried out, and is sent again whatever it is.
            if signed
                && outcome
                    .as_ref()
                    .is_ok_and(|answer| answer.status == StatusCode::UNAUTHORIZED)
            {
                another = self.another_than(&credential).await?;
                if another.is_some() {
                    continue;
                }
            }
            if !retry::is_worthwhile(&outcome, hop.repeatable) {
                self.way.repetitions.earn();
                return outcome.map_err(|fault| fault.error);
            }
            // Where the application says when to come back, coming back then is what it wants.
            let told = outcome.as_ref().is_ok_and(|answer| answer.wait.is_some());
            if attempt >= self.way.retry.attempts || !(told || self.way.repetitions.take()) {
                return outcome.map_err(|fault| fault.error);
            }
            let again = Instant::now() + retry::pause(&self.way.timing, attempt);
            if self
                .way
                .pace
                .closed_until()
                .map_or(again, |open| open.max(again))
                > self.latest
            {
                return outcome.map_err(|fault| fault.error);
            }
            self.pause_until(again).await;
        }
    }

    /// The credential of the next attempt. Asked for wherever the request goes: a connector may not use its names anywhere.
    async fn current(&mut self) -> Result<Arc<Credential>, HttpError> {
        let began = Instant::now();
        let credential = self.way.credentials.current().await;
        self.effort.waited += began.elapsed();
        credential.map_err(unavailable)
    }

    /// Another credential than the one that was refused. There is one chance for a request.
    async fn another_than(
        &mut self,
        refused: &Arc<Credential>,
    ) -> Result<Option<Arc<Credential>>, HttpError> {
        if std::mem::replace(&mut self.renewed, true) {
            return Ok(None);
        }
        let began = Instant::now();
        let another = self.way.credentials.renewed(refused).await;
        self.effort.waited += began.elapsed();
        Ok(another
            .map_err(unavailable)?
            .filter(|another| !Arc::ptr_eq(another, refused)))
    }

    /// The request as it is sent.
    fn prepare(
        &mut self,
        hop: &Hop,
        credential: &Arc<Credential>,
    ) -> Result<reqwest::Request, HttpError> {
        // Before it is sent, so that there is no answer that it is not looked for in.
        let in_use = self.way.known.learn(credential)?;
        if !self
            .used
            .iter()
            .any(|used| Arc::ptr_eq(&used.credential, credential))
        {
            self.used.push(in_use);
        }
        let mut request = hop.copy()?;
        if self.open {
            // A body is read for as long as the call lasts, which ends it, and not for as long as an attempt may take. Silence ends it sooner.
            *request.timeout_mut() = Some(Duration::from_millis(self.permit.grant.limits.wall_ms));
        }
        sign::check_headers(request.headers(), credential)?;
        if !hop.redirected {
            sign::check_query(request.url(), credential)?;
        }
        if self.is_signed(hop) {
            sign::sign(&mut request, credential)?;
        }
        headers::introduce(request.headers_mut());
        Ok(request)
    }

    /// The credential is for the connection's own origin alone.
    fn is_signed(&self, hop: &Hop) -> bool {
        target::same_origin(&self.way.base, hop.request.url())
    }

    async fn attempt(&mut self, request: reqwest::Request) -> Result<Answer, Fault> {
        let allowance = Allowance {
            each: self.permit.grant.limits.response_bytes,
            all: self.budget,
            open: self.open,
        };
        attempt::send(
            &self.way.client,
            request,
            allowance,
            &mut self.effort.body_bytes,
        )
        .await
    }

    async fn wait_for_turn(&mut self) -> Result<(), TooLate> {
        let began = Instant::now();
        let turn = self.way.pace.wait(self.latest).await;
        self.effort.waited += began.elapsed();
        turn
    }

    async fn pause_until(&mut self, instant: Instant) {
        let began = Instant::now();
        sleep_until(instant).await;
        self.effort.waited += began.elapsed();
    }

    /// For whoever debugs a connection. Path and query stay out: they name people.
    fn note(&self, hop: &Hop, attempt: u32, outcome: &Result<Answer, Fault>) {
        let host = hop.request.url().host_str().unwrap_or_default();
        match outcome {
            Ok(answer) => {
                tracing::debug!(method = %hop.method, host, attempt, status = answer.status.as_u16(), "answered")
            }
            Err(fault) => {
                let error = fault.error.to_string();
                tracing::debug!(method = %hop.method, host, attempt, error = %self.way.known.scrubber().text(&error), "failed");
            }
        }
    }
}

fn unavailable(Unavailable { what }: Unavailable) -> HttpError {
    HttpError::CredentialUnavailable(what)
}

/// What a request gets whose turn would come too late: the answer that the application would give, in its place and without troubling it.
fn come_back(until: Instant) -> Answer {
    let wait = until.saturating_duration_since(Instant::now());
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let headers = HeaderMap::from_iter([
        (RETRY_AFTER, HeaderValue::from(seconds)),
        (CONTENT_TYPE, HeaderValue::from_static("text/plain")),
    ]);
    let body = format!(
        "Purser sent nothing: the rate limit of the application leaves no room for {seconds} more seconds.\n"
    );
    Answer {
        status: StatusCode::TOO_MANY_REQUESTS,
        headers,
        body: body.into_bytes(),
        rest: None,
        wait: None,
    }
}

fn check_size(request: &Request, limits: &Limits) -> Result<(), HttpError> {
    let fields: usize = request
        .headers
        .iter()
        .map(|field| field.name.len() + field.value.len())
        .sum();
    let size = request.target.len() + fields + request.body.as_ref().map_or(0, Vec::len);
    if size as u64 > limits.request_bytes {
        return Err(HttpError::BudgetExhausted(format!(
            "request-bytes {}; the request has {size}",
            limits.request_bytes
        )));
    }
    Ok(())
}

const fn method_on_the_wire(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Head => reqwest::Method::HEAD,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}
