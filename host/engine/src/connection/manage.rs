//! Management of stored connections: list, test, delete.

use super::checks::apply_checks;
use super::create::Connected;
use super::credential::ConnectionCredential;
use super::service::Connections;
use super::view::ConnectionView;
use crate::Error;
use jiff::Timestamp;
use purser_model::ConnectionName;
use purser_vault::oauth::Provider;
use serde::Serialize;

/// Fate of the token of a deleted connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Revocation {
    /// The application confirmed that the token is no longer valid.
    Revoked,
    /// The template has no revocation endpoint.
    NotOffered,
    /// There was no token. Its secrets can only be revoked in the application's console.
    NoToken,
    /// The operator asked not to revoke.
    LeftOut,
}

impl Connections {
    /// Returns all connections.
    pub fn list(&self) -> Result<Vec<ConnectionView>, Error> {
        let now = Timestamp::now();
        let known = self.known_connections()?;

        Ok(known
            .connections()
            .map(|connection| ConnectionView::new(connection, known.advice(connection), now))
            .collect())
    }

    /// Returns one connection.
    pub fn find(&self, name: &ConnectionName) -> Result<ConnectionView, Error> {
        let connection = self.store.connection(name)?;
        let advice = self.known_connections()?.advice(&connection);
        Ok(ConnectionView::new(&connection, advice, Timestamp::now()))
    }

    /// Checks a connection and records the result, with the connector `named`, else with that of
    /// its profile or alias.
    ///
    /// # Errors
    /// The connection does not exist. A connection that does not work is no error: the checks say
    /// so.
    pub async fn test(
        &self,
        name: &ConnectionName,
        named: Option<&str>,
    ) -> Result<Connected, Error> {
        let mut connection = self.store.connection(name)?;
        let template = self.templates.find(&connection.template)?;
        let connector = self.connector_for(&connection, &template, named)?;
        let credential = self.credential(&connection)?;

        let checks = self.check(&connection, &credential, connector).await?;
        if !checks.is_empty() {
            apply_checks(&mut connection, &checks);
            self.store.record_check(&connection)?;
        }

        self.connected(name, checks)
    }

    /// Deletes a connection with its credential and everything read through it. Its token is
    /// revoked first, so that it cannot be used any more.
    ///
    /// # Errors
    /// The connection does not exist, a run is using it, or the token could not be revoked; the
    /// connection is kept then.
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
        let ConnectionCredential::Token(source) = self.credential(&connection)? else {
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
