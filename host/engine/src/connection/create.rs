//! Connecting: a base URL and a credential are kept only when the application accepts them. Until then nothing is stored, so whatever cuts
//! it off leaves nothing behind.

use super::credential::{Secrets, Signer};
use super::{Connections, SignIn};
use crate::call::CallContext;
use crate::connector::ConnectorView;
use crate::{Error, outcome};
use jiff::Timestamp;
use purser_egress::check_base_url;
use purser_model::{
    Action, AliasName, Blame, Connection, ConnectionName, ConnectionState, FieldName, Outcome,
    Settings, TemplateName,
};
use purser_sandbox::{Capability, CheckReport};
use purser_store::StoreError;
use purser_vault::{FilledTemplate, Template};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A connection to be made.
#[derive(Debug, Clone)]
pub struct NewConnection {
    /// What people will call it.
    pub name: ConnectionName,
    /// The alias it belongs to.
    pub alias: AliasName,
    /// Where the application is.
    pub base_url: String,
    /// The configuration template that says how requests are signed.
    pub template: TemplateName,
    /// What its fields are filled in with, but for those that are secret.
    pub fields: BTreeMap<FieldName, String>,
    /// Whether it may reach loopback and private addresses.
    pub private_network: bool,
    /// Whether it is kept although it does not work.
    pub keep_failing: bool,
}

/// What trying one capability came to.
#[derive(Debug, Clone, Serialize)]
pub struct Checked {
    /// The capability.
    pub action: Action,
    /// What was found, or why it does not work.
    #[serde(flatten, with = "Told")]
    pub result: CheckResult,
}

/// A check's report or failure.
type CheckResult = Result<CheckReport, Outcome>;

/// How a result is told in JSON: `report` or `failure`.
#[derive(Serialize)]
#[serde(remote = "Result")]
enum Told<T, E> {
    #[serde(rename = "report")]
    Ok(T),
    #[serde(rename = "failure")]
    Err(E),
}

/// A connection and what trying it came to.
#[derive(Debug, Clone, Serialize)]
pub struct Connected {
    /// As it was kept.
    pub connection: Connection,
    /// Each capability that was tried. Empty when no granted connector knows the application.
    pub checks: Vec<Checked>,
}

impl Connections {
    /// Makes a connection: gets a token where the template needs one, tries everything the connector can read, and whether it may reclaim,
    /// and keeps the connection if reading works. A credential that may not reclaim is kept, with what it lacks told.
    ///
    /// # Errors
    /// When something about it is malformed, nobody consents, or it does not work and `keep_failing` is not set. Nothing is kept then, and a
    /// token that was given out is given back.
    pub async fn create(
        &self,
        new: NewConnection,
        secrets: Secrets,
        sign_in: &dyn SignIn,
    ) -> Result<Connected, Error> {
        let template = self.templates.find(&new.template)?;
        let filled = FilledTemplate::new(&template, new.fields, secrets, new.private_network)?;
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
        // What can be refused is refused before somebody is sent to sign in.
        let connector = self.connector_for(&connection, &template)?;
        if self.is_taken(&connection.name)? {
            return Err(StoreError::AlreadyExists {
                what: "connection",
                name: connection.name.to_string(),
            }
            .into());
        }
        self.keys.vault()?;
        let signer = self
            .first_credential(filled, connection.private_network, sign_in)
            .await?;
        let trial = Trial {
            connection,
            keep_failing: new.keep_failing,
        };
        let kept = self.keep_if_good(trial, &signer, connector).await;
        if kept.is_err() {
            signer.give_back().await;
        }
        kept
    }

    /// Gives a connection another credential, and changes fields of its template: asks a person to sign in again, or takes new secrets. What
    /// is not given stays as it is. The old credential is kept until the new one is seen to work.
    ///
    /// # Errors
    /// As [`Purser::connect`]; also when the new credential is for another tenant. The old credential is as it was then.
    pub async fn authorize(
        &self,
        name: &ConnectionName,
        fields: BTreeMap<FieldName, String>,
        secrets: Option<Secrets>,
        sign_in: &dyn SignIn,
    ) -> Result<Connected, Error> {
        let mut connection = self.store.connection(name)?;
        let template = self.templates.find(&connection.template)?;
        connection.fields.extend(fields);
        let private_network = connection.private_network;
        let filled = match secrets {
            Some(secrets) => FilledTemplate::new(
                &template,
                connection.fields.clone(),
                secrets,
                private_network,
            )?,
            None => {
                let stored = self.keys.open_secrets(name)?;
                FilledTemplate::open(
                    &template,
                    connection.fields.clone(),
                    &stored,
                    private_network,
                )?
            }
        };
        connection.fields = filled.plain().clone();
        let connector = self.connector_for(&connection, &template)?;
        let signer = self
            .first_credential(filled, private_network, sign_in)
            .await?;
        let before = connection.tenant.take();
        let mut trial = Trial {
            connection,
            keep_failing: false,
        };
        let checks = self.prove(&mut trial, &signer, connector).await?;
        if let (Some(before), Some(now)) = (&before, &trial.connection.tenant)
            && before != now
        {
            return Err(Error::refused(
                format!("the new credential is for {now}, and connection {name} is for {before}"),
                "sign in as somebody there; for another tenant make another connection with `purser connection create`",
            ));
        }
        trial.connection.tenant = trial.connection.tenant.or(before);
        let sealed = self.seal_up(&trial.connection, &signer).await?;
        self.store
            .replace_credential(&trial.connection, sealed.to_store())?;
        Ok(Connected {
            connection: self.store.connection(name)?,
            checks,
        })
    }

