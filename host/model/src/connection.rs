//! Connections: the base URL of a SaaS application and the facts about its credential. The
//! credential itself is in the vault.

use crate::{AliasName, ConnectionName, FieldName, TemplateName, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::Url;

/// Limits for retries of a request that failed temporarily, for all connections of an alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RetryPolicy {
    /// Attempts per request, the first included: 1 to 10.
    pub attempts: u32,
    /// Seconds after the first attempt in which a retry may begin: 0 to 600.
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

/// State of a connection.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", parse_err_ty = String, parse_err_fn = unknown_state)]
pub enum ConnectionState {
    /// Not checked yet.
    Untested,
    /// The last use succeeded.
    Active,
    /// The application refused the credential; a person must act.
    NeedsAttention,
    /// Revoked by the operator.
    Revoked,
}

impl ConnectionState {
    /// Returns the word used in tables and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

fn unknown_state(text: &str) -> String {
    format!("{text:?} is not a connection state")
}

/// Base URL, credential and state of one tenant, under an alias.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Name of the connection.
    pub name: ConnectionName,
    /// Alias that it belongs to.
    pub alias: AliasName,
    /// Base URL of the application. Its path has no trailing slash.
    pub base_url: Url,
    /// Configuration template that signs its requests.
    pub template: TemplateName,
    /// Values of the template's fields, without the secret ones.
    pub fields: BTreeMap<FieldName, String>,
    /// True if it may reach loopback and private addresses.
    pub private_network: bool,
    /// Current state.
    pub state: ConnectionState,
    /// Instant of creation.
    pub created_at: Timestamp,
    /// Instant at which the application last accepted its credential; absent before the first time.
    pub last_success_at: Option<Timestamp>,
    /// Reason for `needs-attention`; absent in other states.
    pub attention: Option<String>,
    /// Name of the credential's owner in the application, from the last check; absent if not
    /// reported.
    pub identity: Option<String>,
    /// Name of the tenant in the application, from the last check; absent if not reported.
    pub tenant: Option<String>,
    /// Facts about its token; absent if its template does not use OAuth.
    pub token: Option<TokenFacts>,
}

/// Facts about a token that are not secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenFacts {
    /// Counter from 1, increased with every refresh or new authorization.
    pub generation: u64,
    /// Instant at which the application issued it.
    pub obtained_at: Timestamp,
    /// Expiry; absent if the application does not report one. The token is refreshed before.
    pub expires_at: Option<Timestamp>,
    /// Instant until which it can be refreshed without a person; absent if the application does not
    /// report one.
    pub authorized_until: Option<Timestamp>,
    /// Scopes that were requested and not granted.
    pub missing_scopes: Vec<String>,
}
