//! Creation and authorization of connections: a base URL and a credential are kept only if the
//! application accepts them. Nothing is stored before, so an interruption leaves nothing behind.

use super::bound_connector::BoundConnector;
use super::checks::{Checked, apply_checks, first_failed_read};
use super::credential::{ConnectionCredential, Secrets};
use super::interactive::SignIn;
use super::service::Connections;
use crate::Error;
use jiff::Timestamp;
use purser_egress::check_base_url;
use purser_model::{
    AliasName, Connection, ConnectionName, ConnectionState, FieldName, NextStep, Outcome,
    OutcomeClass, TemplateName,
};
use purser_store::StoreError;
use purser_vault::TemplateInstance;
use serde::Serialize;
use std::collections::BTreeMap;

/// Connection to create.
#[derive(Debug, Clone)]
pub struct NewConnection {
    /// Name.
    pub name: ConnectionName,
    /// Alias that it belongs to.
    pub alias: AliasName,
    /// Base URL of the application.
    pub base_url: String,
    /// Configuration template that signs its requests.
    pub template: TemplateName,
    /// Values of the template's fields that are not secret.
    pub fields: BTreeMap<FieldName, String>,
    /// If set, the connection may reach loopback and private addresses.
    pub private_network: bool,
    /// Connector that it is checked with, by name, version or digest; that of the alias if absent.
    pub connector: Option<String>,
    /// If set, the connection is kept even if it does not work.
    pub keep_failing: bool,
}

/// Connection with the results of its checks.
#[derive(Debug, Clone, Serialize)]
pub struct Connected {
    /// The connection as stored.
    pub connection: Connection,
    /// Results, one for each checked capability. Empty if the alias's connector has no grant.
    pub checks: Vec<Checked>,
    /// Steps for a person, such as about another connection to the same tenant.
    pub advice: Vec<NextStep>,
}

/// Connection that is not stored yet.
struct CandidateConnection {
    connection: Connection,
    keep_failing: bool,
}

impl Connections {
    /// Creates a connection: obtains a token if the template needs one, checks everything that the
    /// connector can read and reclaim, and stores the connection if reading works.
    ///
    /// A credential that may not reclaim is kept; the checks say what it lacks.
    ///
    /// # Errors
    /// The template does not fit, the name is taken, sign-in failed, or the connection does not
    /// work. Nothing is stored then, and a token that was obtained is revoked.
    pub async fn create(
        &self,
        new: NewConnection,
        secrets: Secrets,
        sign_in: &dyn SignIn,
    ) -> Result<Connected, Error> {
        let template = self.templates.find(&new.template)?;
        let filled = TemplateInstance::new(&template, new.fields, secrets, new.private_network)?;
        let connection = Connection {
            name: new.name,
            alias: new.alias,
            base_url: check_base_url(&new.base_url, new.private_network)?,
            template: new.template,
            fields: filled.plain().clone(),
            private_network: new.private_network,
            state: ConnectionState::Untested,
            created_at: Timestamp::now(),
            last_success_at: None,
            attention: None,
            identity: None,
            tenant: None,
            token: None,
        };

        // why: all refusals come before a person is sent to sign in
        let connector = self.connector_for(&connection, &template, new.connector.as_deref())?;
        self.require_free_name(&connection.name)?;
        self.keys.vault()?;

        let credential = self
            .first_credential(filled, connection.private_network, sign_in)
            .await?;
        let candidate = CandidateConnection {
            connection,
            keep_failing: new.keep_failing,
        };
        let saved = self
            .save_if_healthy(candidate, &credential, connector)
            .await;
        if saved.is_err() {
            credential.revoke().await;
        }
        saved
    }

