//! Trusted publishers, the signatures of connectors, and the policy on unsigned ones. Verifying a
//! signature is the engine's part.

use crate::convert::{Millis, Text};
use crate::{Store, StoreError};
use purser_model::{Digest, PublisherName, Timestamp};
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// A publisher whose signatures count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publisher {
    /// The name that the operator gave it.
    pub name: PublisherName,
    /// Its public key, as its format writes it.
    pub key: String,
    /// The instant since which it is trusted.
    pub trusted_at: Timestamp,
}

fn publisher(row: &Row<'_>) -> rusqlite::Result<Publisher> {
    Ok(Publisher {
        name: row.get::<_, Text<_>>("name")?.0,
        key: row.get("key")?,
        trusted_at: row.get::<_, Millis>("trusted_at")?.0,
    })
}

/// Reads the policy within a transaction.
pub(crate) fn requires_signature(tx: &Transaction<'_>) -> Result<bool, StoreError> {
    Ok(tx.query_row("SELECT require_signature FROM policy", (), |row| row.get(0))?)
}

impl Store {
    /// Adds a trusted publisher.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] for the name, or [`StoreError::KeyTrusted`] if the key belongs
    /// to another publisher.
    pub fn add_publisher(&self, new: &Publisher) -> Result<(), StoreError> {
        let name = new.name.as_str();

        self.write(|tx| {
            let sql = "SELECT name FROM publisher WHERE key = ?1 AND name <> ?2";
            let other = tx
                .query_row(sql, params![new.key, name], |row| row.get::<_, Text<_>>(0))
                .optional()?;
            if let Some(Text(other)) = other {
                return Err(StoreError::KeyTrusted(other));
            }

            let sql = "INSERT INTO publisher (name, key, trusted_at) VALUES (?1, ?2, ?3)
                       ON CONFLICT DO NOTHING";
            match tx.execute(sql, params![name, new.key, Millis(new.trusted_at)])? {
                0 => Err(StoreError::already_exists("publisher", name)),
                _ => Ok(()),
            }
        })
    }

    /// Removes a trusted publisher. Its signatures stay, and count as missing.
    pub fn remove_publisher(&self, name: &PublisherName) -> Result<(), StoreError> {
        let sql = "DELETE FROM publisher WHERE name = ?1";

        match self.write(|tx| Ok(tx.execute(sql, [name.as_str()])?))? {
            0 => Err(StoreError::not_found("publisher", name)),
            _ => Ok(()),
        }
    }

    /// Returns the trusted publisher of this name.
    pub fn publisher(&self, name: &PublisherName) -> Result<Publisher, StoreError> {
        let sql = "SELECT name, key, trusted_at FROM publisher WHERE name = ?1";

        self.read(|tx| Ok(tx.query_row(sql, [name.as_str()], publisher).optional()?))?
            .ok_or_else(|| StoreError::not_found("publisher", name))
    }

    /// Returns the trusted publishers, by name.
    pub fn publishers(&self) -> Result<Vec<Publisher>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT name, key, trusted_at FROM publisher ORDER BY name";
            let mut statement = tx.prepare(sql)?;
            let rows = statement.query_map((), publisher)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Returns the signature stored with a connector's bytes, if there is one.
    pub fn signature(&self, digest: &Digest) -> Result<Option<String>, StoreError> {
        let sql = "SELECT signature FROM connector_signature WHERE digest = ?1";

        self.read(|tx| {
            Ok(tx
                .query_row(sql, [Text(digest)], |row| row.get(0))
                .optional()?)
        })
    }

    /// Returns true if only signed connectors may be uploaded and run.
    pub fn requires_signature(&self) -> Result<bool, StoreError> {
        self.read(requires_signature)
    }

    /// Sets the policy: if `required`, only signed connectors may be uploaded and run.
    pub fn require_signature(&self, required: bool) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute("UPDATE policy SET require_signature = ?1", [required])?;
            Ok(())
        })
    }
}
