//! Integration profiles: which connector reads which connections, with which settings.

use crate::Error;
use crate::connector::{ConnectorView, Connectors};
use crate::home::Home;
use jiff::Timestamp;
use purser_model::{
    AliasName, Connection, ConnectionName, ConnectionState, Profile, ProfileName, ProfileState,
    Settings,
};
use purser_store::Store;
use serde::Serialize;
use std::sync::Arc;

/// A profile to be made.
#[derive(Debug, Clone)]
pub struct NewProfile {
    /// What people will call it; entitlements name the application by it.
    pub name: ProfileName,
    /// What tables show; the application's name where absent.
    pub display_name: Option<String>,
    /// A connector by name or digest.
    pub connector: String,
    /// Where its connections are.
    pub alias: AliasName,
    /// Settings as typed, by name.
    pub settings: Vec<(String, String)>,
}

/// A profile, and whether it can run.
#[derive(Debug, Clone, Serialize)]
pub struct ProfileView {
    /// The profile.
    #[serde(flatten)]
    pub profile: Profile,
    /// Connections of its alias that need attention: they are left out of its runs.
    pub needs_attention: Vec<ConnectionName>,
    /// Whether it is paused, because none of its connections can be used.
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

    /// Makes a profile, as a draft.
    ///
    /// # Errors
    /// When there is no such connector or alias, when they are for different applications, when a setting does not fit, or when the name is
    /// taken.
    pub fn create(&self, new: NewProfile) -> Result<Profile, Error> {
        let connector = self.connector_to_use(&new.connector)?;
        let description = &connector.description;
        let alias = self.store.alias(&new.alias)?;
        if alias.application != description.application {
            return Err(Error::refused(
                format!(
                    "alias {} is for {}, and connector {} is for {}",
                    alias.name, alias.application, description.name, description.application
                ),
                "use an alias of the same application; `purser alias list` shows them",
            ));
        }
        let mut settings = Settings::new();
        for (name, text) in &new.settings {
            // An unknown name is kept here and refused by `complete`, which lists those that exist.
            let field = description
                .settings
                .iter()
                .find(|field| field.name.as_str() == name);
            let value = match field {
                Some(field) => field
                    .parse(text)
                    .map_err(|what| self.setting_refused(what, &new.connector))?,
                None => purser_model::SettingValue::Text(text.clone()),
            };
            settings.insert(name.clone(), value);
        }
        description
            .complete(&settings)
            .map_err(|what| self.setting_refused(what, &new.connector))?;
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

    /// The connector that a new profile runs: where a name is given, the latest version that was granted something and is not disabled.
    fn connector_to_use(&self, reference: &str) -> Result<ConnectorView, Error> {
        let latest = self.connectors.find(reference)?;
        if latest.description.name.as_str() == reference
            && (latest.grant.is_none() || latest.disabled_at.is_some())
        {
            let usable = |known: &ConnectorView| {
                known.description.name.as_str() == reference
                    && known.grant.is_some()
                    && known.disabled_at.is_none()
            };
            if let Some(granted) = self.connectors.list()?.into_iter().find(usable) {
                return Ok(granted);
            }
        }
        self.connectors.usable_bytes(&latest)?;
        Ok(latest)
    }

    fn setting_refused(&self, what: String, connector: &str) -> Error {
        Error::refused(
            what,
            format!("`purser connector inspect {connector}` shows its settings"),
        )
    }

    /// Puts a profile to use: from now on it takes part in reconciliation. The caller starts the first run.
    ///
    /// # Errors
    /// When its connector was granted nothing, or its alias has no connection that could be used.
    pub fn publish(&self, name: &ProfileName) -> Result<Profile, Error> {
        let profile = self.store.profile(name)?;
        let connector = self.connectors.find(&profile.digest.to_string())?;
        if connector.grant.is_none() {
            return Err(Error::refused(
                format!("connector {} was not granted anything", profile.connector),
                format!("`purser connector grant {}`", profile.connector),
            ));
        }
        self.connectors.usable_bytes(&connector)?;
        self.connections_to_use(&profile)?;
        self.store.publish_profile(name, Timestamp::now())?;
        Ok(self.store.profile(name)?)
    }

    /// Takes a profile out of use: it is a draft again, and not reconciled. What it read stays.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn unpublish(&self, name: &ProfileName) -> Result<Profile, Error> {
        Ok(self.store.unpublish_profile(name)?)
    }

    /// Forgets a profile and all it read; the history of its runs stays.
    ///
    /// # Errors
    /// When there is none of that name, it is published, or a run of it is under way.
    pub fn delete(&self, name: &ProfileName) -> Result<Profile, Error> {
        let _running = self.home.lock_profile(name)?;
        Ok(self.store.delete_profile(name)?)
    }

    /// The connections of a profile's alias that a run may use.
    ///
    /// # Errors
    /// When there is none, with what each of those there are waits for.
    pub(crate) fn connections_to_use(&self, profile: &Profile) -> Result<Vec<Connection>, Error> {
        let (usable, waiting): (Vec<_>, Vec<_>) = self
            .store
            .connections_of(&profile.alias)?
            .into_iter()
            .partition(is_usable);
        if !usable.is_empty() {
            return Ok(usable);
        }
        let Profile { name, alias, .. } = profile;
        match waiting.first() {
            None => Err(Error::refused(
                format!("profile {name} has no connection: alias {alias} is empty"),
                format!("`purser connection create NAME --alias {alias} …` makes one"),
            )),
            Some(Connection {
                name: waiting,
                attention,
                ..
            }) => Err(Error::refused(
                format!(
                    "profile {name} is paused, because connection {waiting} needs attention: {}",
                    attention
                        .as_deref()
                        .unwrap_or("the application refused its credential")
                ),
                format!("`purser connection authorize {waiting}` gives it a credential that works"),
            )),
        }
    }

    /// The profiles, and whether they can run.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn list(&self) -> Result<Vec<ProfileView>, Error> {
        self.store
            .profiles()?
            .into_iter()
            .map(|profile| self.profile_view(profile))
            .collect()
    }

    /// One profile, and whether it can run.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn find(&self, name: &ProfileName) -> Result<ProfileView, Error> {
        self.profile_view(self.store.profile(name)?)
    }

    fn profile_view(&self, profile: Profile) -> Result<ProfileView, Error> {
        let (usable, waiting): (Vec<_>, Vec<_>) = self
            .store
            .connections_of(&profile.alias)?
            .into_iter()
            .partition(is_usable);
        let needs_attention: Vec<_> = waiting
            .into_iter()
            .map(|connection| connection.name)
            .collect();
        let paused = usable.is_empty() && !needs_attention.is_empty();
        Ok(ProfileView {
            profile,
            needs_attention,
            paused,
        })
    }
}

fn is_usable(connection: &Connection) -> bool {
    matches!(
        connection.state,
        ConnectionState::Active | ConnectionState::Untested
    )
}
