//! One attempt: the signed request out, the whole answer in, or the head of one that is left open.

use crate::attempt_error::Fault;
use crate::body::budget::ByteBudget;
use crate::retry::after as advice;
use purser_model::{HttpError, LimitedAnswer};
use reqwest::header::{CONTENT_ENCODING, HeaderMap};
use reqwest::{Client, Request, Response, StatusCode};
use std::time::{Duration, SystemTime};

/// An application's answer, not yet scrubbed.
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// Whole, or nothing yet of a success that is left open.
    pub body: Vec<u8>,
    /// Of a success that is left open, the answer itself.
    pub rest: Option<Response>,
    /// How long the application wants to be left alone.
    pub wait: Option<Duration>,
}

/// How many bytes a body may have, and how much of it is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance<'a> {
    /// What one answer may have.
    pub each: u64,
    /// What is left for all of the call's.
    pub all: &'a ByteBudget,
    /// Whether the body of a success is left to be read by somebody else.
    pub open: bool,
}

/// Sends a request and reads the answer. `read` counts the bytes of the body, those of an answer that broke off included.
pub(crate) async fn send(
    client: &Client,
    request: Request,
    allowance: Allowance<'_>,
    read: &mut u64,
) -> Result<Answer, Fault> {
    let mut response = client
        .execute(request)
        .await
        .map_err(|error| Fault::from(&error))?;
    let (status, headers) = (response.status(), response.headers().clone());
    let wait = advice::wait(status, &headers, SystemTime::now());
    // The client removes the field when it has decoded the body. What it could not decode cannot be scrubbed, so nobody may have it.
    if let Some(encoding) = headers
        .get(CONTENT_ENCODING)
        .filter(|encoding| *encoding != "identity")
    {
        // Whole or not at all: a part of the credential would not be found in the error.
        let named = encoding
            .to_str()
            .ok()
            .filter(|name| name.len() <= 40)
            .map(|name| format!(" as {name:?}"));
        let named = named.unwrap_or_default();
        return Err(Fault::lasting(HttpError::Protocol(format!(
            "the body is encoded{named}, which was not asked for"
        ))));
    }
    if allowance.open && status.is_success() {
        return Ok(Answer {
            status,
            headers,
            body: Vec::new(),
            rest: Some(response),
            wait,
        });
    }
    let body = body(&mut response, allowance.each, allowance.all, read).await?;
    Ok(Answer {
        status,
        headers,
        body,
        rest: None,
        wait,
    })
}

/// The answer as 429, where it is a rate limit under another status: one that the connector describes, or a 403 that says when to come back.
pub(crate) fn as_limit(answer: Answer, rate_limit_responses: &[RateLimitResponse]) -> Answer {
    let told = answer.status == StatusCode::FORBIDDEN && answer.wait.is_some();
    if !told
        && !rate_limit_responses
            .iter()
            .any(|limit| limit.is(answer.status.as_u16(), &answer.body))
    {
        return answer;
    }
    let status = StatusCode::TOO_MANY_REQUESTS;
    let wait = advice::wait(status, &answer.headers, SystemTime::now());
    Answer {
        status,
        wait,
        ..answer
    }
}

/// Reads the whole body, in however many pieces it comes: what is scrubbed is never a piece.
pub(crate) async fn body(
    response: &mut Response,
    limit: u64,
    budget: &ByteBudget,
    read: &mut u64,
) -> Result<Vec<u8>, Fault> {
    let too_large = || Fault::lasting(HttpError::ResponseBodySize(limit));
    let announced = response.content_length().unwrap_or_default();
    if announced > limit {
        return Err(too_large());
    }
    budget.allows(announced)?;
    let mut body = Vec::with_capacity(usize::try_from(announced.min(1 << 20)).unwrap_or_default());
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| Fault::from(&error))?
    {
        let length = chunk.len() as u64;
        *read = read.saturating_add(length);
        if body.len() as u64 + length > limit {
            return Err(too_large());
        }
        budget.take(length)?;
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
