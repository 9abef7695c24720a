//! Connections in JSON: `purser connection`.

use super::outcome::OutcomeJson;
use super::{Document, list};
use crate::render::next_step;
use crate::words;
use jiff::Timestamp;
use purser_engine::{Checked, Connected, ConnectionView, Revocation};
use purser_model::{Connection, ConnectionName, TokenFacts};
use serde::Serialize;
use std::collections::BTreeMap;

/// A connection, without its secrets.
#[derive(Serialize)]
struct ConnectionJson<'a> {
    name: &'a str,
    alias: &'a str,
    base_url: &'a str,
    template: &'a str,
    fields: BTreeMap<&'a str, &'a str>,
    private_network: bool,
    state: &'static str,
    created_at: Timestamp,
    last_success_at: Option<Timestamp>,
    attention: Option<&'a str>,
    identity: Option<&'a str>,
    tenant: Option<&'a str>,
    token: Option<TokenJson<'a>>,
}

/// Facts about an OAuth token; never the token.
#[derive(Serialize)]
struct TokenJson<'a> {
    generation: u64,
    obtained_at: Timestamp,
    expires_at: Option<Timestamp>,
    authorized_until: Option<Timestamp>,
    missing_scopes: &'a [String],
}

/// A connection with advice for its operator.
#[derive(Serialize)]
pub(crate) struct ConnectionViewJson<'a> {
    #[serde(flatten)]
    connection: ConnectionJson<'a>,
    /// Steps that the connection needs, one text each.
    advice: Vec<String>,
}

/// A connection after it was created, authorized or tested.
#[derive(Serialize)]
pub(crate) struct ConnectionTestJson<'a> {
    connection: ConnectionJson<'a>,
    checks: Vec<CheckJson<'a>>,
    /// Steps that the connection needs, one text each.
    advice: Vec<String>,
}

/// The check of one capability; `failure` is null if it works.
#[derive(Serialize)]
struct CheckJson<'a> {
    action: String,
    works: bool,
    identity: Option<&'a str>,
    tenant: Option<&'a str>,
    warnings: &'a [String],
    failure: Option<OutcomeJson<'a>>,
}

/// The deletion of a connection.
#[derive(Serialize)]
pub(crate) struct ConnectionDeletedJson<'a> {
    deleted: &'a str,
    revocation: &'static str,
}

impl Document for ConnectionViewJson<'_> {}
impl Document for ConnectionTestJson<'_> {}
impl Document for ConnectionDeletedJson<'_> {}

impl<'a> From<&'a Connection> for ConnectionJson<'a> {
    fn from(connection: &'a Connection) -> Self {
        let fields = connection.fields.iter();

        Self {
            name: connection.name.as_str(),
            alias: connection.alias.as_str(),
            base_url: connection.base_url.as_str(),
            template: connection.template.as_str(),
            fields: fields
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect(),
            private_network: connection.private_network,
            state: words::connection_state(connection.state),
            created_at: connection.created_at,
            last_success_at: connection.last_success_at,
            attention: connection.attention.as_deref(),
            identity: connection.identity.as_deref(),
            tenant: connection.tenant.as_deref(),
            token: connection.token.as_ref().map(TokenJson::from),
        }
    }
}

impl<'a> From<&'a TokenFacts> for TokenJson<'a> {
    fn from(token: &'a TokenFacts) -> Self {
        Self {
            generation: token.generation,
            obtained_at: token.obtained_at,
            expires_at: token.expires_at,
            authorized_until: token.authorized_until,
            missing_scopes: &token.missing_scopes,
        }
    }
}

impl<'a> From<&'a ConnectionView> for ConnectionViewJson<'a> {
    fn from(view: &'a ConnectionView) -> Self {
        Self {
            connection: (&view.connection).into(),
            advice: view.advice.iter().map(next_step::command).collect(),
        }
    }
}

impl<'a> From<&'a Connected> for ConnectionTestJson<'a> {
    fn from(connected: &'a Connected) -> Self {
        Self {
            connection: (&connected.connection).into(),
            checks: list(&connected.checks),
            advice: connected.advice.iter().map(next_step::command).collect(),
        }
    }
}

impl<'a> From<&'a Checked> for CheckJson<'a> {
    fn from(checked: &'a Checked) -> Self {
        let report = checked.result.as_ref().ok();

        Self {
            action: checked.action.to_string(),
            works: report.is_some(),
            identity: report.and_then(|report| report.identity.as_deref()),
            tenant: report.and_then(|report| report.tenant.as_deref()),
            warnings: report
                .map(|report| report.warnings.as_slice())
                .unwrap_or_default(),
            failure: checked.result.as_ref().err().map(OutcomeJson::from),
        }
    }
}

impl<'a> ConnectionDeletedJson<'a> {
    pub(crate) fn new(name: &'a ConnectionName, revocation: Revocation) -> Self {
        Self {
            deleted: name.as_str(),
            revocation: words::revocation(revocation),
        }
    }
}
