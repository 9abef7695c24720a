//! Lookup of connectors: all of them, or the one that a reference names.

use super::service::Connectors;
use super::view::ConnectorView;
use crate::Error;
use purser_model::{ConnectorName, NextStep};
use purser_store::{StoreError, StoredConnector};

/// Fewest characters of a digest that may name a connector.
const MIN_DIGEST_PREFIX: usize = 6;

impl Connectors {
    /// Returns all uploaded connectors.
    pub fn list(&self) -> Result<Vec<ConnectorView>, Error> {
        let stored = self.store.connectors()?.into_iter();
        Ok(stored.map(ConnectorView::from).collect())
    }

    /// Returns one connector: by its name (the latest upload), `NAME@VERSION`, its digest, or the
    /// beginning of its digest.
    ///
    /// # Errors
    /// There is none, or more than one digest begins so.
    pub fn find(&self, reference: &str) -> Result<ConnectorView, Error> {
        if let Ok(name) = reference.parse::<ConnectorName>()
            && let Some(stored) = self.latest(&name)?
        {
            return Ok(stored.into());
        }
        if let Some((name, version)) = reference.split_once('@') {
            return self.find_version(name, version);
        }

        let prefix = reference.strip_prefix("sha256:").unwrap_or(reference);
        let found = self.matching(|stored| {
            let digest = stored.digest.to_string();
            let hex = digest.trim_start_matches("sha256:");
            prefix.len() >= MIN_DIGEST_PREFIX && hex.starts_with(prefix)
        })?;
        only(found).map_err(|count| match count {
            Count::None => Error::refused(
                format!("there is no connector {reference}"),
                NextStep::ListConnectors.and(NextStep::UploadConnector),
            ),
            Count::Several => Error::refused(
                format!("more than one connector's digest begins with {prefix}"),
                NextStep::advice("give more of the digest").and(NextStep::ListConnectors),
            ),
        })
    }

    /// Returns the connector that a new use refers to. A name means its latest version that has a
    /// grant and is enabled.
    ///
    /// # Errors
    /// There is none, or it may not be used now.
    pub(crate) fn find_usable(&self, reference: &str) -> Result<ConnectorView, Error> {
        let latest = self.find(reference)?;
        let is_named = |known: &ConnectorView| known.description.name.as_str() == reference;
        let is_usable =
            |known: &ConnectorView| known.grant.is_some() && known.disabled_at.is_none();

        if is_named(&latest) && !is_usable(&latest) {
            let mut versions = self.list()?.into_iter();
            if let Some(usable) = versions.find(|known| is_named(known) && is_usable(known)) {
                return Ok(usable);
            }
        }

        self.usable_bytes(&latest)?;
        Ok(latest)
    }

    fn latest(&self, name: &ConnectorName) -> Result<Option<StoredConnector>, Error> {
        match self.store.latest_connector(name) {
            Ok(stored) => Ok(Some(stored)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn find_version(&self, name: &str, version: &str) -> Result<ConnectorView, Error> {
        let found = self.matching(|stored| {
            let description = &stored.description;
            description.name.as_str() == name && description.version.to_string() == version
        })?;

        only(found).map_err(|count| match count {
            Count::None => Error::refused(
                format!("there is no connector {name} of version {version}"),
                NextStep::ListConnectors,
            ),
            Count::Several => Error::refused(
                format!("connector {name} was uploaded more than once as version {version}"),
                NextStep::advice("name one by its digest").and(NextStep::ListConnectors),
            ),
        })
    }

    fn matching(
        &self,
        is_match: impl Fn(&StoredConnector) -> bool,
    ) -> Result<Vec<StoredConnector>, Error> {
        let stored = self.store.connectors()?.into_iter();
        Ok(stored.filter(is_match).collect())
    }
}

/// Number of matches of a reference, where it is not one.
enum Count {
    None,
    Several,
}

fn only(mut found: Vec<StoredConnector>) -> Result<ConnectorView, Count> {
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only.into()),
        (Some(_), false) => Err(Count::Several),
        (None, _) => Err(Count::None),
    }
}
