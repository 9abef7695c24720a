//! Finding connectors that were taken in: all of them, or the one that an operator means.

use super::service::Connectors;
use super::view::ConnectorView;
use crate::Error;
use purser_model::ConnectorName;
use purser_store::{StoreError, StoredConnector};

impl Connectors {
    fn latest(&self, name: &ConnectorName) -> Result<Option<StoredConnector>, Error> {
        match self.store.latest_connector(name) {
            Ok(stored) => Ok(Some(stored)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The connectors taken in.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn list(&self) -> Result<Vec<ConnectorView>, Error> {
        Ok(self
            .store
            .connectors()?
            .into_iter()
            .map(ConnectorView::from)
            .collect())
    }

    /// One connector: by its name (the latest upload), `NAME@VERSION`, its digest, or the beginning of its digest.
    ///
    /// # Errors
    /// When there is none, or more than one digest begins so.
    pub fn find(&self, reference: &str) -> Result<ConnectorView, Error> {
        if let Ok(name) = reference.parse::<ConnectorName>()
            && let Some(stored) = self.latest(&name)?
        {
            return Ok(stored.into());
        }
        if let Some((name, version)) = reference.split_once('@') {
            return self.connector_of_version(name, version);
        }
        let prefix = reference.strip_prefix("sha256:").unwrap_or(reference);
        let is_meant = |stored: &StoredConnector| {
            stored
                .digest
                .to_string()
                .trim_start_matches("sha256:")
                .starts_with(prefix)
        };
        let mut found: Vec<_> = self
            .store
            .connectors()?
            .into_iter()
            .filter(|stored| prefix.len() >= 6 && is_meant(stored))
            .collect();
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => Ok(only.into()),
            (Some(_), false) => Err(Error::refused(
                format!("more than one connector's digest begins with {prefix}"),
                "give more of the digest; `purser connector list` shows them",
            )),
            (None, _) => Err(Error::refused(
                format!("there is no connector {reference}"),
                "`purser connector list` shows those there are; `purser connector upload FILE` adds one",
            )),
        }
    }
    fn connector_of_version(&self, name: &str, version: &str) -> Result<ConnectorView, Error> {
        let is_meant = |stored: &StoredConnector| {
            stored.description.name.as_str() == name
                && stored.description.version.to_string() == version
        };
        let mut found: Vec<_> = self
            .store
            .connectors()?
            .into_iter()
            .filter(is_meant)
            .collect();
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => Ok(only.into()),
            (Some(_), false) => Err(Error::refused(
                format!("connector {name} was uploaded more than once as version {version}"),
                "name one by its digest; `purser connector list` shows them",
            )),
            (None, _) => Err(Error::refused(
                format!("there is no connector {name} of version {version}"),
                "`purser connector list` shows the versions there are",
            )),
        }
    }
}
