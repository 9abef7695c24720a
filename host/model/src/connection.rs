//! Connections: where a SaaS application is, and with which credential. The credential itself is the vault's.

use crate::{AliasName, ConnectionName, FieldName, TemplateName, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;
use url::Url;

/// How often and how long a request that failed in passing is made again, for all connections of an alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RetryPolicy {
    /// Attempts at one request, the first included: 1 to 10.
    pub attempts: u32,
    /// Seconds after the first attempt in which another may begin: 0 to 600.
    pub within_seconds: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 5,
            within_seconds: 60,
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
        [
            Self::Untested,
            Self::Active,
            Self::NeedsAttention,
            Self::Revoked,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or_else(|| format!("{text:?} is no connection state"))
    }
}

/// A base URL, a credential and a state, in the place that an alias names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// What people call it.
    pub name: ConnectionName,
    /// The alias it belongs to.
    pub alias: AliasName,
    /// Where the application is. Its path has no trailing slash.
    pub base_url: Url,
    /// The configuration template that says how requests are signed.
    pub template: TemplateName,
    /// What the template's fields were filled in with, but for those that are secret.
    pub fields: BTreeMap<FieldName, String>,
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
    /// The application's name for whoever the credential belongs to, as its last check told.
    pub identity: Option<String>,
    /// The application's name for the customer it reached, as its last check told.
    pub tenant: Option<String>,
    /// What is known of its token, where its template gets one.
    pub token: Option<TokenFacts>,
}

/// What may be known of a token without having it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenFacts {
    /// Counted up from 1 with every token that took another's place.
    pub generation: u64,
    /// When the application gave it out.
    pub obtained_at: Timestamp,
    /// When it expires, where the application tells. It is renewed before.
    pub expires_at: Option<Timestamp>,
    /// Until when it can be renewed without a person, where the application tells.
    pub authorized_until: Option<Timestamp>,
    /// The scopes that were asked for and not granted.
    pub missing_scopes: Vec<String>,
}
