//! Connection aliases: named places for connections to one application.

use crate::Error;
use crate::connector::Connectors;
use jiff::Timestamp;
use purser_model::{AliasName, ConnectionName, RetryPolicy};
use purser_store::{Alias, Store};
use serde::Serialize;
use std::sync::Arc;

/// Connection alias with its connections.
#[derive(Debug, Clone, Serialize)]
pub struct AliasView {
    /// Name.
    pub name: AliasName,
    /// SaaS application that its connections are for.
    pub application: String,
    /// Retry policy of its connections.
    pub retry: RetryPolicy,
    /// Names of its connections.
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

    /// Creates an alias for the application of a connector.
    ///
    /// # Errors
    /// The connector does not exist, or the alias does.
    pub fn create(
        &self,
        name: &AliasName,
        connector: &str,
        retry: RetryPolicy,
    ) -> Result<AliasView, Error> {
        let description = self.connectors.find(connector)?.description;
        let alias = Alias {
            name: name.clone(),
            application: description.application,
            connector: Some(description.name),
            retry,
            created_at: Timestamp::now(),
        };

        self.store.add_alias(&alias)?;
        self.view(alias)
    }

    /// Returns all aliases.
    pub fn list(&self) -> Result<Vec<AliasView>, Error> {
        let aliases = self.store.aliases()?.into_iter();
        aliases.map(|alias| self.view(alias)).collect()
    }

    fn view(&self, alias: Alias) -> Result<AliasView, Error> {
        let connections = self.store.connections_of(&alias.name)?.into_iter();

        Ok(AliasView {
            name: alias.name,
            application: alias.application,
            retry: alias.retry,
            connections: connections.map(|connection| connection.name).collect(),
        })
    }
}
