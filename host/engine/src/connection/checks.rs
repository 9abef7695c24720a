//! Checks of a connection: every stream and every way of reclaiming is tried, changing nothing.

use super::bound_connector::BoundConnector;
use super::credential::ConnectionCredential;
use super::service::Connections;
use crate::call::CallContext;
use crate::connector::{ConnectorView, OutcomeSubject};
use crate::{Error, outcome};
use jiff::Timestamp;
use purser_model::{Action, Blame, Connection, ConnectionState, NextStep, Outcome, OutcomeClass};
use purser_sandbox::{Capability, CheckReport};
use purser_vault::Template;
use serde::Serialize;
use std::sync::Arc;

/// Result of checking one capability.
#[derive(Debug, Clone, Serialize)]
pub struct Checked {
    /// The capability.
    pub action: Action,
    /// Report, or the reason why it does not work.
    #[serde(flatten, with = "CheckJson")]
    pub result: CheckResult,
}

/// Report or failure of a check.
type CheckResult = Result<CheckReport, Outcome>;

/// JSON form of a result: `report` or `failure`.
#[derive(Serialize)]
#[serde(remote = "Result")]
enum CheckJson<T, E> {
    #[serde(rename = "report")]
    Ok(T),
    #[serde(rename = "failure")]
    Err(E),
}

impl Connections {
    /// Returns the connector that a connection is checked with: the one `named`, else that of its
    /// alias. `None` if it has no grant yet.
    ///
    /// # Errors
    /// The template may not send its credentials to the base URL, the connector does not accept the
    /// template, or more than one connector could be meant.
    pub(super) fn connector_for(
        &self,
        connection: &Connection,
        template: &Template,
        named: Option<&str>,
    ) -> Result<Option<BoundConnector>, Error> {
        let host = connection.base_url.host_str().unwrap_or_default();
        if !template.allows_host(host) {
            return Err(Error::refused(
                format!(
                    "template {} does not sign requests to {host}",
                    template.name()
                ),
                format!(
                    "its credentials are for {} only; check the base URL",
                    template.hosts().join(", ")
                ),
            ));
        }

        let bound = self.bound_connector(&connection.alias, named)?;
        if let Some(ConnectorView { description, .. }) = bound.as_ref().map(|bound| &bound.view)
            && !template.is_accepted_by(&description.templates)
        {
            return Err(Error::refused(
                format!(
                    "connector {} does not work with template {}",
                    description.name,
                    template.name()
                ),
                NextStep::advice(format!(
                    "use one of: {}; or one that is like it",
                    description.templates.join(", ")
                ))
                .and(NextStep::ListTemplates),
            ));
        }
        Ok(bound)
    }

    /// Checks every capability of a connector: reads first, then reclaims. Without a connector
    /// there is nothing to check.
    pub(super) async fn check(
        &self,
        connection: &Connection,
        credential: &ConnectionCredential,
        connector: Option<BoundConnector>,
    ) -> Result<Vec<Checked>, Error> {
        let Some(BoundConnector {
            view: known,
            settings,
        }) = connector
        else {
            return Ok(Vec::new());
        };
        let description = &known.description;
        let settings = description.complete(&settings).unwrap_or_default();
        let subject = OutcomeSubject::from(&known);
        let grant = Arc::new(known.grant.clone().unwrap_or_default());
        let client = self.client(connection, credential, description)?;
        let connector = self.connectors.load(&known).await?;

        let reads = description.streams_in_order().into_iter().map(|stream| {
            let name = stream.name.clone();
            (Action::Read(name.clone()), Capability::Read(name))
        });
        let reclaims = description.reclaims.iter().map(|offer| {
            let mode = offer.mode;
            (Action::Reclaim(mode), Capability::Reclaim(mode))
        });

        let mut checks = Vec::new();
        for (action, capability) in reads.chain(reclaims) {
            let context = CallContext::new(&client, Action::Check, &grant);
            let result = connector.check(context.call(&settings), capability).await;
            let result = result.map_err(|error| {
                credential
                    .refresh_failure()
                    .unwrap_or_else(|| subject.complete(outcome::from_call(&error)))
            });

            // why: without reading there is no connection, so other checks are not worth the wait
            let is_hopeless = result.is_err() && matches!(action, Action::Read(_));
            checks.push(Checked { action, result });
            if is_hopeless {
                break;
            }
        }
        Ok(checks)
    }
}

/// Returns the first read that failed, with its outcome.
pub(super) fn first_failed_read(checks: &[Checked]) -> Option<(&Action, &Outcome)> {
    checks.iter().find_map(|checked| match &checked.result {
        Err(outcome) if matches!(checked.action, Action::Read(_)) => {
            Some((&checked.action, outcome))
        }
        _ => None,
    })
}

/// Applies the results of checks to a connection: state, tenant and identity.
pub(super) fn apply_checks(connection: &mut Connection, checks: &[Checked]) {
    let reports = || {
        checks
            .iter()
            .filter_map(|checked| checked.result.as_ref().ok())
    };
    if let Some(tenant) = reports().find_map(|report| report.tenant.clone()) {
        connection.tenant = Some(tenant);
    }
    if let Some(identity) = reports().find_map(|report| report.identity.clone()) {
        connection.identity = Some(identity);
    }

    match first_failed_read(checks) {
        None if checks.is_empty() => {}
        None => {
            connection.state = ConnectionState::Active;
            connection.last_success_at = Some(Timestamp::now());
            connection.attention = None;
        }
        Some((action, outcome)) if concerns_credential(outcome) => {
            connection.state = ConnectionState::NeedsAttention;
            connection.attention = Some(format!("{action}: {}", outcome.message));
        }
        // why: a grant, a setting, or an application that is down says nothing about the
        // credential, and a healthy profile must not be paused
        Some(_) => {}
    }
}

/// True if a failed read says that a person must replace the credential, or give it more rights.
fn concerns_credential(outcome: &Outcome) -> bool {
    outcome.blame == Blame::Operator
        && !matches!(
            outcome.class,
            OutcomeClass::RequestDenied
                | OutcomeClass::RequestInvalid
                | OutcomeClass::OverLimit
                | OutcomeClass::ConfigInvalid
                | OutcomeClass::DestinationProhibited
        )
}