    /// Replaces the credential of a connection, by new secrets or by signing in again. The old one
    /// is kept until the new one works. It is checked with the connector `named`, else with that of
    /// the alias.
    ///
    /// # Errors
    /// The new credential does not work, or belongs to another tenant. The connection is unchanged
    /// then.
    pub async fn authorize(
        &self,
        name: &ConnectionName,
        fields: BTreeMap<FieldName, String>,
        secrets: Option<Secrets>,
        named: Option<&str>,
        sign_in: &dyn SignIn,
    ) -> Result<Connected, Error> {
        let mut connection = self.store.connection(name)?;
        connection.fields.extend(fields);

        let filled = self.fill_in(&connection, secrets)?;
        connection.fields = filled.plain().clone();
        let connector = self.connector_for(&connection, filled.template(), named)?;
        let credential = self
            .first_credential(filled, connection.private_network, sign_in)
            .await?;

        let tenant_before = connection.tenant.take();
        let mut candidate = CandidateConnection {
            connection,
            keep_failing: false,
        };
        let checks = self.verify(&mut candidate, &credential, connector).await?;

        let mut connection = candidate.connection;
        if let (Some(before), Some(now)) = (&tenant_before, &connection.tenant)
            && before != now
        {
            return Err(other_tenant(name, before, now));
        }
        connection.tenant = connection.tenant.or(tenant_before);

        let sealed = self.seal_credential(&connection, &credential).await?;
        self.store
            .replace_credential(&connection, sealed.to_store())?;
        self.connected(name, checks)
    }

    /// Returns the result of checks of a stored connection.
    pub(super) fn connected(
        &self,
        name: &ConnectionName,
        checks: Vec<Checked>,
    ) -> Result<Connected, Error> {
        let connection = self.store.connection(name)?;
        let advice = self.known_connections()?.advice(&connection);

        Ok(Connected {
            connection,
            checks,
            advice: advice.into_iter().collect(),
        })
    }

    /// Fills in the connection's template with new secrets, or with the stored ones.
    fn fill_in(
        &self,
        connection: &Connection,
        secrets: Option<Secrets>,
    ) -> Result<TemplateInstance, Error> {
        let template = self.templates.find(&connection.template)?;
        let fields = connection.fields.clone();
        let private_network = connection.private_network;

        Ok(match secrets {
            Some(secrets) => TemplateInstance::new(&template, fields, secrets, private_network)?,
            None => {
                let stored = self.keys.open_secrets(&connection.name)?;
                TemplateInstance::open(&template, fields, &stored, private_network)?
            }
        })
    }

    async fn save_if_healthy(
        &self,
        mut candidate: CandidateConnection,
        credential: &ConnectionCredential,
        connector: Option<BoundConnector>,
    ) -> Result<Connected, Error> {
        let checks = self.verify(&mut candidate, credential, connector).await?;
        let connection = candidate.connection;

        let sealed = self.seal_credential(&connection, credential).await?;
        self.store.add_connection(&connection, sealed.to_store())?;
        self.connected(&connection.name, checks)
    }

    /// Checks a candidate and applies the results. Fails if reading does not work.
    async fn verify(
        &self,
        candidate: &mut CandidateConnection,
        credential: &ConnectionCredential,
        connector: Option<BoundConnector>,
    ) -> Result<Vec<Checked>, Error> {
        let checks = self
            .check(&candidate.connection, credential, connector)
            .await?;
        apply_checks(&mut candidate.connection, &checks);

        match first_failed_read(&checks) {
            Some((_, outcome)) if !candidate.keep_failing => Err(Error::ConnectionFailed {
                what: outcome.message.clone(),
                blame: outcome.blame,
                next: step_after_creation(outcome),
            }),
            _ => Ok(checks),
        }
    }

    fn require_free_name(&self, name: &ConnectionName) -> Result<(), Error> {
        match self.store.connection(name) {
            Ok(_) => Err(StoreError::AlreadyExists {
                what: "connection",
                name: name.to_string(),
            }
            .into()),
            Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Returns the next step after the checks of a new connection failed.
fn step_after_creation(outcome: &Outcome) -> Option<NextStep> {
    match outcome.class {
        // why: there may be no profile yet, and its settings were not wrong
        OutcomeClass::ConfigInvalid => Some(NextStep::CheckBaseUrl),
        _ => outcome.next_step.clone(),
    }
}

fn other_tenant(name: &ConnectionName, before: &str, now: &str) -> Error {
    Error::refused(
        format!("the new credential is for {now}, and connection {name} is for {before}"),
        NextStep::advice(format!(
            "sign in as a user of {before}, or connect {now} separately"
        ))
        .and(NextStep::CreateConnection { alias: None }),
    )
}
