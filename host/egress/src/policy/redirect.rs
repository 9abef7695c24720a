//! Redirects, followed by hand: each leads to a new request that is authorized like the first.

use crate::credential::inject;
use crate::credential::used::CredentialInUse;
use crate::policy::hop::Hop;
use crate::policy::target;
use crate::scrub::Scrubber;
use crate::scrub::decodings::percent_decodings;
use purser_model::{GrantRule, HttpError, Method};
use reqwest::StatusCode;
use reqwest::header::{
    CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE, HeaderMap, LOCATION,
};
use url::Url;

/// The most redirects that are followed for one request.
pub(crate) const MAX_REDIRECTS: usize = 5;

/// The data needed to keep the credential from leaving with a redirect.
pub(crate) struct RedirectGuard<'a> {
    /// The base URL, to whose origin alone the credential may go.
    pub base: &'a Url,
    /// The credentials used for the request so far.
    pub used: &'a [CredentialInUse],
    /// The scrubber that finds them.
    pub scrubber: &'a Scrubber,
}

/// Returns the hop that a response redirects to; `None` if the response is the final one. A
/// redirect without a location is a response like any other.
///
/// # Errors
/// [`HttpError::Protocol`] if the location is malformed, or would reveal the credential to another
/// origin.
pub(crate) fn next_hop(
    hop: &Hop,
    status: StatusCode,
    headers: &HeaderMap,
    guard: &RedirectGuard<'_>,
) -> Result<Option<Hop>, HttpError> {
    let Some(method) = redirected_method(status, hop.method) else {
        return Ok(None);
    };
    let Some(location) = headers
        .get(LOCATION)
        .filter(|location| !location.is_empty())
    else {
        return Ok(None);
    };

    let location = location.to_str().map_err(|_| {
        HttpError::Protocol("the application redirects to a place that is no text".into())
    })?;
    let url = redirect_url(hop.request.url(), location, guard)?;
    let mut request = hop.copy_request()?;
    *request.url_mut() = url;

    if method == hop.method {
        return Ok(Some(Hop {
            method,
            request,
            repeatable: hop.repeatable,
            redirected: true,
        }));
    }

    // The method became GET, so the body and the fields that describe it are dropped.
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

/// Returns the method after a redirect; `None` if the status is not that of a redirect.
const fn redirected_method(status: StatusCode, method: Method) -> Option<Method> {
    match (status.as_u16(), method) {
        (303, Method::Head) => Some(Method::Head),
        // "See other" asks for a GET. After 301 and 302 a POST becomes one too, as in every browser
        // and in the fetch standard.
        (303, _) | (301 | 302, Method::Post) => Some(Method::Get),
        (301 | 302 | 307 | 308, method) => Some(method),
        _ => None,
    }
}

/// Rewrites the denial of a redirect. If a grant could allow it, the operator decides; if none can,
/// the application alone is to blame, because it chose the place.
pub(crate) fn denied_redirect(denial: HttpError) -> HttpError {
    match denial {
        HttpError::Denied(why) if why.parse::<GrantRule>().is_err() => HttpError::Protocol(
            format!("the application redirects to a place that is out of reach: {why}"),
        ),
        HttpError::Denied(line) => HttpError::RedirectDenied(line),
        other => other,
    }
}

/// Returns the URL of a redirect without the credential's parameters, which applications carry over
/// from the request.
///
/// # Errors
/// Fails if another origin would still find the credential in the URL.
fn redirect_url(from: &Url, location: &str, guard: &RedirectGuard<'_>) -> Result<Url, HttpError> {
    let mut url = target::resolve_redirect(from, location)?;
    for CredentialInUse { credential, .. } in guard.used {
        inject::remove_query(&mut url, credential);
    }

    // The host is also checked as it was written, because parsing turned it into lower case.
    let written_host = location
        .split_once("//")
        .and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
    if !target::same_origin(guard.base, &url)
        && [url.as_str(), written_host.unwrap_or_default()]
            .iter()
            .any(|text| may_hold_credential(guard.scrubber, text))
    {
        return Err(HttpError::Protocol(
            "the application redirects to another host with the credential in the URL".into(),
        ));
    }

    Ok(url)
}

/// True if the credential is in a text, however often it was percent-encoded, or if the text is
/// encoded too often to tell.
fn may_hold_credential(scrubber: &Scrubber, text: &str) -> bool {
    percent_decodings(text.as_bytes()).map_or(true, |decodings| {
        decodings.iter().any(|decoding| scrubber.finds(decoding))
    })
}
