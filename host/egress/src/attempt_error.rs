//! Why an attempt failed, told from the HTTP client's errors.
//!
//! Their own texts are not used: they hold the URL. What is shown is the innermost cause, cut and without control characters.

use crate::policy::resolver::Prohibited;
use purser_model::HttpError;
use std::error::Error;
use std::io::{self, ErrorKind};

/// The longest text of a cause that is handed on, in characters.
const LONGEST_TEXT: usize = 200;

/// A failed attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// What a connector is told.
    pub error: HttpError,
    /// Whether it is certain that nothing of the request reached the application.
    pub unsent: bool,
    /// Whether it may be over the next time.
    pub passing: bool,
}

impl Fault {
    /// A fault that stays, of a request that may have been sent.
    pub(crate) const fn lasting(error: HttpError) -> Self {
        Self {
            error,
            unsent: false,
            passing: false,
        }
    }
}

impl From<&reqwest::Error> for Fault {
    fn from(error: &reqwest::Error) -> Self {
        let unsent = error.is_connect() || error.is_builder();
        let (error, passing) = judge(error);
        Self {
            error,
            unsent,
            passing,
        }
    }
}

/// The error for a connector, and whether it may pass.
fn judge(error: &reqwest::Error) -> (HttpError, bool) {
    if let Some(Prohibited(what)) = find(error) {
        return (HttpError::DestinationProhibited(what.clone()), false);
    }
    if error.is_dns() {
        return (HttpError::Dns(root_cause(error)), true);
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return (of_tls(tls), false);
    }
    if reads_as_timeout(error) {
        let timeout = if error.is_connect() {
            HttpError::ConnectionTimeout
        } else {
            HttpError::ResponseTimeout
        };
        return (timeout, true);
    }
    // The innermost: decoders wrap what they get from the network into errors of a kind of their own.
    let broken = causes(error)
        .filter_map(|cause| cause.downcast_ref())
        .last()
        .map(io::Error::kind);
    if error.is_connect() {
        return match broken {
            Some(ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {
                (HttpError::ConnectionTerminated, true)
            }
            _ => (HttpError::ConnectionRefused, true),
        };
    }
    if let Some(hyper) = find::<hyper::Error>(error) {
        if hyper.is_parse() {
            return (HttpError::Protocol(root_cause(error)), false);
        }
        if hyper.is_incomplete_message() || hyper.is_closed() || hyper.is_canceled() {
            return (HttpError::ConnectionTerminated, true);
        }
    }
    match broken {
        Some(ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other) => {
            (HttpError::Protocol(root_cause(error)), false)
        }
        Some(_) => (HttpError::ConnectionTerminated, true),
        None if error.is_builder() => (HttpError::Internal(Some(root_cause(error))), false),
        None if error.is_decode() => (HttpError::Protocol(root_cause(error)), false),
        // What is left comes from HTTP/2: a stream or a connection that the other side closed with a code.
        None => (HttpError::Protocol(root_cause(error)), true),
    }
}

fn of_tls(error: &rustls::Error) -> HttpError {
    let text = short(&error.to_string());
    match error {
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
            HttpError::TlsCertificate(text)
        }
        _ => HttpError::TlsProtocol(text),
    }
}

/// The innermost cause, as short text.
pub(crate) fn root_cause(error: &(dyn Error + 'static)) -> String {
    let innermost = causes(error).last().map(ToString::to_string);
    short(&innermost.unwrap_or_default())
}

/// The client's own answer, asked of each of its errors in the chain: it does not look into what a decoder wrapped.
fn reads_as_timeout(error: &reqwest::Error) -> bool {
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<reqwest::Error>())
        .any(reqwest::Error::is_timeout)
}

fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// An error and its causes. An `io::Error` that wraps another leaves that one out of its `source`, so it is asked for it.
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

fn short(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST_TEXT)
        .collect()
}
