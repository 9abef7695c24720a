//! The versions of a connector: the facts that a change of version is decided on, and the change.
//!
//! The store does not judge whether a version may be granted or a profile may run it. The caller
//! reads the [`VersionFacts`], decides, and hands in a [`VersionChange`] together with the facts.
//! The change is applied only while the facts still hold, so that no decision rests on old ones.

use crate::connectors::{self, StoredConnector};
use crate::convert::{Json, Millis, Text};
use crate::rows::GrantRow;
use crate::{Store, StoreError, aliases, connections, profiles, publishers};
use purser_model::{
    ConnectionName, ConnectorName, Digest, Grant, Profile, ProfileName, TemplateName, Timestamp,
};
use rusqlite::{Transaction, params};

/// Everything stored that a decision about the versions of a connector depends on, as of one
/// instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionFacts {
    /// The name of the connector.
    pub connector: ConnectorName,
    /// Its versions, the earliest upload first.
    pub versions: Vec<StoredConnector>,
    /// The profiles that run one of the versions, by name.
    pub profiles: Vec<ProfileFacts>,
    /// True if only signed connectors may be used.
    pub requires_signature: bool,
}

/// A profile, with the facts about its alias that decide whether a version fits it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileFacts {
    /// The profile.
    pub profile: Profile,
    /// The application of its alias.
    pub application: String,
    /// The connections of its alias, by name, each with its template.
    pub connections: Vec<(ConnectionName, TemplateName)>,
}

/// A change that was decided on the basis of [`VersionFacts`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VersionChange {
    /// The version to grant access to, and the grant; absent if grants stay as they are.
    pub grant: Option<(Digest, Grant)>,
    /// The profiles to move, each to the version that it runs from its next run on.
    pub moves: Vec<(ProfileName, Digest)>,
}

impl Store {
    /// Returns the facts about the versions of a connector; without versions, if there is none of
    /// this name.
    pub fn version_facts(&self, connector: &ConnectorName) -> Result<VersionFacts, StoreError> {
        self.read(|tx| facts(tx, connector))
    }

    /// Applies a change that was decided on the basis of `based_on`, as a whole or not at all.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the facts have changed since, or [`StoreError::NotFound`] if the
    /// change names an unknown version or profile.
    pub fn change_versions(
        &self,
        based_on: &VersionFacts,
        change: &VersionChange,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            if facts(tx, &based_on.connector)? != *based_on {
                return Err(StoreError::Conflict);
            }

            if let Some((digest, grant)) = &change.grant {
                put_grant(tx, digest, grant, at)?;
            }
            for (profile, digest) in &change.moves {
                profiles::set_version(tx, profile, digest)?;
            }
            Ok(())
        })
    }
}

fn facts(tx: &Transaction<'_>, connector: &ConnectorName) -> Result<VersionFacts, StoreError> {
    let condition = "connector = ?1 ORDER BY name";
    let profiles = profiles::find_where(tx, condition, [connector.as_str()])?;

    Ok(VersionFacts {
        connector: connector.clone(),
        versions: connectors::find_versions(tx, connector)?,
        profiles: profiles
            .into_iter()
            .map(|profile| profile_facts(tx, profile))
            .collect::<Result<_, _>>()?,
        requires_signature: publishers::requires_signature(tx)?,
    })
}

fn profile_facts(tx: &Transaction<'_>, profile: Profile) -> Result<ProfileFacts, StoreError> {
    let connections = connections::find_by_alias(tx, &profile.alias)?;

    Ok(ProfileFacts {
        application: aliases::find(tx, &profile.alias)?.application,
        connections: connections
            .into_iter()
            .map(|connection| (connection.name, connection.template))
            .collect(),
        profile,
    })
}

fn put_grant(
    tx: &Transaction<'_>,
    digest: &Digest,
    grant: &Grant,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE connector SET granted = ?2, granted_at = ?3 WHERE digest = ?1";
    let values = params![Text(digest), Json(GrantRow::from(grant)), Millis(at)];

    match tx.execute(sql, values)? {
        0 => Err(StoreError::not_found("connector", digest)),
        _ => Ok(()),
    }
}
