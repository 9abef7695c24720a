//! HTTP as a connector sees it. The WIT interface `purser:connector/http` documents the meaning of each part.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The methods that a connector can use. Closed: there is no way to ask for CONNECT or TRACE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// GET
    Get,
    /// HEAD
    Head,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
}

impl Method {
    /// The method as it goes over the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether sending it twice does what sending it once does (RFC 9110, section 9.2.2).
    #[must_use]
    pub const fn is_idempotent(self) -> bool {
        matches!(self, Self::Get | Self::Head | Self::Put | Self::Delete)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Method {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Get, Self::Head, Self::Post, Self::Put, Self::Patch, Self::Delete]
            .into_iter()
            .find(|method| method.as_str() == text)
            .ok_or_else(|| {
                format!("{text:?} is no method that can be granted: use GET, HEAD, POST, PUT, PATCH or DELETE")
            })
    }
}

/// A header field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Case-insensitive.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A request, before it is authorised and authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// A path with query below the base URL, or an absolute URL.
    pub target: String,
    /// Header fields.
    pub headers: Vec<Header>,
    /// The body, if any.
    pub body: Option<Vec<u8>>,
    /// Whether the connector promises that repeating it is harmless.
    pub repeatable: bool,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<Header>,
    /// The whole body, decoded.
    pub body: Vec<u8>,
}

/// A request whose answer is wanted piece by piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// What is sent.
    pub request: Request,
    /// What the file is packed as.
    pub compression: Compression,
    /// How many bytes of the unpacked file are passed over.
    pub start: u64,
}

/// What a file is packed as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compression {
    /// It is not.
    Plain,
    /// By gzip.
    Gzip,
    /// It is the only file of a ZIP archive whose name ends so.
    Zip(String),
}

/// Why there is no answer. One case for each of the WIT interface's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum HttpError {
    /// The name did not resolve.
    #[error("the host name does not resolve: {0}")]
    Dns(String),
    /// The address may not be reached.
    #[error("the address may not be reached: {0}")]
    DestinationProhibited(String),
    /// Nobody listens.
    #[error("the connection was refused")]
    ConnectionRefused,
    /// It broke off.
    #[error("the connection ended before the answer was complete")]
    ConnectionTerminated,
    /// No connection in time.
    #[error("no connection in time")]
    ConnectionTimeout,
    /// The certificate is not acceptable.
    #[error("the server's certificate is not acceptable: {0}")]
    TlsCertificate(String),
    /// TLS failed in another way.
    #[error("TLS failed: {0}")]
    TlsProtocol(String),
    /// No answer in time.
    #[error("no answer in time")]
    ResponseTimeout,
    /// The body is larger than this many bytes.
    #[error("the answer is larger than the {0} bytes that the grant allows")]
    ResponseBodySize(u64),
    /// What was downloaded is not packed as it was said to be.
    #[error("the file is not what it should be: {0}")]
    ContentCoding(String),
    /// The answer is no HTTP.
    #[error("the answer is not valid HTTP: {0}")]
    Protocol(String),
    /// Too many redirects.
    #[error("too many redirects")]
    LoopDetected,
    /// The grant does not allow it.
    #[error("the grant does not allow the request: {0}")]
    Denied(String),
    /// The request is malformed.
    #[error("the request is malformed: {0}")]
    Invalid(String),
    /// A limit of the grant is used up.
    #[error("a limit of the grant is used up: {0}")]
    BudgetExhausted(String),
    /// The credential could not be used.
    #[error("the credential could not be used: {0}")]
    CredentialUnavailable(String),
    /// A fault of the host's own.
    #[error("an internal error{}", .0.as_ref().map(|text| format!(": {text}")).unwrap_or_default())]
    Internal(Option<String>),
}

impl HttpError {
    /// Applies `change` to the text of the error, if it has one. Redaction uses it, so that a new
    /// variant with a text cannot be left out.
    #[must_use]
    pub fn map_text(self, change: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::Dns(text) => Self::Dns(change(text)),
            Self::DestinationProhibited(text) => Self::DestinationProhibited(change(text)),
            Self::TlsCertificate(text) => Self::TlsCertificate(change(text)),
            Self::TlsProtocol(text) => Self::TlsProtocol(change(text)),
            Self::ContentCoding(text) => Self::ContentCoding(change(text)),
            Self::Protocol(text) => Self::Protocol(change(text)),
            Self::Denied(text) => Self::Denied(change(text)),
            Self::Invalid(text) => Self::Invalid(change(text)),
            Self::BudgetExhausted(text) => Self::BudgetExhausted(change(text)),
            Self::CredentialUnavailable(text) => Self::CredentialUnavailable(change(text)),
            Self::Internal(text) => Self::Internal(text.map(change)),
            without_text @ (Self::ConnectionRefused
            | Self::ConnectionTerminated
            | Self::ConnectionTimeout
            | Self::ResponseTimeout
            | Self::ResponseBodySize(_)
            | Self::LoopDetected) => without_text,
        }
    }
}
