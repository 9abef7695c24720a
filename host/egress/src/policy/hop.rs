//! One hop of a request: a request without the credential, to the place where it goes next.

use crate::policy::{headers, target};
use purser_model::{HttpError, Limits, Method, Request};
use reqwest::header::HeaderMap;
use url::Url;

/// A request to one place. The first is the connector's; each redirect leads to another one.
pub(crate) struct Hop {
    /// The method, as grants name it.
    pub method: Method,
    /// The request without the credential.
    pub request: reqwest::Request,
    /// True if sending it twice has the same effect as sending it once.
    pub repeatable: bool,
    /// True if the application chose the URL, and not the connector.
    pub redirected: bool,
}

impl Hop {
    /// Creates the first hop from a connector's request. `host_headers` are sent in addition, to
    /// every place that the request is redirected to.
    ///
    /// # Errors
    /// Fails if the request is malformed, sets a header field of the host, or exceeds `limits`.
    pub(crate) fn first(
        base: &Url,
        request: Request,
        host_headers: &HeaderMap,
        limits: &Limits,
    ) -> Result<Self, HttpError> {
        check_size(&request, limits)?;
        let url = target::resolve(base, &request.target)?;
        let mut headers = headers::check_request_headers(&request.headers)?;
        headers.extend(host_headers.clone());

        let method = request.method;
        let mut wire_request = reqwest::Request::new(wire_method(method)?, url);
        *wire_request.headers_mut() = headers;
        *wire_request.body_mut() = request.body.map(Into::into);

        Ok(Self {
            method,
            request: wire_request,
            repeatable: request.idempotent || method.is_idempotent(),
            redirected: false,
        })
    }

    /// Copies the request, for one attempt.
    pub(crate) fn copy_request(&self) -> Result<reqwest::Request, HttpError> {
        // Fails for a streamed body only, and every body here is held in memory.
        self.request.try_clone().ok_or(HttpError::Internal(None))
    }
}

/// Rejects a request of which target, header fields and body together are too large.
fn check_size(request: &Request, limits: &Limits) -> Result<(), HttpError> {
    let headers: usize = request
        .headers
        .iter()
        .map(|header| header.name.len() + header.value.len())
        .sum();
    let body = request.body.as_ref().map_or(0, Vec::len);
    let size = request.target.len() + headers + body;

    if size as u64 > limits.request_bytes {
        return Err(HttpError::BudgetExhausted(format!(
            "request-bytes {}; the request has {size}",
            limits.request_bytes
        )));
    }
    Ok(())
}

/// Parses the method from its name, so that `Method::as_str` stays the only list of methods.
fn wire_method(method: Method) -> Result<reqwest::Method, HttpError> {
    reqwest::Method::from_bytes(method.as_str().as_bytes())
        .map_err(|error| HttpError::Internal(Some(error.to_string())))
}
