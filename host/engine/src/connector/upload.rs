//! Upload of connectors: verify the signature, describe the component, store the bytes.

use super::service::Connectors;
use super::signature::SignatureStatus;
use super::view::ConnectorView;
use crate::Error;
use jiff::Timestamp;
use purser_model::{Description, Digest, FieldChange};
use purser_store::{NewConnector, NewSignature, StoreError, Upload};
use semver::Version;
use serde::Serialize;

/// Component that was inspected.
#[derive(Debug, Clone, Serialize)]
pub struct Inspected {
    /// Digest of its bytes.
    pub digest: Digest,
    /// Size in bytes.
    pub size: u64,
    /// Description that the connector gives of itself.
    pub description: Description,
}

/// Version that was uploaded before, with the changes since.
#[derive(Debug, Clone, Serialize)]
pub struct Previous {
    /// Version.
    pub version: Version,
    /// Digest of its bytes.
    pub digest: Digest,
    /// Changes in the new version, requested access first.
    pub changes: Vec<FieldChange>,
}

/// Result of an upload.
#[derive(Debug, Clone, Serialize)]
pub struct Uploaded {
    /// The connector.
    pub connector: ConnectorView,
    /// Status of its signature.
    pub signature: SignatureStatus,
    /// True if exactly these bytes were uploaded before.
    pub already_there: bool,
    /// Version of the same name that was uploaded before; absent for the first.
    pub previous: Option<Previous>,
}

impl Connectors {
    /// Describes a component and stores nothing.
    ///
    /// # Errors
    /// The bytes are not a connector for this host.
    pub async fn inspect(&self, bytes: &[u8]) -> Result<Inspected, Error> {
        let connector = self.compile(bytes.to_vec()).await?;

        Ok(Inspected {
            digest: connector.digest(),
            size: bytes.len() as u64,
            description: connector.describe().await?,
        })
    }

    /// Uploads a connector with its signature. It can do nothing until it has a grant.
    ///
    /// # Errors
    /// The bytes are not a connector for this host, or are disabled; the signature is invalid, or
    /// one is required and missing. Nothing is stored then.
    pub async fn upload(&self, bytes: Vec<u8>, signature: Option<&str>) -> Result<Uploaded, Error> {
        let digest = Digest::of(&bytes);
        self.require_not_disabled(&digest)?;

        // why: unsigned bytes are not even compiled where a signature is required
        let stored_signature = self.store.signature(&digest)?;
        let text = signature.or(stored_signature.as_deref());
        let (status, publisher) = self.publishers.verify(&bytes, text)?;

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

        Ok(Uploaded {
            connector: self.find(&digest.to_string())?,
            signature: status,
            already_there: added == Upload::Known,
            previous,
        })
    }

    fn require_not_disabled(&self, digest: &Digest) -> Result<(), Error> {
        match self.store.connector(digest) {
            Ok(known) => ConnectorView::from(known).require_enabled(),
            Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
