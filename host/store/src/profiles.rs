//! Integration profiles.

use crate::convert::{Json, Millis, Text, Word};
use crate::open_runs::{RunsOf, end_parked};
use crate::{Store, StoreError, aliases};
use purser_model::{Digest, Profile, ProfileName, ProfileState, Timestamp};
use rusqlite::{OptionalExtension, Params, Row, Transaction, params};

const SELECT: &str = "
    SELECT name, display_name, connector, digest, alias, settings, state, created_at FROM profile";

fn profile(row: &Row<'_>) -> rusqlite::Result<Profile> {
    Ok(Profile {
        name: row.get::<_, Text<_>>("name")?.0,
        display_name: row.get("display_name")?,
        connector: row.get::<_, Text<_>>("connector")?.0,
        digest: row.get::<_, Text<_>>("digest")?.0,
        alias: row.get::<_, Text<_>>("alias")?.0,
        settings: row.get::<_, Json<_>>("settings")?.0,
        state: row.get::<_, Word<_>>("state")?.0,
        created_at: row.get::<_, Millis>("created_at")?.0,
    })
}

/// Finds a profile within a transaction.
pub(crate) fn find(tx: &Transaction<'_>, name: &ProfileName) -> Result<Profile, StoreError> {
    let sql = format!("{SELECT} WHERE name = ?1");
    let found = tx.query_row(&sql, [name.as_str()], profile).optional()?;

    found.ok_or_else(|| StoreError::not_found("profile", name))
}

/// Finds the profiles that meet a condition, within a transaction.
pub(crate) fn find_where(
    tx: &Transaction<'_>,
    condition: &str,
    values: impl Params,
) -> Result<Vec<Profile>, StoreError> {
    let mut statement = tx.prepare(&format!("{SELECT} WHERE {condition}"))?;
    let rows = statement.query_map(values, profile)?;

    Ok(rows.collect::<Result<_, _>>()?)
}

/// Makes a profile run other bytes from its next run on.
pub(crate) fn set_version(
    tx: &Transaction<'_>,
    name: &ProfileName,
    digest: &Digest,
) -> Result<(), StoreError> {
    require_connector(tx, digest)?;

    let sql = "UPDATE profile SET digest = ?2 WHERE name = ?1";
    match tx.execute(sql, params![name.as_str(), Text(digest)])? {
        0 => Err(StoreError::not_found("profile", name)),
        _ => Ok(()),
    }
}

fn require_connector(tx: &Transaction<'_>, digest: &Digest) -> Result<(), StoreError> {
    let mut statement = tx.prepare("SELECT 1 FROM connector WHERE digest = ?1")?;

    if statement.exists([Text(digest)])? {
        Ok(())
    } else {
        Err(StoreError::not_found("connector", digest))
    }
}

impl Store {
    /// Adds a profile.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`], or [`StoreError::NotFound`] for its connector or alias.
    pub fn add_profile(&self, new: &Profile) -> Result<(), StoreError> {
        let added = self.write(|tx| {
            aliases::find(tx, &new.alias)?;
            require_connector(tx, &new.digest)?;

            let sql = "
                INSERT INTO profile (
                    name, display_name, connector, digest, alias, settings, state, created_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (name) DO NOTHING";
            let values = params![
                new.name.as_str(),
                new.display_name,
                new.connector.as_str(),
                Text(new.digest),
                new.alias.as_str(),
                Json(&new.settings),
                Word(new.state),
                Millis(new.created_at),
            ];
            Ok(tx.execute(sql, values)?)
        })?;

        match added {
            0 => Err(StoreError::already_exists("profile", &new.name)),
            _ => Ok(()),
        }
    }

    /// Returns the profile of this name.
    pub fn profile(&self, name: &ProfileName) -> Result<Profile, StoreError> {
        self.read(|tx| find(tx, name))
    }

    /// Returns every profile, by name.
    pub fn profiles(&self) -> Result<Vec<Profile>, StoreError> {
        self.read(|tx| find_where(tx, "true ORDER BY name", ()))
    }

    /// Marks a profile as published. If it is published again, the first instant stays.
    pub fn publish_profile(&self, name: &ProfileName, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE profile SET state = ?2, published_at = coalesce(published_at, ?3)
                   WHERE name = ?1";
        let values = params![name.as_str(), Word(ProfileState::Published), Millis(at)];

        match self.write(|tx| Ok(tx.execute(sql, values)?))? {
            0 => Err(StoreError::not_found("profile", name)),
            _ => Ok(()),
        }
    }

    /// Makes a profile a draft again. The records that it read stay.
    pub fn unpublish_profile(&self, name: &ProfileName) -> Result<Profile, StoreError> {
        self.write(|tx| {
            let sql = "UPDATE profile SET state = ?2 WHERE name = ?1";
            tx.execute(sql, params![name.as_str(), Word(ProfileState::Draft)])?;
            find(tx, name)
        })
    }

    /// Deletes a profile and all records that it read. The history of its runs stays.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or [`StoreError::Published`].
    pub fn delete_profile(&self, name: &ProfileName) -> Result<Profile, StoreError> {
        self.write(|tx| {
            let known = find(tx, name)?;
            if known.state == ProfileState::Published {
                return Err(StoreError::Published(name.clone()));
            }

            let runs = RunsOf {
                profile: Some(name),
                connection: None,
            };
            let why = "its profile or connection was deleted while it was parked";
            end_parked(tx, runs, why, None)?;

            tx.execute("DELETE FROM source WHERE profile = ?1", [name.as_str()])?;
            tx.execute("DELETE FROM profile WHERE name = ?1", [name.as_str()])?;
            Ok(known)
        })
    }
}
