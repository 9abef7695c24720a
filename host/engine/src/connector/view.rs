//! View of a stored connector: description, grant and state.

use crate::Error;
use jiff::Timestamp;
use purser_model::{
    Description, Digest, Grant, NextStep, ProfileName, PublisherName, RequestedAccess,
};
use purser_store::StoredConnector;
use serde::Serialize;

/// Uploaded connector.
#[derive(Debug, Clone, Serialize)]
pub struct ConnectorView {
    /// Description that the connector gives of itself.
    pub description: Description,
    /// Digest of its bytes.
    pub digest: Digest,
    /// Size in bytes.
    pub size: u64,
    /// Time of the upload.
    pub uploaded_at: Timestamp,
    /// Grant; absent until the operator gives one.
    pub grant: Option<Grant>,
    /// Requested access that the grant lacks. The connector runs, and such requests are denied.
    pub missing: Vec<RequestedAccess>,
    /// Time at which it was disabled; absent if it may run.
    pub disabled_at: Option<Timestamp>,
    /// Trusted publisher that signed it; absent if none did.
    pub signed_by: Option<PublisherName>,
    /// True if no later version of the same name was uploaded.
    pub latest: bool,
    /// Profiles that run it.
    pub profiles: Vec<ProfileName>,
}

impl ConnectorView {
    /// Returns a reference that finds exactly this connector: the name of the latest version, the
    /// beginning of its digest for another.
    #[must_use]
    pub fn reference(&self) -> String {
        if self.latest {
            self.description.name.to_string()
        } else {
            self.digest.short()
        }
    }
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
        let granted = grant.clone().unwrap_or_default();
        let missing = granted.missing(&description).into_iter().cloned().collect();

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
    /// Returns name, version and short digest, such as `jupyterhub 0.1.0 (0123456789ab)`.
    #[must_use]
    pub fn title(&self) -> String {
        format!(
            "{} {} ({})",
            self.description.name,
            self.description.version,
            self.digest.short()
        )
    }

    /// Fails if the connector is disabled.
    pub(super) fn require_enabled(&self) -> Result<(), Error> {
        if self.disabled_at.is_none() {
            return Ok(());
        }

        Err(Error::refused(
            format!("connector {} is disabled", self.title()),
            NextStep::EnableConnector {
                connector: self.digest.short().to_string(),
            },
        ))
    }
}
