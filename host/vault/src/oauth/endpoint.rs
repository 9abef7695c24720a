//! What a token request is to whoever carries it. Nothing here speaks HTTP: the egress does, and implements [`TokenEndpoint`].

use crate::Secret;
use futures::future::BoxFuture;
use purser_model::Blame;
use url::Url;

/// Carries requests to the places that give out tokens.
pub trait TokenEndpoint: Send + Sync {
    /// Sends one request, once, and waits for the whole answer. No redirect is followed: the request holds secrets.
    fn post(&self, request: TokenRequest) -> BoxFuture<'_, Result<TokenAnswer, Unanswered>>;
}

/// A POST of a form. Has no `Debug`: all of it may be secret.
pub struct TokenRequest {
    /// Where to.
    pub url: Url,
    /// Header fields, names in lower case.
    pub headers: Vec<(String, Secret)>,
    /// `application/x-www-form-urlencoded`.
    pub body: Secret,
}

/// What came back. Has no `Debug`: it holds tokens.
pub struct TokenAnswer {
    /// The status.
    pub status: u16,
    /// The field `date`, by which a wrong clock shows.
    pub date: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// There is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Unanswered {
    /// What happened, without the request's content.
    pub what: String,
    /// Whether it is certain that nothing of the request reached the other side.
    pub unsent: bool,
    /// Whose fault.
    pub blame: Blame,
}
