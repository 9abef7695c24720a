//! Failures of a single attempt, derived from the errors of the HTTP client.
//!
//! The client's own error texts hold the URL, so they are not used. Shown is the innermost cause,
//! shortened and without control characters.

use crate::policy::resolver::ProhibitedAddress;
use purser_model::{HttpError, safe_text};
use std::error::Error;
use std::io::{self, ErrorKind};

/// The longest text of a cause, in characters.
const MAX_CAUSE_CHARS: usize = 200;

/// A failed attempt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub(crate) struct AttemptError {
    /// The error for the connector, not yet scrubbed.
    pub error: HttpError,
    /// True if certainly nothing of the request reached the application.
    pub unsent: bool,
    /// True if another attempt may succeed.
    pub transient: bool,
}

impl AttemptError {
    /// An error that another attempt would meet again, of a request that may have been sent.
    pub(crate) const fn permanent(error: HttpError) -> Self {
        Self {
            error,
            unsent: false,
            transient: false,
        }
    }
}

impl From<&reqwest::Error> for AttemptError {
    fn from(error: &reqwest::Error) -> Self {
        let unsent = error.is_connect() || error.is_builder();
        let (error, transient) = classify(error);

        Self {
            error,
            unsent,
            transient,
        }
    }
}

/// Returns the error for the connector, and true if it is transient.
fn classify(error: &reqwest::Error) -> (HttpError, bool) {
    if let Some(ProhibitedAddress(what)) = find_cause(error) {
        return (HttpError::DestinationProhibited(what.clone()), false);
    }
    if error.is_dns() {
        return (HttpError::Dns(root_cause(error)), true);
    }
    if let Some(tls) = find_cause::<rustls::Error>(error) {
        return (classify_tls(tls), false);
    }
    if is_timeout(error) {
        let timeout = if error.is_connect() {
            HttpError::ConnectionTimeout
        } else {
            HttpError::ResponseTimeout
        };
        return (timeout, true);
    }

    // The innermost I/O error decides, because decoders wrap network errors in errors of their own.
    let io_kind = causes(error)
        .filter_map(|cause| cause.downcast_ref())
        .last()
        .map(io::Error::kind);
    if error.is_connect() {
        return match io_kind {
            Some(ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {
                (HttpError::ConnectionTerminated, true)
            }
            _ => (HttpError::ConnectionRefused, true),
        };
    }
    // The client reports malformed HTTP and a lost connection alike; only hyper's error differs.
    if let Some(hyper) = find_cause::<hyper::Error>(error) {
        if hyper.is_parse() {
            return (HttpError::Protocol(root_cause(error)), false);
        }
        if hyper.is_incomplete_message() || hyper.is_closed() || hyper.is_canceled() {
            return (HttpError::ConnectionTerminated, true);
        }
    }

    match io_kind {
        Some(ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other) => {
            (HttpError::Protocol(root_cause(error)), false)
        }
        Some(_) => (HttpError::ConnectionTerminated, true),
        None if error.is_builder() => (HttpError::Internal(Some(root_cause(error))), false),
        None if error.is_decode() => (HttpError::Protocol(root_cause(error)), false),
        // The remaining errors are of HTTP/2: the peer closed a stream or the connection.
        None => (HttpError::Protocol(root_cause(error)), true),
    }
}

/// Distinguishes an unacceptable certificate from other TLS failures.
fn classify_tls(error: &rustls::Error) -> HttpError {
    let text = shorten(&error.to_string());
    match error {
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
            HttpError::TlsCertificate(text)
        }
        _ => HttpError::TlsProtocol(text),
    }
}

/// Returns the innermost cause as a short text.
pub(crate) fn root_cause(error: &(dyn Error + 'static)) -> String {
    let innermost = causes(error).last().map(ToString::to_string);
    shorten(&innermost.unwrap_or_default())
}

/// Checks each client error of the chain for a timeout, because the client does not look into
/// errors that a decoder wrapped.
fn is_timeout(error: &reqwest::Error) -> bool {
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<reqwest::Error>())
        .any(reqwest::Error::is_timeout)
}

fn find_cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// Iterates over an error and its causes, including the errors that an `io::Error` wraps: its
/// `source` leaves those out.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        wrapped
            .map(|inner| inner as &(dyn Error + 'static))
            .or_else(|| error.source())
    })
}

/// Cuts a text to [`MAX_CAUSE_CHARS`] and replaces unsafe characters with spaces.
fn shorten(text: &str) -> String {
    let safe = safe_text::replace_unsafe(text);
    safe_text::truncate(&safe, MAX_CAUSE_CHARS).into_owned()
}
