//! Integration profiles: a connector, a connection alias and settings.

use crate::{AliasName, ConnectorName, Digest, ProfileName, Settings, Timestamp};
use serde::{Deserialize, Serialize};

/// State of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum ProfileState {
    /// Can be changed and run by hand.
    Draft,
    /// Takes part in reconciliation.
    Published,
}

impl ProfileState {
    /// Returns the word used in tables and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Integration profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Name; entitlements name the application by it.
    pub name: ProfileName,
    /// Title in tables.
    pub display_name: String,
    /// Name of the connector.
    pub connector: ConnectorName,
    /// Digest of the connector build that it runs.
    pub digest: Digest,
    /// Alias under which its connection is found.
    pub alias: AliasName,
    /// Settings as given, without the connector's defaults.
    pub settings: Settings,
    /// Current state.
    pub state: ProfileState,
    /// Instant of creation.
    pub created_at: Timestamp,
}
