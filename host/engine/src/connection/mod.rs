//! Connections that are kept: how they fare, trying them again, forgetting them.

mod aliases;
mod create;
mod credential;
mod interactive;
mod rate_limiters;
mod token_refresh;

pub use aliases::{AliasView, Aliases};
pub use create::{Checked, Connected, NewConnection};
pub use credential::Secrets;
pub(crate) use credential::Signer;
pub use interactive::{NobodyThere, SignIn};

use crate::Error;
use crate::connector::Connectors;
use crate::keys::Keys;
use crate::templates::Templates;
use create::judge;
use jiff::{SignedDuration, Timestamp};
use once_cell::sync::OnceCell;
use purser_egress::Egress;
use purser_model::{Connection, ConnectionName, ConnectionState};
use purser_store::Store;
use purser_vault::oauth::Provider;
use rate_limiters::RateLimiters;
use serde::Serialize;
use std::sync::Arc;
use tokio::sync::RwLock;

/// How long before an authorization ends one is told.
const NOTICE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// A connection, and what there is to do about it.
#[derive(Debug, Clone, Serialize)]
pub struct ConnectionView {
    /// The connection.
    #[serde(flatten)]
    pub connection: Connection,
    /// What a person should do or know, the most urgent first.
    pub advice: Vec<String>,
}

/// Whether a deleted connection's token was given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Revocation {
    /// The application knows that it is not valid any more.
    Revoked,
    /// The template knows no way to tell the application.
    NotOffered,
    /// There was no token, but secrets that only the application's own console can take back.
    NoToken,
    /// It was not to be told.
    LeftOut,
}

/// Connections to applications, with their credentials.
pub struct Connections {
    store: Arc<Store>,
    keys: Arc<Keys>,
    templates: Arc<Templates>,
    connectors: Arc<Connectors>,
    egress: OnceCell<Egress>,
    rate_limiters: RateLimiters,
    /// Held for reading by every token refresh that must be stored before the process ends.
    refreshes: Arc<RwLock<()>>,
}

impl Connections {
    pub(crate) fn new(
        store: Arc<Store>,
        keys: Arc<Keys>,
        templates: Arc<Templates>,
        connectors: Arc<Connectors>,
    ) -> Self {
        Self {
            store,
            keys,
            templates,
            connectors,
            egress: OnceCell::new(),
            rate_limiters: RateLimiters::default(),
            refreshes: Arc::default(),
        }
    }

    fn egress(&self) -> Result<&Egress, Error> {
        self.egress.get_or_try_init(|| Ok(Egress::new()?))
    }

    /// The connections, and how they fare.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn list(&self) -> Result<Vec<ConnectionView>, Error> {
        let now = Timestamp::now();
        let view = |connection| ConnectionView {
            advice: advice(&connection, now),
            connection,
        };
        Ok(self.store.connections()?.into_iter().map(view).collect())
    }

    /// One connection, and how it fares.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn find(&self, name: &ConnectionName) -> Result<ConnectionView, Error> {
        let connection = self.store.connection(name)?;
        Ok(ConnectionView {
            advice: advice(&connection, Timestamp::now()),
            connection,
        })
    }

    /// Tries a connection again, and records how it fares.
    ///
    /// # Errors
    /// When there is no such connection. That it does not work is no error: the checks say so.
    pub async fn test(&self, name: &ConnectionName) -> Result<Connected, Error> {
        let mut connection = self.store.connection(name)?;
        let connector =
            self.connector_for(&connection, &self.templates.find(&connection.template)?)?;
        let signer = self.credential(&connection)?;
        let checks = self.try_out(&connection, &signer, connector).await?;
        if !checks.is_empty() {
            judge(&mut connection, &checks);
            self.store.record_check(&connection)?;
        }
        Ok(Connected {
            connection: self.store.connection(name)?,
            checks,
        })
    }

    /// Forgets a connection: its credential, and what was read through it. Its token is given back first, so that nobody can use it.
    ///
    /// # Errors
    /// When there is no such connection, a run is using it, or the token could not be given back; the connection is kept then.
    pub async fn delete(&self, name: &ConnectionName, revoke: bool) -> Result<Revocation, Error> {
        self.store.check_deletable(name)?;
        let revocation = if revoke {
            self.revoke(name).await?
        } else {
            Revocation::LeftOut
        };
        self.store.delete_connection(name)?;
        Ok(revocation)
    }

    async fn revoke(&self, name: &ConnectionName) -> Result<Revocation, Error> {
        let connection = self.store.connection(name)?;
        if connection.token.is_none() {
            return Ok(Revocation::NoToken);
        }
        let Signer::Token(source) = self.credential(&connection)? else {
            return Ok(Revocation::NoToken);
        };
        let provider = Provider::new(source.filled(), &**source.endpoint())?;
        match provider.revoke(&*source.latest().await).await {
            Ok(true) => Ok(Revocation::Revoked),
            Ok(false) => Ok(Revocation::NotOffered),
            Err(error) => Err(Error::NotRevoked {
                connection: name.clone(),
                error,
            }),
        }
    }
}

