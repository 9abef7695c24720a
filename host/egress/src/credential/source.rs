//! Sources of a client's credential.

use futures::FutureExt as _;
use futures::future::{BoxFuture, ready};
use purser_vault::Credential;
use std::sync::Arc;

/// A source of credentials. It is asked before every attempt, so the credential can be refreshed
/// while a request is under way.
pub trait CredentialSource: Send + Sync {
    /// Returns the credential to use now. Refreshes it first if it is due.
    fn current(&self) -> BoxFuture<'_, Result<Arc<Credential>, CredentialUnavailable>>;

    /// Returns another credential after the application refused this one with a 401. `None` if
    /// there is no other; the 401 is then the response. Called at most once per request.
    fn refresh(
        &self,
        refused: &Arc<Credential>,
    ) -> BoxFuture<'_, Result<Option<Arc<Credential>>, CredentialUnavailable>>;
}

/// No credential is available.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct CredentialUnavailable {
    /// The reason, for people. Credentials used before are scrubbed from it.
    pub reason: String,
}

/// A credential that is never refreshed.
pub struct StaticCredential(pub Arc<Credential>);

const _: () = assert!(!purser_model::implements!(StaticCredential: std::fmt::Debug));
const _: () = assert!(!purser_model::implements!(StaticCredential: std::fmt::Display));

impl CredentialSource for StaticCredential {
    fn current(&self) -> BoxFuture<'_, Result<Arc<Credential>, CredentialUnavailable>> {
        ready(Ok(Arc::clone(&self.0))).boxed()
    }

    fn refresh(
        &self,
        _refused: &Arc<Credential>,
    ) -> BoxFuture<'_, Result<Option<Arc<Credential>>, CredentialUnavailable>> {
        ready(Ok(None)).boxed()
    }
}
