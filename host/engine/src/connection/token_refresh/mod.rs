//! Token of a connection: used while it is valid, refreshed by one process at a time, and never
//! used before it is stored.
//!
//! An application that issues a new refresh token with every refresh takes an old one, presented
//! again, for stolen, and ends the whole authorization. So a refresh of which the outcome is
//! unknown is not repeated: the connection needs a person, who signs in again. It is repeated only
//! if that does no harm: the application keeps its refresh tokens, or the grant needs no person.

mod refresh;
mod storage;
#[cfg(test)]
mod tests;

pub(super) use storage::{TokenStorage, load, missing_scopes, to_store};

use crate::{Error, outcome};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::Timestamp;
use parking_lot::Mutex;
use purser_egress::{CredentialSource, CredentialUnavailable};
use purser_model::{Outcome, OutcomeClass};
use purser_vault::oauth::{TokenEndpoint, Tokens};
use purser_vault::{Credential, TemplateInstance};
use refresh::{RefreshOutcome, Refresher};
use std::sync::Arc;
use tokio::sync::RwLock;

/// Token in use, with the credential made from it.
struct CurrentToken {
    generation: u64,
    tokens: Arc<Tokens>,
    credential: Arc<Credential>,
}

/// Credential source that refreshes its token when it is due or refused.
pub(crate) struct TokenSource {
    refresher: Arc<Refresher>,
    current: tokio::sync::Mutex<CurrentToken>,
    refresh_failure: Mutex<Option<Outcome>>,
}

impl TokenSource {
    /// Creates a source for a token with its generation.
    ///
    /// # Errors
    /// The token does not fit into the template.
    pub(super) fn new(
        storage: TokenStorage,
        filled: TemplateInstance,
        endpoint: Arc<dyn TokenEndpoint>,
        in_progress: Arc<RwLock<()>>,
        (generation, tokens): (u64, Tokens),
    ) -> Result<Self, Error> {
        let credential = Arc::new(filled.credential(Some(&tokens))?);
        let current = CurrentToken {
            generation,
            tokens: Arc::new(tokens),
            credential,
        };

        Ok(Self {
            refresher: Arc::new(Refresher {
                storage,
                filled,
                endpoint,
                in_progress,
            }),
            current: tokio::sync::Mutex::new(current),
            refresh_failure: Mutex::default(),
        })
    }

    /// Returns why the last refresh failed, if it did.
    pub(super) fn refresh_failure(&self) -> Option<Outcome> {
        self.refresh_failure.lock().clone()
    }

    /// Returns the token in use.
    pub(super) async fn latest(&self) -> Arc<Tokens> {
        Arc::clone(&self.current.lock().await.tokens)
    }

    /// Returns the template that the token belongs to.
    pub(super) fn filled(&self) -> &TemplateInstance {
        &self.refresher.filled
    }

    /// Returns the endpoint that issues tokens.
    pub(super) fn endpoint(&self) -> &Arc<dyn TokenEndpoint> {
        &self.refresher.endpoint
    }

    /// Refreshes the token in use. Returns false if it cannot be refreshed at all.
    async fn refresh_current(
        &self,
        current: &mut CurrentToken,
    ) -> Result<bool, CredentialUnavailable> {
        let refresher = Arc::clone(&self.refresher);
        let generation = current.generation;
        let tokens = Arc::clone(&current.tokens);

        // why: a task of its own stores the new token even if the caller is dropped meanwhile
        let refreshed =
            tokio::spawn(async move { refresher.refresh(generation, &tokens).await }).await;
        let refreshed = match refreshed {
            Ok(refreshed) => refreshed.unwrap_or_else(|error| {
                RefreshOutcome::Failed(outcome::from_error(OutcomeClass::TokenNotStored, &error))
            }),
            Err(error) => {
                let error = Error::from(error);
                RefreshOutcome::Failed(outcome::from_error(OutcomeClass::Host, &error))
            }
        };

        match refreshed {
            RefreshOutcome::NotRefreshable => Ok(false),
            RefreshOutcome::Failed(outcome) => Err(self.unavailable(outcome)),
            RefreshOutcome::Refreshed(generation, tokens) => {
                let credential = self.refresher.filled.credential(Some(&tokens));
                let credential = credential.map_err(|error| {
                    self.unavailable(outcome::from_error(OutcomeClass::TokenUnusable, &error))
                })?;

                *current = CurrentToken {
                    generation,
                    tokens: Arc::new(tokens),
                    credential: Arc::new(credential),
                };
                *self.refresh_failure.lock() = None;
                Ok(true)
            }
        }
    }

    fn unavailable(&self, outcome: Outcome) -> CredentialUnavailable {
        let what = outcome.message.clone();
        *self.refresh_failure.lock() = Some(outcome);
        CredentialUnavailable { reason: what }
    }
}

impl CredentialSource for TokenSource {
    fn current(&self) -> BoxFuture<'_, Result<Arc<Credential>, CredentialUnavailable>> {
        async move {
            let mut current = self.current.lock().await;
            let is_due = current.tokens.needs_refresh(Timestamp::now());

            // why: a token is due before it expires, and may be used until then
            if is_due
                && let Err(unavailable) = self.refresh_current(&mut current).await
                && current
                    .tokens
                    .expires_at
                    .is_none_or(|expires_at| expires_at <= Timestamp::now())
            {
                return Err(unavailable);
            }
            Ok(Arc::clone(&current.credential))
        }
        .boxed()
    }

    fn refresh(
        &self,
        refused: &Arc<Credential>,
    ) -> BoxFuture<'_, Result<Option<Arc<Credential>>, CredentialUnavailable>> {
        let refused = Arc::clone(refused);

        async move {
            let mut current = self.current.lock().await;
            // why: another request of this client may have met the same refusal first
            let is_new = !Arc::ptr_eq(&current.credential, &refused)
                || self.refresh_current(&mut current).await?;
            Ok(is_new.then(|| Arc::clone(&current.credential)))
        }
        .boxed()
    }
}
