//! The token of a connection: used while it is good, renewed by one process at a time, and never used before it is stored.
//!
//! What can go wrong between asking for a token and having stored it decides what may be done next. An application that gives out a new
//! refresh token with every renewal takes a used one, presented again, for stolen, and ends the whole authorization. So a renewal of
//! which nobody knows the end is not repeated: it is told to a person, with the command that mends it. Where asking again does no harm
//! (the application keeps its refresh tokens, or no person is needed), it is simply done again.

use crate::{Error, keys, outcome};
use backon::{ExponentialBuilder, Retryable};
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use purser_egress::{CredentialSource, Unavailable};
use purser_model::{
    Blame, Blamed, ConnectionName, ConnectionState, NextStep, Outcome, OutcomeClass,
};
use purser_store::{LEASE, Lease, NewToken, Renewal, SecretOf, Store, StoreError, StoredToken};
use purser_vault::oauth::{OAuthError, Provider, TokenEndpoint, Tokens};
use purser_vault::{Credential, FilledTemplate, Sealed, Vault};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long another process is given to finish a renewal: its lease, and a little.
const PATIENCE: Duration = LEASE.saturating_add(Duration::from_secs(5));

/// How often is looked whether it has finished.
const GLANCE: Duration = Duration::from_millis(100);

/// After this long, a failed request for a token is not repeated: the lease must not end under it.
const HURRY: Duration = Duration::from_secs(5);

/// A token as the store wants it.
pub(crate) fn to_store<'a>(
    tokens: &Tokens,
    sealed: &'a [u8],
    missing_scopes: &'a [String],
) -> NewToken<'a> {
    NewToken {
        sealed,
        obtained_at: tokens.obtained_at,
        expires_at: tokens.expires_at,
        authorized_until: tokens.refresh_expires_at,
        missing_scopes,
    }
}

/// The scopes that a template wants and a token lacks.
pub(crate) fn missing_scopes(
    filled: &FilledTemplate,
    endpoint: &dyn TokenEndpoint,
    tokens: &Tokens,
) -> Vec<String> {
    let wanted = Provider::new(filled, endpoint)
        .map(|provider| provider.wanted_scopes())
        .unwrap_or_default();
    wanted
        .into_iter()
        .filter(|scope| !tokens.scopes.contains(scope))
        .collect()
}

/// Where a connection's token is kept.
#[derive(Clone)]
pub(crate) enum Place {
    /// In memory: the connection is being tried out, and may never be kept.
    Memory,
    /// In the store, where other processes find it and may renew it too.
    Stored {
        store: Arc<Store>,
        vault: Arc<Vault>,
        connection: ConnectionName,
    },
}

/// The token at hand.
struct Held {
    generation: u64,
    tokens: Arc<Tokens>,
    credential: Arc<Credential>,
}

/// What a renewal needs, and shares with the task that carries it out.
struct Way {
    place: Place,
    filled: FilledTemplate,
    endpoint: Arc<dyn TokenEndpoint>,
    /// Held for reading by whoever waits for an answer that must be stored.
    under_way: Arc<tokio::sync::RwLock<()>>,
}

/// Gives a channel its credential from a token.
pub(crate) struct TokenSource {
    way: Arc<Way>,
    held: tokio::sync::Mutex<Held>,
    trouble: Mutex<Option<Outcome>>,
}

/// What trying to renew came to.
enum Renewed {
    /// Another token, stored.
    To(u64, Tokens),
    /// It cannot be renewed now; the one at hand is used for as long as it lasts.
    NotNow(Outcome),
    /// There is nothing to renew it with.
    Never,
}

impl TokenSource {
    /// A source that has this token.
    pub(crate) fn new(
        place: Place,
        filled: FilledTemplate,
        endpoint: Arc<dyn TokenEndpoint>,
        under_way: Arc<tokio::sync::RwLock<()>>,
        (generation, tokens): (u64, Tokens),
    ) -> Result<Self, Error> {
        let credential = Arc::new(filled.credential(Some(&tokens))?);
        let held = tokio::sync::Mutex::new(Held {
            generation,
            tokens: Arc::new(tokens),
            credential,
        });
        let way = Arc::new(Way {
            place,
            filled,
            endpoint,
            under_way,
        });
        Ok(Self {
            way,
            held,
            trouble: Mutex::default(),
        })
    }

