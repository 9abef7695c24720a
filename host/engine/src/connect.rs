//! Connecting: a base URL and a credential are kept only when the application accepts them.

use crate::gate::Gate;
use crate::{Error, Purser, outcome};
use jiff::Timestamp;
use purser_egress::{Channel, Upstream, check_base_url};
use purser_model::{Action, Blame, Connection, ConnectionState, Name, Outcome, Settings, Template};
use purser_sandbox::{Capability, CheckReport};
use purser_vault::{Credential, Sealed, Secret};
use serde::Serialize;
use std::sync::Arc;

/// A named place for connections to one application.
#[derive(Debug, Clone, Serialize)]
pub struct AliasView {
    /// Its name.
    pub name: Name,
    /// The SaaS application.
    pub application: String,
}

/// A connection to be made.
#[derive(Debug, Clone)]
pub struct NewConnection {
    /// What people will call it.
    pub name: Name,
    /// The alias it belongs to.
    pub alias: Name,
    /// Where the application is.
    pub base_url: String,
    /// How requests are signed.
    pub template: Template,
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

impl Purser {
    /// Makes an alias for the application that a connector knows.
    ///
    /// # Errors
    /// When there is no such connector, or there is such an alias.
    pub fn create_alias(&self, name: &Name, connector: &str) -> Result<AliasView, Error> {
        let application = self.connector(connector)?.description.application;
        self.store.add_alias(name, &application, Timestamp::now())?;
        Ok(AliasView { name: name.clone(), application })
    }

    /// The aliases.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn aliases(&self) -> Result<Vec<AliasView>, Error> {
        Ok(self
            .store
            .aliases()?
            .into_iter()
            .map(|alias| AliasView { name: alias.name, application: alias.application })
            .collect())
    }

    /// Makes a connection: tries everything the connector can read, and whether it may reclaim, and keeps the connection if reading works. A
    /// credential that may not reclaim is kept, with what it lacks told.
    ///
    /// # Errors
    /// When something about it is malformed, or it does not work and `keep_failing` is not set. Nothing is kept then.
    pub async fn connect(&self, new: NewConnection, secret: Secret) -> Result<Connected, Error> {
        let base_url = check_base_url(&new.base_url, new.private_network)?;
        self.store.alias(&new.alias)?;
        let sealed = self.vault()?.seal(&sealing_context(&new.name), &secret)?;
        let credential = Credential::new(new.template.clone(), secret)?;
        let mut connection = Connection {
            name: new.name,
            alias: new.alias,
            base_url,
            template: new.template,
            private_network: new.private_network,
            state: ConnectionState::Untested,
            created_at: Timestamp::now(),
            last_success_at: None,
            attention: None,
        };
        let checks = self.try_out(&connection, credential).await?;
        judge(&mut connection, &checks);
        if let Some((_, outcome)) = first_failed_read(&checks)
            && !new.keep_failing
        {
            let Outcome { message, blame, next_step, .. } = outcome.clone();
            return Err(Error::ConnectionFailed { what: message, blame, next: next_step });
        }
        self.store.add_connection(&connection, sealed.as_bytes())?;
        Ok(Connected { connection, checks })
    }

    /// Tries a connection again, and records how it fares.
    ///
    /// # Errors
    /// When there is no such connection. That it does not work is no error: the checks say so.
    pub async fn test_connection(&self, name: &Name) -> Result<Connected, Error> {
        let mut connection = self.store.connection(name)?;
        let credential = self.credential(&connection)?;
        let checks = self.try_out(&connection, credential).await?;
        if !checks.is_empty() {
            judge(&mut connection, &checks);
            self.store.record_connection_state(
                name,
                connection.state,
                Timestamp::now(),
                connection.attention.as_deref(),
            )?;
        }
        Ok(Connected { connection, checks })
    }

    /// The connections.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn connections(&self) -> Result<Vec<Connection>, Error> {
        Ok(self.store.connections()?)
    }

    /// Forgets a connection: its credential, and what was read through it.
    ///
    /// # Errors
    /// When there is no such connection, or a run is using it.
    pub fn delete_connection(&self, name: &Name) -> Result<(), Error> {
        Ok(self.store.delete_connection(name)?)
    }

    /// Takes a connection's credential out of the vault.
    pub(crate) fn credential(&self, connection: &Connection) -> Result<Credential, Error> {
        let sealed = Sealed::from_bytes(self.store.sealed_credential(&connection.name)?);
        let secret = self.vault()?.unseal(&sealing_context(&connection.name), &sealed)?;
        Ok(Credential::new(connection.template.clone(), secret)?)
    }

    /// Tries each capability of the newest granted connector for the application, changing nothing.
    async fn try_out(&self, connection: &Connection, credential: Credential) -> Result<Vec<Checked>, Error> {
        let application = self.store.alias(&connection.alias)?.application;
        let newest = self.connectors()?.into_iter().filter(|known| known.description.application == application);
        let Some(known) = newest.filter(|known| known.grant.is_some()).max_by_key(|known| known.uploaded_at) else {
            return Ok(Vec::new());
        };
        let description = known.description;
        if !description.templates.iter().any(|template| template == connection.template.name()) {
            return Err(Error::refused(
                format!("connector {} does not work with template {}", description.name, connection.template.name()),
                format!("use one of: {}", description.templates.join(", ")),
            ));
        }
        let settings = description.complete(&Settings::new()).unwrap_or_default();
        let grant = Arc::new(known.grant.unwrap_or_default());
        let channel = self.channel(connection, credential, description.rate)?;
        let connector = self.compile(self.store.connector_bytes(&known.digest)?).await?;
        let reads = description.streams_in_order().into_iter().map(|stream| Action::Read(stream.name.clone()));
        let reclaims = description.reclaims.iter().map(|offer| Action::Reclaim(offer.mode));
        let mut checks = Vec::new();
        for action in reads.chain(reclaims) {
            let gate = Gate::new(&channel, Action::Check, &grant);
            let capability = match &action {
                Action::Reclaim(mode) => Capability::Reclaim(*mode),
                Action::Read(stream) => Capability::Read(stream.clone()),
                Action::Check => continue,
            };
            let result = connector.check(gate.call(&settings), capability).await;
            // Where reading does not work, there is no connection: what else would fail is not worth the wait.
            let hopeless = result.is_err() && matches!(action, Action::Read(_));
            checks.push(Checked { action, result: result.map_err(|error| outcome::of_call(&error)) });
            if hopeless {
                break;
            }
        }
        Ok(checks)
    }

    /// The way to a connection's application.
    pub(crate) fn channel(
        &self,
        connection: &Connection,
        credential: Credential,
        rate: Option<purser_model::RateHint>,
    ) -> Result<Channel, Error> {
        let base_url = connection.base_url.clone();
        let private_network = connection.private_network;
        Ok(self.egress()?.channel(Upstream { base_url, credential: Arc::new(credential), private_network, rate })?)
    }
}

/// A sealed credential opens for the connection it was sealed for and for no other, so swapping rows in the database gains nothing.
fn sealing_context(connection: &Name) -> String {
    format!("connection/{connection}")
}

fn first_failed_read(checks: &[Checked]) -> Option<(&Action, &Outcome)> {
    let failed = |checked: &'_ Checked| matches!(checked.action, Action::Read(_)) && checked.result.is_err();
    let checked = checks.iter().find(|checked| failed(checked))?;
    Some((&checked.action, checked.result.as_ref().err()?))
}

fn judge(connection: &mut Connection, checks: &[Checked]) {
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
