//! Connector that a connection is checked with: the one that its credential was given for. Another
//! connector for the same application must not use that credential.

use super::service::Connections;
use crate::Error;
use crate::connector::ConnectorView;
use purser_model::{AliasName, ConnectorName, NextStep, Profile, ProfileState, Settings};
use purser_store::Alias;
use std::collections::BTreeSet;

/// Connector with the settings that it is checked with.
pub(super) struct BoundConnector {
    pub(super) view: ConnectorView,
    /// Settings of the profile that runs it; empty if there is no profile yet.
    pub(super) settings: Settings,
}

impl BoundConnector {
    const fn without_profile(view: ConnectorView) -> Self {
        Self {
            view,
            settings: Settings::new(),
        }
    }
}

impl Connections {
    /// Returns the connector for the connections of an alias: the one `named`, else that of its
    /// profile, else the newest usable version of the one that the alias was created for.
    ///
    /// `None` if that connector has no grant yet or is disabled.
    ///
    /// # Errors
    /// The named connector does not exist, has no grant, or is for another application; or more
    /// than one connector could be meant.
    pub(super) fn bound_connector(
        &self,
        alias: &AliasName,
        named: Option<&str>,
    ) -> Result<Option<BoundConnector>, Error> {
        let alias = self.store.alias(alias)?;
        if let Some(reference) = named {
            let view = self.named_connector(&alias, reference)?;
            return Ok(Some(BoundConnector::without_profile(view)));
        }

        let of_alias: Vec<_> = self
            .store
            .profiles()?
            .into_iter()
            .filter(|profile| profile.alias == alias.name)
            .collect();
        if let Some(profile) = deciding_profile(&alias, of_alias)? {
            let view = self.connectors.find(&profile.digest.to_string())?;
            return Ok(is_usable(&view).then_some(BoundConnector {
                view,
                settings: profile.settings,
            }));
        }

        let usable: Vec<_> = self
            .connectors
            .list()?
            .into_iter()
            .filter(|known| known.description.application == alias.application)
            .filter(is_usable)
            .collect();
        let name = match &alias.connector {
            Some(name) => Some(name.clone()),
            // why: an alias of an earlier version of Purser does not know its connector
            None => only_name(&alias, usable.iter().map(|known| &known.description.name))?,
        };

        let newest = usable
            .into_iter()
            .filter(|known| Some(&known.description.name) == name.as_ref())
            .max_by_key(|known| known.uploaded_at);
        Ok(newest.map(BoundConnector::without_profile))
    }

    fn named_connector(&self, alias: &Alias, reference: &str) -> Result<ConnectorView, Error> {
        let view = self.connectors.find_usable(reference)?;
        let description = &view.description;

        if description.application != alias.application {
            return Err(Error::refused(
                format!(
                    "alias {} is for {}, and connector {} is for {}",
                    alias.name, alias.application, description.name, description.application
                ),
                NextStep::advice("use an alias of the same application").and(NextStep::ListAliases),
            ));
        }
        if view.grant.is_none() {
            return Err(Error::refused(
                format!("connector {} has no grant", description.name),
                NextStep::GrantConnector {
                    connector: Some(view.reference()),
                    allow: None,
                },
            ));
        }
        Ok(view)
    }
}

/// Returns the profile whose connector decides, if the alias has one: of the connector that the
/// alias was created for rather than of another, and a published one rather than a draft.
fn deciding_profile(alias: &Alias, profiles: Vec<Profile>) -> Result<Option<Profile>, Error> {
    let of_own_connector = |profile: &Profile| alias.connector.as_ref() == Some(&profile.connector);
    let has_own = profiles.iter().any(of_own_connector);
    let considered: Vec<_> = profiles
        .into_iter()
        .filter(|profile| !has_own || of_own_connector(profile))
        .collect();

    only_name(alias, considered.iter().map(|profile| &profile.connector))?;
    Ok(considered
        .into_iter()
        .max_by_key(|profile| (profile.state == ProfileState::Published, profile.created_at)))
}

/// Returns the name that all of `names` have; `None` if there are none.
fn only_name<'a>(
    alias: &Alias,
    names: impl Iterator<Item = &'a ConnectorName>,
) -> Result<Option<ConnectorName>, Error> {
    let distinct: BTreeSet<_> = names.collect();
    if distinct.len() <= 1 {
        return Ok(distinct.into_iter().next().cloned());
    }

    let list: Vec<_> = distinct.iter().map(|name| name.as_str()).collect();
    Err(Error::refused(
        format!(
            "alias {} could mean more than one connector: {}",
            alias.name,
            list.join(", ")
        ),
        NextStep::ChooseConnector,
    ))
}

fn is_usable(known: &ConnectorView) -> bool {
    known.grant.is_some() && known.disabled_at.is_none()
}
