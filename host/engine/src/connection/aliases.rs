//! Connection aliases: named places for connections to one application.

use crate::Error;
use crate::connector::Connectors;
use jiff::Timestamp;
use purser_model::{AliasName, ConnectionName, RetryPolicy};
use purser_store::{Alias, Store};
use serde::Serialize;
use std::sync::Arc;

/// A named place for connections to one application.
#[derive(Debug, Clone, Serialize)]
pub struct AliasView {
    /// Its name.
    pub name: AliasName,
    /// The SaaS application.
    pub application: String,
    /// How its connections repeat requests.
    pub retry: RetryPolicy,
    /// Its connections, by name.
    pub connections: Vec<ConnectionName>,
}

/// Connection aliases.
pub struct Aliases {
    store: Arc<Store>,
    connectors: Arc<Connectors>,
}

impl Aliases {
    pub(crate) const fn new(store: Arc<Store>, connectors: Arc<Connectors>) -> Self {
        Self { store, connectors }
    }

    /// Makes an alias for the application that a connector knows.
    ///
    /// # Errors
    /// When there is no such connector, or there is such an alias.
    pub fn create(
        &self,
        name: &AliasName,
        connector: &str,
        retry: RetryPolicy,
    ) -> Result<AliasView, Error> {
        let application = self.connectors.find(connector)?.description.application;
        let alias = Alias {
            name: name.clone(),
            application,
            retry,
            created_at: Timestamp::now(),
        };
        self.store.add_alias(&alias)?;
        self.alias_view(alias)
    }

    /// The aliases.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn list(&self) -> Result<Vec<AliasView>, Error> {
        self.store
            .aliases()?
            .into_iter()
            .map(|alias| self.alias_view(alias))
            .collect()
    }

    fn alias_view(
        &self,
        Alias {
            name,
            application,
            retry,
            ..
        }: Alias,
    ) -> Result<AliasView, Error> {
        let connections = self
            .store
            .connections_of(&name)?
            .into_iter()
            .map(|connection| connection.name)
            .collect();
        Ok(AliasView {
            name,
            application,
            retry,
            connections,
        })
    }
}
