//! Redirects, followed by hand: each leads to a new request that is authorised like the first.

use crate::attempt::Answer;
use crate::target;
use purser_model::{HttpError, Method};
use reqwest::Request;
use reqwest::header::{CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE, LOCATION};

/// How many redirects are followed for one request.
pub(crate) const MOST: usize = 5;

/// One request on the way to an answer, without the credential.
pub(crate) struct Hop {
    /// The request's method again, as grants know it.
    pub method: Method,
    /// What is sent but for the credential.
    pub request: Request,
    /// Whether sending it twice does what sending it once does.
    pub repeatable: bool,
}

impl Hop {
    /// A copy of the request, to be signed and sent.
    ///
    /// # Errors
    /// When the body is a stream, which it never is.
    pub(crate) fn copy(&self) -> Result<Request, HttpError> {
        self.request.try_clone().ok_or(HttpError::Internal(None))
    }
}

/// Where the answer leads; `None` if it is to be handed on. A redirect that names no place is an answer like any other.
///
/// # Errors
/// [`HttpError::Protocol`] when the place is malformed.
pub(crate) fn next(hop: &Hop, answer: &Answer) -> Result<Option<Hop>, HttpError> {
    let method = match (answer.status.as_u16(), hop.method) {
        // "See other" asks for a GET. After 301 and 302 a POST becomes one too: so every browser, and the fetch standard.
        (303, Method::Head) => Method::Head,
        (303, _) | (301 | 302, Method::Post) => Method::Get,
        (301 | 302 | 307 | 308, same) => same,
        _ => return Ok(None),
    };
    let Some(location) = answer.headers.get(LOCATION).filter(|location| !location.is_empty()) else { return Ok(None) };
    let malformed = |_| HttpError::Protocol("the application redirects to a place that is no text".into());
    let url = target::redirected(hop.request.url(), location.to_str().map_err(malformed)?)?;
    let mut request = hop.copy()?;
    *request.url_mut() = url;
    if method == hop.method {
        return Ok(Some(Hop { method, request, repeatable: hop.repeatable }));
    }
    *request.method_mut() = reqwest::Method::GET;
    *request.body_mut() = None;
    for name in [CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE] {
        request.headers_mut().remove(name);
    }
    Ok(Some(Hop { method, request, repeatable: true }))
}
