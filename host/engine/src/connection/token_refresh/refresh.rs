//! Refresh of one token: under a lease if other processes share it, stored before it is used.

use super::storage::{self, TokenStorage};
use crate::{Error, keys, outcome};
use backon::{ExponentialBuilder, Retryable};
use jiff::Timestamp;
use purser_model::{
    Blame, Blamed, ConnectionName, ConnectionState, NextStep, Outcome, OutcomeClass,
};
use purser_store::{LEASE, Lease, SecretOwner, Store, StoreError, TokenRefresh};
use purser_vault::oauth::{OAuthError, Provider, TokenEndpoint, Tokens};
use purser_vault::{TemplateInstance, Vault};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::RwLock;
use tokio::time::{Instant, sleep};

/// Longest wait for the refresh of another process: its lease, and a little.
const LEASE_WAIT: Duration = LEASE.saturating_add(Duration::from_secs(5));

/// Interval at which a refresh of another process is polled.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Time after which a failed token request is not retried: the lease must not end under it.
const RETRY_WINDOW: Duration = Duration::from_secs(5);

/// Everything that refreshing a token needs.
pub(super) struct Refresher {
    pub(super) storage: TokenStorage,
    pub(super) filled: TemplateInstance,
    pub(super) endpoint: Arc<dyn TokenEndpoint>,
    /// Held for reading while a refresh is in progress.
    pub(super) in_progress: Arc<RwLock<()>>,
}

/// Result of a refresh.
pub(super) enum RefreshOutcome {
    /// New token, with its generation.
    Refreshed(u64, Tokens),
    /// No new token, for this reason.
    Failed(Outcome),
    /// The template or the token does not allow a refresh.
    NotRefreshable,
}

impl Refresher {
    /// Refreshes a token of the given generation.
    pub(super) async fn refresh(
        &self,
        generation: u64,
        tokens: &Tokens,
    ) -> Result<RefreshOutcome, Error> {
        let _in_progress = self.in_progress.read().await;

        let provider = match Provider::new(&self.filled, &*self.endpoint) {
            Ok(provider) => provider,
            Err(error) => {
                let outcome = outcome::from_error(OutcomeClass::TokenRefused, &error);
                return Ok(RefreshOutcome::Failed(outcome));
            }
        };
        if !provider.can_refresh(tokens) {
            return Ok(RefreshOutcome::NotRefreshable);
        }

        match &self.storage {
            TokenStorage::Memory => Ok(match request_token(&provider, tokens).await {
                Ok(tokens) => RefreshOutcome::Refreshed(generation + 1, tokens),
                Err(error) => RefreshOutcome::Failed(to_outcome(&error, None)),
            }),
            TokenStorage::Stored {
                store,
                vault,
                connection,
            } => {
                let holder = format!("{:016x}", fastrand::u64(..));
                let refresh = SharedRefresh {
                    refresher: self,
                    store,
                    vault,
                    lease: TokenRefresh {
                        connection,
                        generation,
                        holder: &holder,
                        key_id: vault.key_id(),
                    },
                };
                refresh.run(&provider, tokens).await
            }
        }
    }
}

/// Refresh of a token that other processes use too.
struct SharedRefresh<'a> {
    refresher: &'a Refresher,
    store: &'a Store,
    vault: &'a Vault,
    lease: TokenRefresh<'a>,
}

