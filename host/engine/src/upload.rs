//! Taking in a connector: look at the bytes, ask them what they are, keep them.

use crate::{Error, Purser, Standing};
use jiff::Timestamp;
use purser_model::{
    Change, Description, Digest, Grant, ProfileName, PublisherName, RequestedAccess,
};
use purser_store::{NewConnector, NewSignature, StoreError, StoredConnector, Upload};
use semver::Version;
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
    pub missing: Vec<RequestedAccess>,
    /// Since when it may neither run nor be compiled; absent where it may.
    pub disabled_at: Option<Timestamp>,
    /// The trusted publisher who signed it.
    pub signed_by: Option<PublisherName>,
    /// Whether no later version of the same name was taken in.
    pub latest: bool,
    /// The profiles that run it.
    pub profiles: Vec<ProfileName>,
}

/// The version that was uploaded before, and what the new one has changed.
#[derive(Debug, Clone, Serialize)]
pub struct Previous {
    /// Its version.
    pub version: Version,
    /// Its digest.
    pub digest: Digest,
    /// What is different in the new one, rights first.
    pub changes: Vec<Change>,
}

/// What an upload came to.
#[derive(Debug, Clone, Serialize)]
pub struct Uploaded {
    /// The connector.
    pub connector: ConnectorView,
    /// What its signature is worth.
    pub signature: Standing,
    /// Whether these very bytes were there before.
    pub already_there: bool,
    /// The version of the same name that was uploaded before it.
    pub previous: Option<Previous>,
}

impl From<StoredConnector> for ConnectorView {
    fn from(stored: StoredConnector) -> Self {
        let StoredConnector {
            description,
            digest,
            size,
            uploaded_at,
            grant,
            disabled_at,
            signed_by,
            latest,
            profiles,
            ..
        } = stored;
        let missing = grant
            .clone()
            .unwrap_or_default()
            .missing(&description)
            .into_iter()
            .cloned()
            .collect();
        Self {
            description,
            digest,
            size,
            uploaded_at,
            grant,
            missing,
            disabled_at,
            signed_by,
            latest,
            profiles,
        }
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
        Ok(Inspected {
            digest: connector.digest(),
            size: bytes.len() as u64,
            description,
        })
    }

    /// Takes in a connector, and the signature that came with it. It can do nothing until it is granted something.
    ///
    /// # Errors
    /// When the bytes are no connector for this host, or were taken in before and disabled; when the signature does not hold; or when the
    /// policy asks for a signature and there is none that counts. Nothing is kept then.
    pub async fn upload(&self, bytes: Vec<u8>, signature: Option<&str>) -> Result<Uploaded, Error> {
        let digest = Digest::of(&bytes);
        match self.store.connector(&digest) {
            Ok(known) => ConnectorView::from(known).must_be_enabled()?,
            Err(StoreError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        // Before anything looks into the bytes: those that nobody vouches for are not even compiled.
        let kept = self.store.signature(&digest)?;
        let text = signature.or(kept.as_deref());
        let (standing, publisher) = self.standing(&bytes, text)?;
        let Inspected { description, .. } = self.inspect(&bytes).await?;
        let new = NewConnector {
            description: &description,
            digest,
            bytes: &bytes,
            uploaded_at: Timestamp::now(),
            signature: text
                .zip(publisher.as_ref())
                .map(|(text, publisher)| NewSignature {
                    text,
                    key: &publisher.key,
                }),
        };
        let (added, previous) = self.store.add_connector(&new)?;
        let previous = previous.map(|previous| Previous {
            version: previous.description.version.clone(),
            digest: previous.digest,
            changes: description.changes_since(&previous.description),
        });
        let connector = self.connector(&digest.to_string())?;
        Ok(Uploaded {
            connector,
            signature: standing,
            already_there: added == Upload::Known,
            previous,
        })
    }
}
