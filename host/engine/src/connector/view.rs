//! View of a stored connector: description, grant and state.

use crate::Error;
use jiff::Timestamp;
use purser_model::{Description, Digest, Grant, ProfileName, PublisherName, RequestedAccess};
use purser_store::StoredConnector;
use serde::Serialize;

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

impl ConnectorView {
    /// `jupyterhub 0.1.0 (0123456789ab)`.
    #[must_use]
    pub fn title(&self) -> String {
        format!(
            "{} {} ({})",
            self.description.name,
            self.description.version,
            self.digest.short()
        )
    }

    /// Refuses a connector that is disabled.
    pub(crate) fn must_be_enabled(&self) -> Result<(), Error> {
        if self.disabled_at.is_none() {
            return Ok(());
        }
        Err(Error::refused(
            format!("connector {} is disabled", self.title()),
            format!(
                "`purser connector enable {}` ends that",
                self.digest.short()
            ),
        ))
    }
}
