//! Connections: where a SaaS application is, and with which credential. The credential itself is the vault's.

use crate::{Name, Timestamp};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use url::Url;

/// How a credential signs a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "template")]
pub enum Template {
    /// `Authorization: Bearer SECRET` (RFC 6750).
    Bearer,
    /// `Authorization: Basic` of user and password (RFC 7617).
    Basic {
        /// The user name; not secret.
        user: String,
    },
    /// A header of the application's own that carries a key, after an optional prefix such as `token `.
    ApiKeyHeader {
        /// The header's name, in lower case.
        header: String,
        /// What stands before the key, its space included.
        prefix: String,
    },
}

impl Template {
    /// The name by which connectors and the command line know it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::Basic { .. } => "basic",
            Self::ApiKeyHeader { .. } => "api-key-header",
        }
    }
}

/// How a connection fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectionState {
    /// Never tried.
    Untested,
    /// It worked the last time it was used.
    Active,
    /// The application refused the credential; a person must act.
    NeedsAttention,
    /// Given up by the operator.
    Revoked,
}

impl ConnectionState {
    /// The word used in tables and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Untested => "untested",
            Self::Active => "active",
            Self::NeedsAttention => "needs-attention",
            Self::Revoked => "revoked",
        }
    }
}

impl FromStr for ConnectionState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Untested, Self::Active, Self::NeedsAttention, Self::Revoked]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("{text:?} is no connection state"))
    }
}

/// A base URL, a credential and a state, in the place that an alias names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// What people call it.
    pub name: Name,
    /// The alias it belongs to.
    pub alias: Name,
    /// Where the application is. Its path has no trailing slash.
    pub base_url: Url,
    /// How requests are signed.
    pub template: Template,
    /// Whether it may reach loopback and private addresses.
    pub private_network: bool,
    /// How it fares.
    pub state: ConnectionState,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the application last accepted its credential.
    pub last_success_at: Option<Timestamp>,
    /// Why it needs attention.
    pub attention: Option<String>,
}
