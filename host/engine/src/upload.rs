//! Taking in a connector: look at the bytes, ask them what they are, keep them.

use crate::{Error, Purser};
use jiff::Timestamp;
use purser_model::{Description, Digest, Grant, Name, WantedRequests};
use purser_store::{NewConnector, StoreError, StoredConnector, Upload};
use serde::Serialize;

/// What bytes turned out to be.
#[derive(Debug, Clone, Serialize)]
pub struct Inspected {
    /// Of the bytes.
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
    /// What the connector says of itself.
    pub description: Description,
}

/// A connector that was taken in.
#[derive(Debug, Clone, Serialize)]
pub struct ConnectorView {
    /// What it says of itself.
    pub description: Description,
    /// Its bytes' digest.
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
    /// When it was taken in.
    pub uploaded_at: Timestamp,
    /// What it was granted.
    pub grant: Option<Grant>,
    /// What it wants and was not granted. A connector that was granted less than it wants runs, and is refused what it lacks.
    pub missing: Vec<WantedRequests>,
}

/// What an upload came to.
#[derive(Debug, Clone, Serialize)]
pub struct Uploaded {
    /// The connector.
    pub connector: ConnectorView,
    /// Whether these very bytes were there before.
    pub already_there: bool,
    /// The version that the name stood for until now.
    pub previous: Option<String>,
}

impl From<StoredConnector> for ConnectorView {
    fn from(stored: StoredConnector) -> Self {
        let StoredConnector { description, digest, size, uploaded_at, grant, .. } = stored;
        let missing = grant.clone().unwrap_or_default().missing(&description).into_iter().cloned().collect();
        Self { description, digest, size, uploaded_at, grant, missing }
    }
}

impl Purser {
    /// Says what bytes are, and keeps nothing.
    ///
    /// # Errors
    /// When they are no connector for this host.
    pub async fn inspect(&self, bytes: &[u8]) -> Result<Inspected, Error> {
        let connector = self.compile(bytes.to_vec()).await?;
        let description = connector.describe().await?;
        Ok(Inspected { digest: connector.digest(), size: bytes.len() as u64, description })
    }

    /// Takes in a connector. It can do nothing until it is granted something.
    ///
    /// # Errors
    /// When the bytes are no connector for this host. Nothing is kept then.
    pub async fn upload(&self, bytes: Vec<u8>) -> Result<Uploaded, Error> {
        let Inspected { digest, description, .. } = self.inspect(&bytes).await?;
        let previous = self.latest(&description.name)?.filter(|previous| previous.digest != digest);
        let new = NewConnector { description: &description, digest, bytes: &bytes, uploaded_at: Timestamp::now() };
        let added = self.store.add_connector(&new)?;
        Ok(Uploaded {
            connector: self.connector(&digest.to_string())?,
            already_there: added == Upload::Known,
            previous: previous.map(|previous| previous.description.version.to_string()),
        })
    }

    fn latest(&self, name: &Name) -> Result<Option<StoredConnector>, Error> {
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
    pub fn connectors(&self) -> Result<Vec<ConnectorView>, Error> {
        Ok(self.store.connectors()?.into_iter().map(ConnectorView::from).collect())
    }

    /// One connector: by its name (the latest upload), its digest, or the beginning of its digest.
    ///
    /// # Errors
    /// When there is none, or more than one digest begins so.
    pub fn connector(&self, reference: &str) -> Result<ConnectorView, Error> {
        if let Ok(name) = reference.parse::<Name>()
            && let Some(stored) = self.latest(&name)?
        {
            return Ok(stored.into());
        }
        let prefix = reference.strip_prefix("sha256:").unwrap_or(reference);
        let is_meant =
            |stored: &StoredConnector| stored.digest.to_string().trim_start_matches("sha256:").starts_with(prefix);
        let mut found: Vec<_> =
            self.store.connectors()?.into_iter().filter(|stored| prefix.len() >= 6 && is_meant(stored)).collect();
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
}