    async fn keep_if_good(
        &self,
        mut trial: Trial,
        signer: &Signer,
        connector: Option<ConnectorView>,
    ) -> Result<Connected, Error> {
        let checks = self.prove(&mut trial, signer, connector).await?;
        let sealed = self.seal_up(&trial.connection, signer).await?;
        self.store
            .add_connection(&trial.connection, sealed.to_store())?;
        Ok(Connected {
            connection: self.store.connection(&trial.connection.name)?,
            checks,
        })
    }

    /// Tries a connection out, and says what it is found to be. That it does not work is an error, unless failing ones are kept.
    async fn prove(
        &self,
        trial: &mut Trial,
        signer: &Signer,
        connector: Option<ConnectorView>,
    ) -> Result<Vec<Checked>, Error> {
        let checks = self.try_out(&trial.connection, signer, connector).await?;
        judge(&mut trial.connection, &checks);
        match first_failed_read(&checks) {
            Some((_, outcome)) if !trial.keep_failing => {
                let Outcome {
                    message,
                    blame,
                    next_step,
                    ..
                } = outcome.clone();
                Err(Error::ConnectionFailed {
                    what: message,
                    blame,
                    next: next_step,
                })
            }
            _ => Ok(checks),
        }
    }

    fn is_taken(&self, name: &ConnectionName) -> Result<bool, Error> {
        match self.store.connection(name) {
            Ok(_) => Ok(true),
            Err(StoreError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The newest granted connector for a connection's application, if there is one. It must know how to work with the template, and the
    /// template with the application's host.
    pub(crate) fn connector_for(
        &self,
        connection: &Connection,
        template: &Template,
    ) -> Result<Option<ConnectorView>, Error> {
        let host = connection.base_url.host_str().unwrap_or_default();
        if !template.may_sign_for(host) {
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
        let application = self.store.alias(&connection.alias)?.application;
        let known = self
            .connectors
            .list()?
            .into_iter()
            .filter(|known| known.description.application == application);
        let usable = |known: &ConnectorView| known.grant.is_some() && known.disabled_at.is_none();
        let newest = known.filter(usable).max_by_key(|known| known.uploaded_at);
        if let Some(ConnectorView { description, .. }) = &newest
            && !template.serves(&description.templates)
        {
            return Err(Error::refused(
                format!(
                    "connector {} does not work with template {}",
                    description.name,
                    template.name()
                ),
                format!(
                    "use one of: {}; or one that is like it",
                    description.templates.join(", ")
                ),
            ));
        }
        Ok(newest)
    }

    /// Tries each capability of a connector, changing nothing.
    pub(crate) async fn try_out(
        &self,
        connection: &Connection,
        signer: &Signer,
        connector: Option<ConnectorView>,
    ) -> Result<Vec<Checked>, Error> {
        let Some(known) = connector else {
            return Ok(Vec::new());
        };
        let description = &known.description;
        let settings = description.complete(&Settings::new()).unwrap_or_default();
        let grant = Arc::new(known.grant.clone().unwrap_or_default());
        let channel = self.client(connection, signer, description)?;
        let connector = self.connectors.load(&known).await?;
        let reads = description
            .streams_in_order()
            .into_iter()
            .map(|stream| Action::Read(stream.name.clone()));
        let reclaims = description
            .reclaims
            .iter()
            .map(|offer| Action::Reclaim(offer.mode));
        let mut checks = Vec::new();
        for action in reads.chain(reclaims) {
            let context = CallContext::new(&channel, Action::Check, &grant);
            let capability = match &action {
                Action::Reclaim(mode) => Capability::Reclaim(*mode),
                Action::Read(stream) => Capability::Read(stream.clone()),
                Action::Check => continue,
            };
            let result = connector.check(context.call(&settings), capability).await;
            let result = result.map_err(|error| {
                signer
                    .trouble()
                    .unwrap_or_else(|| outcome::from_call(&error))
            });
            // Where reading does not work, there is no connection: what else would fail is not worth the wait.
            let hopeless = result.is_err() && matches!(action, Action::Read(_));
            checks.push(Checked { action, result });
            if hopeless {
                break;
            }
        }
        Ok(checks)
    }
}

/// A connection that may be kept.
struct Trial {
    connection: Connection,
    keep_failing: bool,
}

fn first_failed_read(checks: &[Checked]) -> Option<(&Action, &Outcome)> {
    let failed =
        |checked: &'_ Checked| matches!(checked.action, Action::Read(_)) && checked.result.is_err();
    let checked = checks.iter().find(|checked| failed(checked))?;
    Some((&checked.action, checked.result.as_ref().err()?))
}

/// What checks say of a connection: its state, and whom and what it reached.
pub(crate) fn judge(connection: &mut Connection, checks: &[Checked]) {
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
        Some((action, outcome)) if outcome.blame == Blame::Operator => {
            connection.state = ConnectionState::NeedsAttention;
            connection.attention = Some(format!("{action}: {}", outcome.message));
        }
        // The application or the network may be down for the moment: that says nothing about the connection.
        Some(_) => {}
    }
}
