//! Interface between token requests and the HTTP client that sends them.
//!
//! The egress implements [`TokenEndpoint`]; this crate does not speak HTTP.

use crate::Secret;
use futures::future::BoxFuture;
use purser_model::Blame;
use url::Url;

/// HTTP client for token endpoints.
pub trait TokenEndpoint: Send + Sync {
    /// Sends one request, once, and reads the whole response. Follows no redirect: the request
    /// holds secrets.
    fn post(
        &self,
        request: TokenRequest,
    ) -> BoxFuture<'_, Result<TokenResponse, TokenRequestError>>;
}

/// POST of a form. Has no `Debug`: all of it may be secret.
pub struct TokenRequest {
    /// URL of the endpoint.
    pub url: Url,
    /// Header fields, names in lower case.
    pub headers: Vec<(String, Secret)>,
    /// Body of type `application/x-www-form-urlencoded`.
    pub body: Secret,
}

/// Response of a token endpoint. Has no `Debug`: it holds tokens.
pub struct TokenResponse {
    /// HTTP status.
    pub status: u16,
    /// Header field `date`, which shows whether this machine's clock is wrong. Absent if the
    /// response has none.
    pub date: Option<String>,
    /// Body, decoded.
    pub body: Vec<u8>,
}

/// Failure of a request to which no response arrived.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TokenRequestError {
    /// Cause, without the request's content.
    pub message: String,
    /// True if it is certain that nothing of the request reached the endpoint.
    pub unsent: bool,
    /// Party at fault.
    pub blame: Blame,
}
