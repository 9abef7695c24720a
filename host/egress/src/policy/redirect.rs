//! Redirects, followed by hand: each leads to a new request that is authorised like the first.

use crate::attempt::Answer;
use crate::credential::inject as sign;
use crate::credential::used::InUse;
use crate::policy::target;
use crate::scrub::Scrubber;
use crate::scrub::decodings as readings;
use purser_model::{GrantRule, HttpError, Method};
use reqwest::Request;
use reqwest::header::{
    CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE, LOCATION,
};
use url::Url;

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
    /// Whether the application gave the URL, and not the connector.
    pub redirected: bool,
}

/// What must not leave with a redirect.
pub(crate) struct Guarded<'a> {
    /// Where the credential may go.
    pub base: &'a Url,
    /// What signed the request so far.
    pub signed_with: &'a [InUse],
    /// Finds it.
    pub scrubber: &'a Scrubber,
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
/// [`HttpError::Protocol`] when the place is malformed, or when another origin would learn the credential from it.
pub(crate) fn next(
    hop: &Hop,
    answer: &Answer,
    guarded: &Guarded<'_>,
) -> Result<Option<Hop>, HttpError> {
    let method = match (answer.status.as_u16(), hop.method) {
        // "See other" asks for a GET. After 301 and 302 a POST becomes one too: so every browser, and the fetch standard.
        (303, Method::Head) => Method::Head,
        (303, _) | (301 | 302, Method::Post) => Method::Get,
        (301 | 302 | 307 | 308, same) => same,
        _ => return Ok(None),
    };
    let Some(location) = answer
        .headers
        .get(LOCATION)
        .filter(|location| !location.is_empty())
    else {
        return Ok(None);
    };
    let malformed =
        |_| HttpError::Protocol("the application redirects to a place that is no text".into());
    let url = place(
        hop.request.url(),
        location.to_str().map_err(malformed)?,
        guarded,
    )?;
    let mut request = hop.copy()?;
    *request.url_mut() = url;
    if method == hop.method {
        return Ok(Some(Hop {
            method,
            request,
            repeatable: hop.repeatable,
            redirected: true,
        }));
    }
    *request.method_mut() = reqwest::Method::GET;
    *request.body_mut() = None;
    for name in [
        CONTENT_ENCODING,
        CONTENT_LANGUAGE,
        CONTENT_LOCATION,
        CONTENT_TYPE,
    ] {
        request.headers_mut().remove(name);
    }
    Ok(Some(Hop {
        method,
        request,
        repeatable: true,
        redirected: true,
    }))
}

/// The refusal of a redirect. Where a grant could allow it, that is for the operator to decide; where none can, the application is to blame,
/// which alone chose the place.
pub(crate) fn refused(refusal: HttpError) -> HttpError {
    match refusal {
        HttpError::Denied(why) if why.parse::<GrantRule>().is_err() => HttpError::Protocol(
            format!("the application redirects to a place that is out of reach: {why}"),
        ),
        other => other,
    }
}

/// The place without the credential's parameters, which applications carry over from the request that they redirect. What is left must not
/// hold the credential where another origin sees it.
fn place(from: &Url, location: &str, guarded: &Guarded<'_>) -> Result<Url, HttpError> {
    let mut url = target::redirected(from, location)?;
    for InUse { credential, .. } in guarded.signed_with {
        sign::remove_query(&mut url, credential);
    }
    // The host is looked at as it is written, too: in `url` it is in lower case.
    let written_host = location
        .split_once("//")
        .and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
    if !target::same_origin(guarded.base, &url)
        && [url.as_str(), written_host.unwrap_or_default()]
            .iter()
            .any(|text| holds(guarded.scrubber, text))
    {
        return Err(HttpError::Protocol(
            "the application redirects to another host with the credential in the URL".into(),
        ));
    }
    Ok(url)
}

/// Whether the credential is in a URL, however often it was percent-encoded. What cannot be told is taken to hold it.
fn holds(scrubber: &Scrubber, text: &str) -> bool {
    readings::of(text.as_bytes()).map_or(true, |readings| {
        readings.iter().any(|reading| scrubber.finds(reading))
    })
}
