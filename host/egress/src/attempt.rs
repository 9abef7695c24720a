//! One attempt: sends a prepared request and reads the response, or only its head if the body is to
//! be streamed.

use crate::attempt_error::AttemptError;
use crate::body::budget::ByteBudget;
use crate::body::byte_stream;
use crate::body::coding::{self, Coding, DecodedLimit};
use crate::body::streaming::EncodedBody;
use crate::retry::after;
use purser_model::{HttpError, RateLimitResponse};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Request, Response, StatusCode};
use std::time::{Duration, SystemTime};
use tokio::io::AsyncBufReadExt as _;
use url::Url;

/// The most bytes reserved for a body before any of it has arrived.
const MAX_PREALLOCATION: u64 = 1 << 20;

/// A response that is not scrubbed yet.
pub(crate) struct RawResponse {
    /// The status code.
    pub status: StatusCode,
    /// All header fields.
    pub headers: HeaderMap,
    /// The URL of the last hop, without the credential; `None` before an exchange has ended.
    pub url: Option<Url>,
    /// The whole body, decoded; empty if it is to be streamed.
    pub body: Vec<u8>,
    /// The body itself, if it is to be streamed.
    pub stream: Option<EncodedBody>,
    /// The time for which the application asks to send nothing, if it does.
    pub retry_after: Option<Duration>,
}

impl RawResponse {
    /// Creates the response to a request whose turn would come too late: a 429 that says in
    /// `Retry-After` how long to wait. The application is not contacted.
    pub(crate) fn rate_limited(wait: Duration) -> Self {
        // Rounded up, because the application must not hear from us any sooner.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let headers = HeaderMap::from_iter([
            (RETRY_AFTER, HeaderValue::from(seconds)),
            (CONTENT_TYPE, HeaderValue::from_static("text/plain")),
        ]);
        let body = format!(
            "Purser sent nothing: the rate limit of the application leaves no room for {seconds} more seconds.\n"
        );

        Self {
            status: StatusCode::TOO_MANY_REQUESTS,
            headers,
            url: None,
            body: body.into_bytes(),
            stream: None,
            retry_after: None,
        }
    }

    /// Turns the other ways in which applications report a rate limit into a 429: a 403 with
    /// `Retry-After`, and the responses that the connector describes in `rate_limit_responses`.
    ///
    /// If not `may_announce`, a `Retry-After` in a 403 means nothing unless a limit is used up: the
    /// application sends it with successes, too, or refuses again after the wait.
    pub(crate) fn normalize_rate_limit(
        mut self,
        rate_limit_responses: &[RateLimitResponse],
        may_announce: bool,
    ) -> Self {
        let is_forbidden = self.status == StatusCode::FORBIDDEN;
        if is_forbidden
            && !may_announce
            && !after::states_exhausted(&self.headers, SystemTime::now())
        {
            self.retry_after = None;
        }

        let is_announced = is_forbidden && self.retry_after.is_some();
        let is_described = || {
            rate_limit_responses
                .iter()
                .any(|described| described.matches(self.status.as_u16(), &self.body))
        };
        if !is_announced && !is_described() {
            return self;
        }

        let status = StatusCode::TOO_MANY_REQUESTS;
        // Computed anew: some rate-limit headers count only together with a 429.
        let retry_after = after::requested_wait(status, &self.headers, SystemTime::now());
        Self {
            status,
            retry_after,
            ..self
        }
    }
}

/// The limits of reading one response.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimits<'a> {
    /// The most bytes that the body may have.
    pub per_response: u64,
    /// The bytes left for all bodies of the call.
    pub budget: &'a ByteBudget,
    /// If set, the body of a success is left unread, to be streamed.
    pub stream_success: bool,
}

/// Sends a request and reads the response. Adds to `bytes_read` the bytes of the body, even of one
/// that broke off.
pub(crate) async fn send(
    client: &Client,
    request: Request,
    limits: BodyLimits<'_>,
    bytes_read: &mut u64,
) -> Result<RawResponse, AttemptError> {
    let response = client
        .execute(request)
        .await
        .map_err(|error| AttemptError::from(&error))?;
    let status = response.status();
    let mut headers = response.headers().clone();
    let retry_after = after::requested_wait(status, &headers, SystemTime::now());
    let codings = coding::take_codings(&mut headers)?;

    if limits.stream_success && status.is_success() {
        return Ok(RawResponse {
            status,
            headers,
            url: None,
            body: Vec::new(),
            stream: Some(EncodedBody { response, codings }),
            retry_after,
        });
    }

    let body = if codings.is_empty() {
        read_body(response, limits.per_response, limits.budget, bytes_read).await?
    } else {
        read_encoded_body(response, &codings, limits, bytes_read).await?
    };
    Ok(RawResponse {
        status,
        headers,
        url: None,
        body,
        stream: None,
        retry_after,
    })
}

/// Reads the whole body, because scrubbing needs it contiguous.
pub(crate) async fn read_body(
    mut response: Response,
    limit: u64,
    budget: &ByteBudget,
    bytes_read: &mut u64,
) -> Result<Vec<u8>, AttemptError> {
    let too_large = || AttemptError::permanent(HttpError::ResponseBodySize(limit));

    // A length that is announced is checked before anything is read.
    let announced = response.content_length().unwrap_or_default();
    if announced > limit {
        return Err(too_large());
    }
    budget.check(announced)?;

    // An announced length may be wrong, so at most a megabyte is reserved for it.
    let capacity = usize::try_from(announced.min(MAX_PREALLOCATION)).unwrap_or_default();
    let mut body = Vec::with_capacity(capacity);
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| AttemptError::from(&error))?
    {
        let length = chunk.len() as u64;
        *bytes_read = bytes_read.saturating_add(length);
        if body.len() as u64 + length > limit {
            return Err(too_large());
        }
        budget.consume(length)?;
        body.extend_from_slice(&chunk);
    }

    Ok(body)
}

/// Reads the whole body and undoes its codings. The limits are those of the decoded body.
async fn read_encoded_body(
    response: Response,
    codings: &[Coding],
    limits: BodyLimits<'_>,
    bytes_read: &mut u64,
) -> Result<Vec<u8>, AttemptError> {
    let limit = DecodedLimit::Bytes(limits.per_response);
    let mut decoded = coding::decode(byte_stream::bytes(response, None), codings, &limit)
        .await
        .map_err(coding::into_attempt_error)?;

    let mut body = Vec::new();
    loop {
        let chunk = decoded
            .fill_buf()
            .await
            .map_err(coding::into_attempt_error)?;
        let length = chunk.len();
        if length == 0 {
            return Ok(body);
        }

        *bytes_read = bytes_read.saturating_add(length as u64);
        limits.budget.consume(length as u64)?;
        body.extend_from_slice(chunk);
        decoded.consume(length);
    }
}
