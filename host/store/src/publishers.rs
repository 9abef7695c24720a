//! Publishers that the operator trusts, the signatures found under connectors, and whether every connector needs one. What a signature is,
//! and whether it holds, is the engine's business.

use crate::convert::{Millis, Text};
use crate::{Store, StoreError};
use purser_model::{Digest, NextStep, PublisherName, Timestamp};
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// A publisher whose signatures count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publisher {
    /// What the operator calls it.
    pub name: PublisherName,
    /// Its public key, in the writing of its format.
    pub key: String,
    /// Since when it is trusted.
    pub trusted_at: Timestamp,
}

fn publisher(row: &Row<'_>) -> rusqlite::Result<Publisher> {
    Ok(Publisher {
        name: row.get::<_, Text<_>>("name")?.0,
        key: row.get("key")?,
        trusted_at: row.get::<_, Millis>("trusted_at")?.0,
    })
}

pub(crate) fn requires_signature(tx: &Transaction<'_>) -> Result<bool, StoreError> {
    Ok(tx.query_row("SELECT require_signature FROM policy", (), |row| row.get(0))?)
}

impl Store {
    /// Trusts a publisher from now on.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] where the name is taken; [`StoreError::Refused`] where the key is trusted under another; or the store
    /// cannot be written.
    pub fn add_publisher(&self, new: &Publisher) -> Result<(), StoreError> {
        let Publisher {
            name,
            key,
            trusted_at,
        } = new;
        self.write(|tx| {
            let sql = "SELECT name FROM publisher WHERE key = ?1 AND name <> ?2";
            let other = tx.query_row(sql, params![key, name.as_str()], |row| row.get::<_, Text<PublisherName>>(0)).optional()?;
            if let Some(Text(other)) = other {
                return Err(StoreError::Refused {
                    what: format!("this key is trusted already, as {other}'s"),
                    next: NextStep::advice("leave it").and(NextStep::DistrustPublisher { publisher: other }),
                });
            }
            let sql = "INSERT INTO publisher (name, key, trusted_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
            match tx.execute(sql, params![name.as_str(), key, Millis(*trusted_at)])? {
                0 => Err(StoreError::already_exists("publisher", name)),
                _ => Ok(()),
            }
        })
    }

    /// Trusts a publisher no more. What it signed stays, and counts as unsigned.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the store cannot be written.
    pub fn remove_publisher(&self, name: &PublisherName) -> Result<(), StoreError> {
        let sql = "DELETE FROM publisher WHERE name = ?1";
        match self.write(|tx| Ok(tx.execute(sql, [name.as_str()])?))? {
            0 => Err(StoreError::not_found("publisher", name)),
            _ => Ok(()),
        }
    }

    /// The trusted publisher of this name.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the store cannot be read.
    pub fn publisher(&self, name: &PublisherName) -> Result<Publisher, StoreError> {
        let sql = "SELECT name, key, trusted_at FROM publisher WHERE name = ?1";
        self.read(|tx| Ok(tx.query_row(sql, [name.as_str()], publisher).optional()?))?
            .ok_or_else(|| StoreError::not_found("publisher", name))
    }

    /// The trusted publishers, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn publishers(&self) -> Result<Vec<Publisher>, StoreError> {
        self.read(|tx| {
            let mut statement =
                tx.prepare("SELECT name, key, trusted_at FROM publisher ORDER BY name")?;
            Ok(statement
                .query_map((), publisher)?
                .collect::<Result<_, _>>()?)
        })
    }

    /// The signature kept with a connector's bytes.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn signature(&self, digest: &Digest) -> Result<Option<String>, StoreError> {
        let sql = "SELECT signature FROM connector_signature WHERE digest = ?1";
        self.read(|tx| {
            Ok(tx
                .query_row(sql, [Text(digest)], |row| row.get(0))
                .optional()?)
        })
    }

    /// Whether only signed connectors may be taken in and run.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn requires_signature(&self) -> Result<bool, StoreError> {
        self.read(requires_signature)
    }

    /// Says whether only signed connectors may be taken in and run.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn require_signature(&self, required: bool) -> Result<(), StoreError> {
        self.write(|tx| {
            Ok(tx
                .execute("UPDATE policy SET require_signature = ?1", [required])
                .map(drop)?)
        })
    }
}
