//! Integration profiles: which connector reads which connections, with which settings.

use crate::Error;
use crate::connector::Connectors;
use crate::home::Home;
use jiff::Timestamp;
use purser_model::{
    AliasName, Connection, ConnectionName, ConnectionState, Description, NextStep, Profile,
    ProfileName, ProfileState, SettingValue, Settings,
};
use purser_store::Store;
use serde::Serialize;
use std::sync::Arc;

/// Profile to create.
#[derive(Debug, Clone)]
pub struct NewProfile {
    /// Name. Entitlements name the application by it.
    pub name: ProfileName,
    /// Name that tables show; the application's name if absent.
    pub display_name: Option<String>,
    /// Connector, by name, version or digest.
    pub connector: String,
    /// Alias of its connections.
    pub alias: AliasName,
    /// Settings as typed: name and value.
    pub settings: Vec<(String, String)>,
}

/// Profile with its ability to run.
#[derive(Debug, Clone, Serialize)]
pub struct ProfileView {
    /// The profile.
    #[serde(flatten)]
    pub profile: Profile,
    /// Connections of its alias that need attention. Its runs skip them.
    pub needs_attention: Vec<ConnectionName>,
    /// True if none of its connections can be used.
    pub paused: bool,
}

/// Integration profiles.
pub struct Profiles {
    home: Arc<Home>,
    store: Arc<Store>,
    connectors: Arc<Connectors>,
}

impl Profiles {
    pub(crate) const fn new(
        home: Arc<Home>,
        store: Arc<Store>,
        connectors: Arc<Connectors>,
    ) -> Self {
        Self {
            home,
            store,
            connectors,
        }
    }

    /// Creates a profile as a draft.
    ///
    /// # Errors
    /// The connector or the alias does not exist, the two are for different applications, a setting
    /// is invalid, or the name is taken.
    pub fn create(&self, new: NewProfile) -> Result<Profile, Error> {
        let connector = self.connectors.find_usable(&new.connector)?;
        let description = &connector.description;
        let alias = self.store.alias(&new.alias)?;
        if alias.application != description.application {
            return Err(Error::refused(
                format!(
                    "alias {} is for {}, and connector {} is for {}",
                    alias.name, alias.application, description.name, description.application
                ),
                NextStep::advice("use an alias of the same application").and(NextStep::ListAliases),
            ));
        }

        let settings = parse_settings(description, &new.settings)
            .map_err(|what| invalid_setting(what, &new.connector))?;
        let profile = Profile {
            name: new.name,
            display_name: new
                .display_name
                .unwrap_or_else(|| description.application.clone()),
            connector: description.name.clone(),
            digest: connector.digest,
            alias: new.alias,
            settings,
            state: ProfileState::Draft,
            created_at: Timestamp::now(),
        };

        self.store.add_profile(&profile)?;
        Ok(profile)
    }

    /// Publishes a profile: it takes part in reconciliation from now on. The caller starts the
    /// first run.
    ///
    /// # Errors
    /// The connector has no grant, or the alias has no usable connection.
    pub fn publish(&self, name: &ProfileName) -> Result<Profile, Error> {
        let profile = self.store.profile(name)?;
        let connector = self.connectors.find(&profile.digest.to_string())?;
        if connector.grant.is_none() {
            return Err(Error::refused(
                format!("connector {} has no grant", profile.connector),
                NextStep::GrantConnector {
                    connector: Some(connector.reference()),
                    allow: None,
                },
            ));
        }
        self.connectors.usable_bytes(&connector)?;
        self.connections_to_use(&profile)?;

        self.store.publish_profile(name, Timestamp::now())?;
        Ok(self.store.profile(name)?)
    }

    /// Unpublishes a profile: it is a draft again and not reconciled. Its records are kept.
    pub fn unpublish(&self, name: &ProfileName) -> Result<Profile, Error> {
        Ok(self.store.unpublish_profile(name)?)
    }

    /// Deletes a profile and everything it read. The history of its runs is kept.
    ///
    /// # Errors
    /// The profile does not exist, is published, or has a run in progress.
    pub fn delete(&self, name: &ProfileName) -> Result<Profile, Error> {
        let _lock = self.home.lock_profile(name)?;
        Ok(self.store.delete_profile(name)?)
    }

    /// Returns the connections of a profile's alias that a run may use.
    ///
    /// # Errors
    /// There is none; the error says what the first one needs.
    pub(crate) fn connections_to_use(&self, profile: &Profile) -> Result<Vec<Connection>, Error> {
        let (usable, waiting): (Vec<_>, Vec<_>) = self
            .store
            .connections_of(&profile.alias)?
            .into_iter()
            .partition(is_usable);
        if !usable.is_empty() {
            return Ok(usable);
        }

        Err(match waiting.first() {
            None => no_connection(profile),
            Some(connection) => paused(profile, connection),
        })
    }

    /// Returns all profiles.
    pub fn list(&self) -> Result<Vec<ProfileView>, Error> {
        let profiles = self.store.profiles()?.into_iter();
        profiles.map(|profile| self.view(profile)).collect()
    }

    /// Returns one profile.
    pub fn find(&self, name: &ProfileName) -> Result<ProfileView, Error> {
        self.view(self.store.profile(name)?)
    }

    fn view(&self, profile: Profile) -> Result<ProfileView, Error> {
        let (usable, waiting): (Vec<_>, Vec<_>) = self
            .store
            .connections_of(&profile.alias)?
            .into_iter()
            .partition(is_usable);
        let needs_attention: Vec<_> = waiting
            .into_iter()
            .map(|connection| connection.name)
            .collect();

        Ok(ProfileView {
            profile,
            paused: usable.is_empty() && !needs_attention.is_empty(),
            needs_attention,
        })
    }
}

/// Parses settings as typed, and checks that they are complete.
fn parse_settings(
    description: &Description,
    typed: &[(String, String)],
) -> Result<Settings, String> {
    let mut settings = Settings::new();
    for (name, text) in typed {
        let field = description
            .settings
            .iter()
            .find(|field| field.name.as_str() == name);
        let value = match field {
            Some(field) => field.parse(text)?,
            // why: `complete` refuses unknown names below, and lists the known ones
            None => SettingValue::Text(text.clone()),
        };
        settings.insert(name.clone(), value);
    }

    description.complete(&settings)?;
    Ok(settings)
}

fn invalid_setting(what: String, connector: &str) -> Error {
    Error::refused(
        what,
        NextStep::InspectConnector {
            connector: connector.to_owned(),
        },
    )
}

fn no_connection(profile: &Profile) -> Error {
    let Profile { name, alias, .. } = profile;
    Error::refused(
        format!("profile {name} has no connection: alias {alias} is empty"),
        NextStep::CreateConnection {
            alias: Some(alias.clone()),
        },
    )
}

fn paused(profile: &Profile, waiting: &Connection) -> Error {
    let attention = waiting
        .attention
        .as_deref()
        .unwrap_or("the application refused its credential");

    Error::refused(
        format!(
            "profile {} is paused, because connection {} needs attention: {attention}",
            profile.name, waiting.name
        ),
        NextStep::AuthorizeConnection {
            connection: waiting.name.clone(),
        },
    )
}

fn is_usable(connection: &Connection) -> bool {
    matches!(
        connection.state,
        ConnectionState::Active | ConnectionState::Untested
    )
}
