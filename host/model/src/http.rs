//! HTTP as a connector sees it. The WIT interface `purser:connector/http` documents the meaning of
//! each part.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Methods that a connector can use. CONNECT and TRACE cannot be requested.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[serde(rename_all = "UPPERCASE")]
#[strum(serialize_all = "UPPERCASE", parse_err_ty = String, parse_err_fn = unknown_method)]
pub enum Method {
    /// GET.
    Get,
    /// HEAD.
    Head,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

impl Method {
    /// Returns the method as it is sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns true if sending it twice has the effect of sending it once (RFC 9110, section
    /// 9.2.2).
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

fn unknown_method(text: &str) -> String {
    format!(
        "{text:?} is not a method that can be granted: use GET, HEAD, POST, PUT, PATCH or DELETE"
    )
}

/// Header field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Case-insensitive name.
    pub name: String,
    /// Value.
    pub value: String,
}

/// Request, before it is authorised and authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Path with query below the base URL, or an absolute URL.
    pub target: String,
    /// Header fields.
    pub headers: Vec<Header>,
    /// Body; absent if there is none.
    pub body: Option<Vec<u8>>,
    /// True if sending it twice has the same effect as sending it once.
    pub idempotent: bool,
}

/// Response with its whole body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<Header>,
    /// Whole body, decoded.
    pub body: Vec<u8>,
}

/// Request whose response is streamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// Request to send.
    pub request: Request,
    /// Compression of the file.
    pub compression: Compression,
    /// The number of bytes of the decompressed file to skip. 0: none.
    pub skip_bytes: u64,
}

/// Compression of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compression {
    /// None.
    Plain,
    /// Gzip.
    Gzip,
    /// ZIP archive; the file is the only one whose name ends with this text.
    Zip(String),
}

/// Reason why no response was returned. One case for each of the WIT interface's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum HttpError {
    /// The name did not resolve.
    #[error("the host name does not resolve: {0}")]
    Dns(String),
    /// The address may not be reached.
    #[error("the address may not be reached: {0}")]
    DestinationProhibited(String),
    /// The server refused the connection.
    #[error("the connection was refused")]
    ConnectionRefused,
    /// The connection ended too early.
    #[error("the connection ended before the response was complete")]
    ConnectionTerminated,
    /// The connection took too long.
    #[error("no connection in time")]
    ConnectionTimeout,
    /// The certificate is not acceptable.
    #[error("the server's certificate is not acceptable: {0}")]
    TlsCertificate(String),
    /// TLS failed in another way.
    #[error("TLS failed: {0}")]
    TlsProtocol(String),
    /// The response took too long.
    #[error("no response in time")]
    ResponseTimeout,
    /// The body is larger than this many bytes.
    #[error("the response is larger than the {0} bytes that the grant allows")]
    ResponseBodySize(u64),
    /// The file is not compressed as stated.
    #[error("the file is not what it should be: {0}")]
    ContentCoding(String),
    /// The response is not valid HTTP.
    #[error("the response is not valid HTTP: {0}")]
    Protocol(String),
    /// Too many redirects.
    #[error("too many redirects")]
    LoopDetected,
    /// The grant does not allow the request.
    #[error("the grant does not allow the request: {0}")]
    Denied(String),
    /// The grant does not allow the request that the application redirects to.
    #[error("the application redirects to a request that the grant does not allow: {0}")]
    RedirectDenied(String),
    /// The request is malformed.
    #[error("the request is malformed: {0}")]
    Invalid(String),
    /// A limit of the grant is used up.
    #[error("a limit of the grant is used up: {0}")]
    BudgetExhausted(String),
    /// The credential could not be used.
    #[error("the credential could not be used: {0}")]
    CredentialUnavailable(String),
    /// The host itself failed.
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
            Self::RedirectDenied(text) => Self::RedirectDenied(change(text)),
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