impl SharedRefresh<'_> {
    /// Takes the lease and refreshes, or waits for the process that has it.
    async fn run(&self, provider: &Provider<'_>, tokens: &Tokens) -> Result<RefreshOutcome, Error> {
        let repeatable = provider.can_retry(tokens);
        let deadline = Instant::now() + LEASE_WAIT;

        loop {
            let lease = self
                .store
                .lease_token(self.lease, repeatable, Timestamp::now())?;
            match lease {
                Lease::Taken => return self.refresh(provider, tokens).await,
                Lease::Refreshed => return self.reload(),
                Lease::Unsettled(began) => return self.interrupted(began),
                Lease::Held if Instant::now() > deadline => return Ok(busy()),
                Lease::Held => sleep(POLL_INTERVAL).await,
            }
        }
    }

    async fn refresh(
        &self,
        provider: &Provider<'_>,
        tokens: &Tokens,
    ) -> Result<RefreshOutcome, Error> {
        match request_token(provider, tokens).await {
            Ok(new) => self.store_token(new),
            Err(error) => self.failed(&error, provider.can_retry(tokens)),
        }
    }

    fn store_token(&self, new: Tokens) -> Result<RefreshOutcome, Error> {
        let connection = self.lease.connection;
        let owner = SecretOwner::Token(connection.clone());
        let sealed = keys::seal(self.vault, &owner, &new.document())?;
        let Refresher {
            filled, endpoint, ..
        } = self.refresher;
        let missing = storage::missing_scopes(filled, &**endpoint, &new);

        let token = storage::to_store(&new, &sealed, &missing);
        if !self.store.record_token(self.lease, &token)? {
            // why: another process took the lease over and stored its token first
            return self.reload();
        }
        let generation = self.lease.generation + 1;
        tracing::debug!(%connection, generation, "token refreshed");
        Ok(RefreshOutcome::Refreshed(generation, new))
    }

    fn failed(&self, error: &OAuthError, repeatable: bool) -> Result<RefreshOutcome, Error> {
        let connection = self.lease.connection;
        if error.outcome_unknown() && !repeatable {
            self.store.release_token(self.lease, false)?;
            return self.interrupted(Timestamp::now());
        }
        self.store.release_token(self.lease, true)?;

        // why: a refused refresh token may have been used by another process a moment ago
        if error.is_invalid_grant()
            && self.store.token(connection)?.generation != self.lease.generation
        {
            return self.reload();
        }

        let outcome = to_outcome(error, Some(connection));
        if outcome.blame == Blame::Operator {
            self.mark_needs_attention(&outcome.message)?;
        }
        Ok(RefreshOutcome::Failed(outcome))
    }

    /// Ends a refresh of which it is unknown if the application issued a new token.
    fn interrupted(&self, began: Timestamp) -> Result<RefreshOutcome, Error> {
        let connection = self.lease.connection;
        let message = format!(
            "the refresh of the token of connection {connection} at {} was interrupted before the response could be \
             stored: the old token may be invalid, and using it could end the authorization",
            began.strftime("%Y-%m-%d %H:%M:%S UTC")
        );
        self.mark_needs_attention(&message)?;

        Ok(RefreshOutcome::Failed(outcome::failed(
            OutcomeClass::TokenUnsettled,
            Blame::Operator,
            message,
            NextStep::AuthorizeConnection {
                connection: connection.clone(),
            },
        )))
    }

    fn mark_needs_attention(&self, why: &str) -> Result<(), StoreError> {
        self.store.record_connection_state(
            self.lease.connection,
            ConnectionState::NeedsAttention,
            Timestamp::now(),
            Some(why),
        )
    }

    /// Loads the token that another process stored.
    fn reload(&self) -> Result<RefreshOutcome, Error> {
        let (generation, tokens) = storage::load(self.store, self.vault, self.lease.connection)?;
        Ok(RefreshOutcome::Refreshed(generation, tokens))
    }
}

fn busy() -> RefreshOutcome {
    RefreshOutcome::Failed(outcome::failed(
        OutcomeClass::TokenBusy,
        Blame::Host,
        "another process has been refreshing the token for too long".into(),
        "try again in a minute",
    ))
}

/// Requests a token in the place of another. A failure that may pass, and that certainly changed
/// nothing, is retried.
async fn request_token(provider: &Provider<'_>, tokens: &Tokens) -> Result<Tokens, OAuthError> {
    let began = Instant::now();
    let repeatable = provider.can_retry(tokens);
    let backoff = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(300))
        .with_max_times(2)
        .with_jitter();

    (|| provider.refresh(tokens, Timestamp::now()))
        .retry(backoff)
        .when(|error| {
            let is_harmless = repeatable || !error.outcome_unknown();
            error.blame() == Blame::Upstream && is_harmless && began.elapsed() < RETRY_WINDOW
        })
        .await
}

/// Converts the error of a token request for the run's record.
fn to_outcome(error: &OAuthError, connection: Option<&ConnectionName>) -> Outcome {
    let mut outcome = outcome::from_error(OutcomeClass::TokenRefused, error);

    if outcome.blame == Blame::Upstream {
        outcome.class = OutcomeClass::TokenEndpointFailed;
    } else if error.is_invalid_grant()
        && let Some(connection) = connection
    {
        outcome.message = format!(
            "the authorization of connection {connection} has ended: {}",
            outcome.message
        );
        outcome.next_step = Some(NextStep::AuthorizeConnection {
            connection: connection.clone(),
        });
    }
    outcome
}
