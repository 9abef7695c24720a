//! Integration profiles: which connector reads which connections, with which settings.

use crate::{Error, Purser};
use jiff::Timestamp;
use purser_model::{ConnectionState, Name, Profile, ProfileState, Settings};

/// A profile to be made.
#[derive(Debug, Clone)]
pub struct NewProfile {
    /// What people will call it; entitlements name the application by it.
    pub name: Name,
    /// What tables show; the application's name where absent.
    pub display_name: Option<String>,
    /// A connector by name or digest.
    pub connector: String,
    /// Where its connections are.
    pub alias: Name,
    /// Settings as typed, by name.
    pub settings: Vec<(String, String)>,
}

impl Purser {
    /// Makes a profile, as a draft.
    ///
    /// # Errors
    /// When there is no such connector or alias, when they are for different applications, when a setting does not fit, or when the name is
    /// taken.
    pub fn create_profile(&self, new: NewProfile) -> Result<Profile, Error> {
        let connector = self.connector(&new.connector)?;
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
            let field = description.settings.iter().find(|field| field.name.as_str() == name);
            let value = match field {
                Some(field) => field.parse(text).map_err(|what| self.setting_refused(what, &new.connector))?,
                None => purser_model::SettingValue::Text(text.clone()),
            };
            settings.insert(name.clone(), value);
        }
        description.complete(&settings).map_err(|what| self.setting_refused(what, &new.connector))?;
        let profile = Profile {
            name: new.name,
            display_name: new.display_name.unwrap_or_else(|| description.application.clone()),
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

    fn setting_refused(&self, what: String, connector: &str) -> Error {
        Error::refused(what, format!("`purser connector inspect {connector}` shows its settings"))
    }

    /// Puts a profile to use: from now on it takes part in reconciliation. The caller starts the first run.
    ///
    /// # Errors
    /// When its connector was granted nothing, or its alias has no connection that could be used.
    pub fn publish(&self, name: &Name) -> Result<Profile, Error> {
        let profile = self.store.profile(name)?;
        let connector = self.connector(&profile.digest.to_string())?;
        if connector.grant.is_none() {
            return Err(Error::refused(
                format!("connector {} was not granted anything", profile.connector),
                format!("`purser connector grant {}`", profile.connector),
            ));
        }
        if self.usable_connections(&profile)?.is_empty() {
            return Err(Error::refused(
                format!("alias {} has no connection that could be used", profile.alias),
                format!(
                    "`purser connection create NAME --alias {} …`, or `purser connection test NAME` for one that needs attention",
                    profile.alias
                ),
            ));
        }
        self.store.publish_profile(name, Timestamp::now())?;
        Ok(self.store.profile(name)?)
    }

    /// The connections of a profile's alias that a run may use.
    pub(crate) fn usable_connections(&self, profile: &Profile) -> Result<Vec<purser_model::Connection>, Error> {
        let usable = |state| matches!(state, ConnectionState::Active | ConnectionState::Untested);
        Ok(self
            .store
            .connections_of(&profile.alias)?
            .into_iter()
            .filter(|connection| usable(connection.state))
            .collect())
    }

    /// The profiles.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn profiles(&self) -> Result<Vec<Profile>, Error> {
        Ok(self.store.profiles()?)
    }

    /// One profile.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn profile(&self, name: &Name) -> Result<Profile, Error> {
        Ok(self.store.profile(name)?)
    }
}
