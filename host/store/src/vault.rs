//! The key that the stored secrets are sealed with, and its rotation.

use crate::convert::{Millis, Text};
use crate::{Store, StoreError};
use purser_model::{ConnectionName, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};

/// The owner of a stored secret, as the code that re-seals it needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretOwner {
    /// The secret fields of a connection's template.
    Connection(ConnectionName),
    /// A connection's token.
    Token(ConnectionName),
}

/// A table with secrets.
struct SecretTable {
    name: &'static str,
    /// The column with the name of the connection.
    key: &'static str,
    owner: fn(ConnectionName) -> SecretOwner,
}

const SECRET_TABLES: [SecretTable; 2] = [
    SecretTable {
        name: "connection",
        key: "name",
        owner: SecretOwner::Connection,
    },
    SecretTable {
        name: "token",
        key: "connection",
        owner: SecretOwner::Token,
    },
];

fn key_id(tx: &Transaction<'_>) -> Result<Option<String>, StoreError> {
    Ok(tx
        .query_row("SELECT key_id FROM vault", (), |row| row.get(0))
        .optional()?)
}

/// Checks that all secrets of a store are sealed with this key, and records it for the first. A
/// process that opened the vault before its key was rotated must not add secrets that no process
/// could open.
pub(crate) fn require_key(tx: &Transaction<'_>, key: &str) -> Result<(), StoreError> {
    match key_id(tx)? {
        Some(known) if known == key => Ok(()),
        Some(_) => Err(StoreError::OtherKey),
        None => {
            tx.execute("INSERT INTO vault (one, key_id) VALUES (1, ?1)", [key])?;
            Ok(())
        }
    }
}

impl Store {
    /// Returns the id of the key that the secrets are sealed with; `None` before the first secret.
    pub fn vault_key_id(&self) -> Result<Option<String>, StoreError> {
        self.read(key_id)
    }

    /// Seals every secret with another key, all of them or none. Returns their number.
    ///
    /// # Errors
    /// [`StoreError::OtherKey`] if `from` is not their key, [`StoreError::Refreshing`] while a
    /// token is being refreshed, or any error of `reseal`.
    pub fn reseal<E: From<StoreError>>(
        &self,
        (from, to): (&str, &str),
        now: Timestamp,
        reseal: impl Fn(&SecretOwner, Vec<u8>) -> Result<Vec<u8>, E>,
    ) -> Result<u64, E> {
        self.write_or(|tx| {
            require_key(tx, from)?;
            refuse_while_refreshing(tx, now)?;

            let mut sealed = 0;
            for table in &SECRET_TABLES {
                for (connection, old) in secrets(tx, table)? {
                    let name = connection.to_string();
                    let new = reseal(&(table.owner)(connection), old)?;
                    put_secret(tx, table, &name, &new)?;
                    sealed += 1;
                }
            }

            tx.execute("UPDATE vault SET key_id = ?1", [to])
                .map_err(StoreError::from)?;
            Ok(sealed)
        })
    }
}

/// Reads every secret of a table. Skips empty ones: such a connection needs its credential again.
fn secrets(
    tx: &Transaction<'_>,
    table: &SecretTable,
) -> Result<Vec<(ConnectionName, Vec<u8>)>, StoreError> {
    let SecretTable { name, key, .. } = table;
    let sql = format!("SELECT {key}, sealed FROM {name} WHERE sealed <> x''");
    let mut statement = tx.prepare(&sql)?;

    let rows = statement.query_map((), |row| Ok((row.get::<_, Text<_>>(0)?.0, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn put_secret(
    tx: &Transaction<'_>,
    table: &SecretTable,
    connection: &str,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let SecretTable { name, key, .. } = table;
    let sql = format!("UPDATE {name} SET sealed = ?2 WHERE {key} = ?1");
    tx.execute(&sql, params![connection, sealed])?;
    Ok(())
}

/// Refuses while a token is being refreshed, because its process will seal it with the old key.
fn refuse_while_refreshing(tx: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    let sql = "SELECT connection FROM token WHERE lease_until > ?1 LIMIT 1";
    let refreshing = tx
        .query_row(sql, [Millis(now)], |row| row.get::<_, Text<_>>(0))
        .optional()?;

    match refreshing {
        Some(Text(connection)) => Err(StoreError::Refreshing(connection)),
        None => Ok(()),
    }
}