fn advice(connection: &Connection, now: Timestamp) -> Vec<String> {
    let Connection {
        name, state, token, ..
    } = connection;
    let mut advice = Vec::new();
    match state {
        ConnectionState::NeedsAttention => advice.push(format!(
            "purser connection authorize {name} gives it a credential that works; its profiles are paused until then"
        )),
        ConnectionState::Untested => advice.push(format!("purser connection test {name}")),
        ConnectionState::Active | ConnectionState::Revoked => {}
    }
    let Some(token) = token else { return advice };
    if let Some(until) = token.authorized_until {
        if until <= now {
            advice.push(format!(
                "the authorization has ended: purser connection authorize {name}"
            ));
        } else if until.duration_since(now) <= NOTICE {
            let day = until.strftime("%Y-%m-%d");
            advice.push(format!(
                "the authorization ends on {day}: purser connection authorize {name} before then"
            ));
        }
    }
    if !token.missing_scopes.is_empty() {
        let missing = token.missing_scopes.join(" ");
        advice.push(format!(
            "not granted by the application: {missing}; if needed, allow it there, then purser connection authorize {name}"
        ));
    }
    advice
}

#[cfg(test)]
mod tests {
    use super::*;
    use purser_model::TokenFacts;

    fn connection(state: ConnectionState, token: Option<TokenFacts>) -> Connection {
        Connection {
            name: "acme".parse().unwrap(),
            alias: "hubs".parse().unwrap(),
            base_url: "https://hub.example".parse().unwrap(),
            template: "bearer".parse().unwrap(),
            fields: [].into(),
            private_network: false,
            state,
            created_at: Timestamp::UNIX_EPOCH,
            last_success_at: None,
            attention: None,
            identity: None,
            tenant: None,
            token,
        }
    }

    fn token(authorized_for: i64, missing: &[&str]) -> Option<TokenFacts> {
        let authorized_until =
            Some(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * authorized_for));
        let missing_scopes = missing.iter().map(|scope| (*scope).to_owned()).collect();
        let obtained_at = Timestamp::UNIX_EPOCH;
        Some(TokenFacts {
            generation: 1,
            obtained_at,
            expires_at: None,
            authorized_until,
            missing_scopes,
        })
    }

    #[test]
    fn a_connection_that_works_needs_no_advice() {
        let now = Timestamp::UNIX_EPOCH;
        assert!(advice(&connection(ConnectionState::Active, None), now).is_empty());
        assert!(advice(&connection(ConnectionState::Active, token(15, &[])), now).is_empty());
    }

    #[test]
    fn what_is_to_be_done_is_a_command() {
        let now = Timestamp::UNIX_EPOCH;
        for (state, token, says) in [
            (
                ConnectionState::NeedsAttention,
                None,
                "purser connection authorize acme gives",
            ),
            (
                ConnectionState::Untested,
                None,
                "purser connection test acme",
            ),
            (
                ConnectionState::Active,
                token(14, &[]),
                "ends on 1970-01-15: purser connection authorize acme",
            ),
            (
                ConnectionState::Active,
                token(0, &[]),
                "has ended: purser connection authorize acme",
            ),
            (
                ConnectionState::Active,
                token(99, &["users.write"]),
                "not granted by the application: users.write;",
            ),
        ] {
            let advice = advice(&connection(state, token), now);
            assert!(
                advice.len() == 1 && advice[0].contains(says),
                "{says}: {advice:?}"
            );
        }
    }
}
