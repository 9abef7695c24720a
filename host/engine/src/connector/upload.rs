//! Taking in a connector: look at the bytes, ask them what they are, keep them.

use super::service::Connectors;
use super::signature::Standing;
use super::view::ConnectorView;
use crate::Error;
use jiff::Timestamp;
use purser_model::{Change, Description, Digest};
use purser_store::{NewConnector, NewSignature, StoreError, Upload};
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

impl Connectors {
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
        let (standing, publisher) = self.publishers.verify(&bytes, text)?;
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
        let connector = self.find(&digest.to_string())?;
        Ok(Uploaded {
            connector,
            signature: standing,
            already_there: added == Upload::Known,
            previous,
        })
    }
}