    /// Why the token could not be renewed when it was last tried, if it could not.
    pub(crate) fn trouble(&self) -> Option<Outcome> {
        self.trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The token at hand, and the template it belongs to.
    pub(crate) async fn latest(&self) -> Arc<Tokens> {
        Arc::clone(&self.held.lock().await.tokens)
    }

    pub(crate) fn filled(&self) -> &FilledTemplate {
        &self.way.filled
    }

    pub(crate) fn endpoint(&self) -> &Arc<dyn TokenEndpoint> {
        &self.way.endpoint
    }

    /// Renews the token at hand. Whether there is another one now.
    async fn renew(&self, held: &mut Held) -> Result<bool, Unavailable> {
        let way = Arc::clone(&self.way);
        let (generation, tokens) = (held.generation, Arc::clone(&held.tokens));
        // In a task of its own, which goes on to store what it got when whoever asked for it has gone.
        let renewed = tokio::spawn(async move { way.renew(generation, &tokens).await }).await;
        let renewed = match renewed {
            Ok(renewed) => renewed.unwrap_or_else(|error| {
                Renewed::NotNow(outcome::from_error(OutcomeClass::TokenNotStored, &error))
            }),
            Err(error) => {
                Renewed::NotNow(outcome::from_error(OutcomeClass::Host, &Error::from(error)))
            }
        };
        match renewed {
            Renewed::To(generation, tokens) => {
                let credential = self.way.filled.credential(Some(&tokens));
                let credential = credential.map_err(|error| {
                    self.unavailable(outcome::from_error(OutcomeClass::TokenUnusable, &error))
                })?;
                *held = Held {
                    generation,
                    tokens: Arc::new(tokens),
                    credential: Arc::new(credential),
                };
                *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = None;
                Ok(true)
            }
            Renewed::Never => Ok(false),
            Renewed::NotNow(outcome) => Err(self.unavailable(outcome)),
        }
    }

    fn unavailable(&self, outcome: Outcome) -> Unavailable {
        let what = outcome.message.clone();
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        Unavailable { what }
    }
}

impl CredentialSource for TokenSource {
    fn current(&self) -> BoxFuture<'_, Result<Arc<Credential>, Unavailable>> {
        async move {
            let mut held = self.held.lock().await;
            let now = Timestamp::now();
            if held.tokens.is_due(now)
                && let Err(unavailable) = self.renew(&mut held).await
                && held
                    .tokens
                    .expires_at
                    .is_none_or(|expires_at| expires_at <= Timestamp::now())
            {
                return Err(unavailable);
            }
            Ok(Arc::clone(&held.credential))
        }
        .boxed()
    }

    fn renewed(
        &self,
        refused: &Arc<Credential>,
    ) -> BoxFuture<'_, Result<Option<Arc<Credential>>, Unavailable>> {
        let refused = Arc::clone(refused);
        async move {
            let mut held = self.held.lock().await;
            // Another request of this channel may have met the same refusal first.
            let another = !Arc::ptr_eq(&held.credential, &refused) || self.renew(&mut held).await?;
            Ok(another.then(|| Arc::clone(&held.credential)))
        }
        .boxed()
    }
}

impl Way {
    async fn renew(&self, generation: u64, tokens: &Tokens) -> Result<Renewed, Error> {
        let _storing = self.under_way.read().await;
        let provider = Provider::new(&self.filled, &*self.endpoint);
        let provider = match provider {
            Ok(provider) => provider,
            Err(error) => {
                return Ok(Renewed::NotNow(outcome::from_error(
                    OutcomeClass::TokenRefused,
                    &error,
                )));
            }
        };
        if !provider.can_renew(tokens) {
            return Ok(Renewed::Never);
        }
        match &self.place {
            Place::Memory => match ask(&provider, tokens).await {
                Ok(tokens) => Ok(Renewed::To(generation + 1, tokens)),
                Err(error) => Ok(Renewed::NotNow(told(&error, None))),
            },
            Place::Stored {
                store,
                vault,
                connection,
            } => {
                let holder = format!("{:016x}", fastrand::u64(..));
                let renewal = Renewal {
                    connection,
                    generation,
                    holder: &holder,
                    key_id: vault.key_id(),
                };
                Stored {
                    way: self,
                    store,
                    vault,
                    renewal,
                }
                .renew(&provider, tokens)
                .await
            }
        }
    }
}

/// A renewal of a token that other processes may be renewing too.
struct Stored<'a> {
    way: &'a Way,
    store: &'a Store,
    vault: &'a Vault,
    renewal: Renewal<'a>,
}

