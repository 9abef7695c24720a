//! Integration profiles: a connector, a connection alias and settings, under a name that people use.

use crate::{AliasName, ConnectorName, Digest, ProfileName, Settings, Timestamp};
use serde::{Deserialize, Serialize};

/// Whether a profile is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProfileState {
    /// It can be changed and run by hand.
    Draft,
    /// It takes part in reconciliation.
    Published,
}

impl ProfileState {
    /// The word used in tables and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
        }
    }
}

/// An integration profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// What people call it; entitlements name the application by it.
    pub name: ProfileName,
    /// What tables show.
    pub display_name: String,
    /// The connector's name.
    pub connector: ConnectorName,
    /// The exact bytes it runs.
    pub digest: Digest,
    /// Where its connection is found.
    pub alias: AliasName,
    /// Settings as given, without the connector's defaults.
    pub settings: Settings,
    /// Whether it is in use.
    pub state: ProfileState,
    /// When it was made.
    pub created_at: Timestamp,
}
