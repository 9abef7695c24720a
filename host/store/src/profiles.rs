//! Integration profiles.

use crate::convert::{Json, Millis, Text, Word};
use crate::lifecycle::refuse;
use crate::runs::end_parked;
use crate::{Store, StoreError, aliases};
use purser_model::{Digest, Profile, ProfileName, ProfileState, Timestamp};
use rusqlite::{OptionalExtension, Params, Row, Transaction, params};

const SELECT: &str =
    "SELECT name, display_name, connector, digest, alias, settings, state, created_at FROM profile";

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
    let found = tx
        .query_row(
            &format!("{SELECT} WHERE name = ?1"),
            [name.as_str()],
            profile,
        )
        .optional()?;
    found.ok_or_else(|| StoreError::not_found("profile", name))
}

/// The profiles that meet a condition, within a transaction.
pub(crate) fn all(
    tx: &Transaction<'_>,
    condition: &str,
    values: impl Params,
) -> Result<Vec<Profile>, StoreError> {
    let mut statement = tx.prepare(&format!("{SELECT} WHERE {condition}"))?;
    Ok(statement
        .query_map(values, profile)?
        .collect::<Result<_, _>>()?)
}

fn require_connector(tx: &Transaction<'_>, digest: &Digest) -> Result<(), StoreError> {
    let found = tx
        .query_row(
            "SELECT 1 FROM connector WHERE digest = ?1",
            [Text(digest)],
            |_| Ok(()),
        )
        .optional()?;
    found.ok_or_else(|| StoreError::not_found("connector", digest))
}

impl Store {
    /// Keeps a profile.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`], [`StoreError::NotFound`] for its connector or alias, or the store cannot be written.
    pub fn add_profile(&self, new: &Profile) -> Result<(), StoreError> {
        let added = self.write(|tx| {
            aliases::find(tx, &new.alias)?;
            require_connector(tx, &new.digest)?;
            let sql = "INSERT INTO profile (name, display_name, connector, digest, alias, settings, state, created_at)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (name) DO NOTHING";
            Ok(tx.execute(
                sql,
                params![
                    new.name.as_str(),
                    new.display_name,
                    new.connector.as_str(),
                    Text(new.digest),
                    new.alias.as_str(),
                    Json(&new.settings),
                    Word(new.state),
                    Millis(new.created_at),
                ],
            )?)
        })?;
        if added == 0 {
            Err(StoreError::already_exists("profile", &new.name))
        } else {
            Ok(())
        }
    }

    /// The profile of this name.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the store cannot be read.
    pub fn profile(&self, name: &ProfileName) -> Result<Profile, StoreError> {
        self.read(|tx| find(tx, name))
    }

    /// Every profile, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn profiles(&self) -> Result<Vec<Profile>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare(&format!("{SELECT} ORDER BY name"))?;
            Ok(statement
                .query_map((), profile)?
                .collect::<Result<_, _>>()?)
        })
    }

    /// Marks a profile as published; published again, the first time counts.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the store cannot be written.
    pub fn publish_profile(&self, name: &ProfileName, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE profile SET state = ?2, published_at = coalesce(published_at, ?3) WHERE name = ?1";
        match self.write(|tx| {
            Ok(tx.execute(
                sql,
                params![name.as_str(), Word(ProfileState::Published), Millis(at)],
            )?)
        })? {
            0 => Err(StoreError::not_found("profile", name)),
            _ => Ok(()),
        }
    }

    /// Makes a profile a draft again. What it read stays.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the store cannot be written.
    pub fn unpublish_profile(&self, name: &ProfileName) -> Result<Profile, StoreError> {
        self.write(|tx| {
            let sql = "UPDATE profile SET state = ?2 WHERE name = ?1";
            tx.execute(sql, params![name.as_str(), Word(ProfileState::Draft)])?;
            find(tx, name)
        })
    }

    /// Forgets a profile and all it read. The history of its runs stays.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Refused`] while it is published; or the store cannot be written.
    pub fn delete_profile(&self, name: &ProfileName) -> Result<Profile, StoreError> {
        self.write(|tx| {
            let known = find(tx, name)?;
            if known.state == ProfileState::Published {
                return refuse(
                    format!("profile {name} is published"),
                    format!("`purser profile unpublish {name}` takes it out of use first"),
                );
            }
            end_parked(tx, Some(name), None)?;
            tx.execute("DELETE FROM source WHERE profile = ?1", [name.as_str()])?;
            tx.execute("DELETE FROM profile WHERE name = ?1", [name.as_str()])?;
            Ok(known)
        })
    }

    /// Makes a profile run other bytes from its next run on.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the profile or the connector, or the store cannot be written.
    pub fn set_profile_digest(
        &self,
        name: &ProfileName,
        digest: &Digest,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            find(tx, name)?;
            require_connector(tx, digest)?;
            let sql = "UPDATE profile SET digest = ?2 WHERE name = ?1";
            tx.execute(sql, params![name.as_str(), Text(digest)])?;
            Ok(())
        })
    }
}