impl Stored<'_> {
    async fn renew(&self, provider: &Provider<'_>, tokens: &Tokens) -> Result<Renewed, Error> {
        let repeatable = provider.can_repeat(tokens);
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self
                .store
                .lease_token(self.renewal, repeatable, Timestamp::now())?
            {
                Lease::Taken => return self.ask(provider, tokens).await,
                Lease::Renewed => return self.reload(),
                Lease::Unsettled(began) => return self.unsettled(began),
                Lease::Held if Instant::now() > deadline => {
                    return Ok(Renewed::NotNow(outcome::failed(
                        OutcomeClass::TokenBusy,
                        Blame::Host,
                        "another process has been renewing the token for too long".into(),
                        "try again in a minute",
                    )));
                }
                Lease::Held => sleep(GLANCE).await,
            }
        }
    }

    async fn ask(&self, provider: &Provider<'_>, tokens: &Tokens) -> Result<Renewed, Error> {
        match ask(provider, tokens).await {
            Ok(new) => self.keep(new),
            Err(error) => self.failed(&error, provider.can_repeat(tokens)),
        }
    }

    /// Stores the token, before anybody uses it.
    fn keep(&self, new: Tokens) -> Result<Renewed, Error> {
        let connection = self.renewal.connection;
        let sealed = keys::seal(
            self.vault,
            &SecretOf::Token(connection.clone()),
            &new.document(),
        )?;
        let missing = missing_scopes(&self.way.filled, &*self.way.endpoint, &new);
        if self
            .store
            .record_token(self.renewal, &to_store(&new, &sealed, &missing))?
        {
            tracing::debug!(%connection, generation = self.renewal.generation + 1, "token renewed");
            return Ok(Renewed::To(self.renewal.generation + 1, new));
        }
        self.reload()
    }

    fn failed(&self, error: &OAuthError, repeatable: bool) -> Result<Renewed, Error> {
        let connection = self.renewal.connection;
        if error.outcome_unknown() && !repeatable {
            self.store.release_token(self.renewal, false)?;
            return self.unsettled(Timestamp::now());
        }
        self.store.release_token(self.renewal, true)?;
        // A refused refresh token may have been exchanged by somebody else a moment ago.
        if error.is_invalid_grant()
            && self.store.token(connection)?.generation != self.renewal.generation
        {
            return self.reload();
        }
        let outcome = told(error, Some(connection));
        if outcome.blame == Blame::Operator {
            self.needs_attention(&outcome.message)?;
        }
        Ok(Renewed::NotNow(outcome))
    }

    /// Nobody knows whether the application gave out a new token.
    fn unsettled(&self, began: Timestamp) -> Result<Renewed, Error> {
        let connection = self.renewal.connection;
        let message = format!(
            "the token of connection {connection} was to be renewed at {}, and the answer was lost before it could be \
             stored: whether the old one still works is not known, and trying it could end the authorization",
            began.strftime("%Y-%m-%d %H:%M:%S UTC")
        );
        self.needs_attention(&message)?;
        let next = NextStep::AuthorizeConnection {
            connection: connection.clone(),
        };
        Ok(Renewed::NotNow(outcome::failed(
            OutcomeClass::TokenUnsettled,
            Blame::Operator,
            message,
            next,
        )))
    }

    fn needs_attention(&self, why: &str) -> Result<(), StoreError> {
        let state = ConnectionState::NeedsAttention;
        self.store.record_connection_state(
            self.renewal.connection,
            state,
            Timestamp::now(),
            Some(why),
        )
    }

    /// The token that somebody else stored.
    fn reload(&self) -> Result<Renewed, Error> {
        let (generation, tokens) = load(self.store, self.vault, self.renewal.connection)?;
        Ok(Renewed::To(generation, tokens))
    }
}

/// Takes a connection's token out of the store.
pub(crate) fn load(
    store: &Store,
    vault: &Vault,
    connection: &ConnectionName,
) -> Result<(u64, Tokens), Error> {
    let StoredToken { generation, sealed } = store.token(connection)?;
    let document = vault.unseal(
        &keys::context(&SecretOf::Token(connection.clone())),
        &Sealed::from_bytes(sealed),
    )?;
    Ok((generation, Tokens::open(&document)?))
}

/// Asks for a token in the place of another. A failure that passes, and that is certain to have changed nothing, is tried again.
async fn ask(provider: &Provider<'_>, tokens: &Tokens) -> Result<Tokens, OAuthError> {
    let began = Instant::now();
    let repeatable = provider.can_repeat(tokens);
    (|| provider.renew(tokens, Timestamp::now()))
        .retry(
            ExponentialBuilder::default()
                .with_min_delay(Duration::from_millis(300))
                .with_max_times(2)
                .with_jitter(),
        )
        .when(|error| {
            let harmless = repeatable || !error.outcome_unknown();
            error.blame() == Blame::Upstream && harmless && began.elapsed() < HURRY
        })
        .await
}

/// A failed renewal, as a run's record tells it.
fn told(error: &OAuthError, connection: Option<&ConnectionName>) -> Outcome {
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

#[cfg(test)]
mod tests;
