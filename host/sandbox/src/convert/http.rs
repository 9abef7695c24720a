//! HTTP: requests from the WIT package to the model, responses and errors back.

use crate::bindings::{http, log, types};
use crate::request::Level;
use purser_model::{Compression, Download, Header, HttpError, Method, Request, Response};

/// Converts a request. The egress crate decides later if it is well-formed and allowed.
pub(crate) fn request(request: http::Request) -> Request {
    let header = |header: http::Header| Header {
        name: header.name,
        value: header.value,
    };
    Request {
        method: method(request.method),
        target: request.target,
        headers: request.headers.into_iter().map(header).collect(),
        body: request.body,
        idempotent: request.idempotent,
    }
}

/// Converts a download.
pub(crate) fn download(
    from: http::Request,
    compression: http::Compression,
    skip_bytes: u64,
) -> Download {
    let compression = match compression {
        http::Compression::Plain => Compression::Plain,
        http::Compression::Gzip => Compression::Gzip,
        http::Compression::Zip(ending) => Compression::Zip(ending),
    };
    Download {
        request: request(from),
        compression,
        skip_bytes,
    }
}

/// Converts header fields for a guest.
pub(crate) fn headers(headers: Vec<Header>) -> Vec<http::Header> {
    headers
        .into_iter()
        .map(|Header { name, value }| http::Header { name, value })
        .collect()
}

/// Converts a method.
pub(super) const fn method(method: types::Method) -> Method {
    match method {
        types::Method::Get => Method::Get,
        types::Method::Head => Method::Head,
        types::Method::Post => Method::Post,
        types::Method::Put => Method::Put,
        types::Method::Patch => Method::Patch,
        types::Method::Delete => Method::Delete,
    }
}

impl From<Response> for http::Response {
    fn from(response: Response) -> Self {
        Self {
            status: response.status,
            headers: headers(response.headers),
            body: response.body,
        }
    }
}

impl From<HttpError> for http::HttpError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Dns(text) => Self::DnsError(text),
            HttpError::DestinationProhibited(text) => Self::DestinationIpProhibited(text),
            HttpError::ConnectionRefused => Self::ConnectionRefused,
            HttpError::ConnectionTerminated => Self::ConnectionTerminated,
            HttpError::ConnectionTimeout => Self::ConnectionTimeout,
            HttpError::TlsCertificate(text) => Self::TlsCertificateError(text),
            HttpError::TlsProtocol(text) => Self::TlsProtocolError(text),
            HttpError::ResponseTimeout => Self::HttpResponseTimeout,
            HttpError::ResponseBodySize(limit) => Self::HttpResponseBodySize(limit),
            HttpError::ContentCoding(text) => Self::HttpResponseContentCoding(text),
            HttpError::Protocol(text) => Self::HttpProtocolError(text),
            HttpError::LoopDetected => Self::LoopDetected,
            HttpError::Denied(line) | HttpError::RedirectDenied(line) => {
                Self::HttpRequestDenied(line)
            }
            HttpError::Invalid(text) => Self::HttpRequestInvalid(text),
            HttpError::BudgetExhausted(limit) => Self::BudgetExhausted(limit),
            HttpError::CredentialUnavailable(text) => Self::CredentialUnavailable(text),
            HttpError::Internal(text) => Self::InternalError(text),
        }
    }
}

impl From<log::Level> for Level {
    fn from(level: log::Level) -> Self {
        match level {
            log::Level::Debug => Self::Debug,
            log::Level::Info => Self::Info,
            log::Level::Warn => Self::Warn,
            log::Level::Error => Self::Error,
        }
    }
}
