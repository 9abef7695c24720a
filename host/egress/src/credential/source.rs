//! Where the credential of a channel comes from.

use futures::FutureExt as _;
use futures::future::{BoxFuture, ready};
use purser_vault::Credential;
use std::sync::Arc;

/// Where a channel's credential comes from. It is asked at every attempt, so that what it gives can be renewed while a request is under way.
pub trait CredentialSource: Send + Sync {
    /// The credential to sign with now. Renewed first, if it is due.
    fn current(&self) -> BoxFuture<'_, Result<Arc<Credential>, Unavailable>>;

    /// The application answered 401 to `refused`. Another one, if there is one to try: `None` leaves it at that answer. Asked once for a
    /// request at most.
    fn renewed(
        &self,
        refused: &Arc<Credential>,
    ) -> BoxFuture<'_, Result<Option<Arc<Credential>>, Unavailable>>;
}

/// There is no credential to sign with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Unavailable {
    /// Why, for a person. The marks of credentials that were used before are taken out of it.
    pub what: String,
}

/// One credential for good: it is never renewed.
pub struct Fixed(pub Arc<Credential>);

static_assertions::assert_not_impl_any!(Fixed: std::fmt::Debug, std::fmt::Display);

impl CredentialSource for Fixed {
    fn current(&self) -> BoxFuture<'_, Result<Arc<Credential>, Unavailable>> {
        ready(Ok(Arc::clone(&self.0))).boxed()
    }

    fn renewed(
        &self,
        _: &Arc<Credential>,
    ) -> BoxFuture<'_, Result<Option<Arc<Credential>>, Unavailable>> {
        ready(Ok(None)).boxed()
    }
}
