//! Which key the stored secrets are sealed with, and sealing all of them with another.

use crate::convert::{Millis, Text};
use crate::{Store, StoreError};
use purser_model::{ConnectionName, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};

/// A stored secret, as whoever re-seals it needs to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretOf {
    /// The secret fields of a connection's template.
    Connection(ConnectionName),
    /// A connection's token.
    Token(ConnectionName),
}

fn key_id(tx: &Transaction<'_>) -> Result<Option<String>, StoreError> {
    Ok(tx
        .query_row("SELECT key_id FROM vault", (), |row| row.get(0))
        .optional()?)
}

/// Sees to it that all secrets of a store are sealed with one key: a process that opened the vault before its key was changed must not
/// add what nobody could open.
pub(crate) fn sealed_with(tx: &Transaction<'_>, key: &str) -> Result<(), StoreError> {
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
    /// Which key the secrets are sealed with; none before there are any.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn vault_key_id(&self) -> Result<Option<String>, StoreError> {
        self.read(key_id)
    }

    /// Seals every secret anew, all of them or none. How many there were.
    ///
    /// # Errors
    /// [`StoreError::OtherKey`] when `from` is not their key, [`StoreError::Renewing`] while a token is being renewed, what `reseal` fails
    /// with, or the store cannot be written.
    pub fn reseal<E: From<StoreError>>(
        &self,
        (from, to): (&str, &str),
        now: Timestamp,
        reseal: impl Fn(&SecretOf, Vec<u8>) -> Result<Vec<u8>, E>,
    ) -> Result<u64, E> {
        self.write_or(|tx| {
            sealed_with(tx, from)?;
            refuse_while_renewing(tx, now)?;
            let mut sealed = 0;
            for (table, column, of) in [
                (
                    "connection",
                    "name",
                    SecretOf::Connection as fn(ConnectionName) -> SecretOf,
                ),
                ("token", "connection", SecretOf::Token),
            ] {
                for (name, old) in secrets(tx, table, column)? {
                    let id = name.to_string();
                    let new = reseal(&of(name), old)?;
                    let sql = format!("UPDATE {table} SET sealed = ?2 WHERE {column} = ?1");
                    tx.execute(&sql, params![id, new])
                        .map_err(StoreError::from)?;
                    sealed += 1;
                }
            }
            tx.execute("UPDATE vault SET key_id = ?1", [to])
                .map_err(StoreError::from)?;
            Ok(sealed)
        })
    }
}

/// Every secret of a table. Empty ones are none: a connection that must be given its credential again.
fn secrets(
    tx: &Transaction<'_>,
    table: &str,
    column: &str,
) -> Result<Vec<(ConnectionName, Vec<u8>)>, StoreError> {
    let mut statement = tx.prepare(&format!(
        "SELECT {column}, sealed FROM {table} WHERE sealed <> x''"
    ))?;
    let rows = statement.query_map((), |row| {
        Ok((row.get::<_, Text<ConnectionName>>(0)?.0, row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A token that is on its way was promised to the old key.
fn refuse_while_renewing(tx: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    let sql = "SELECT connection FROM token WHERE lease_until > ?1 LIMIT 1";
    match tx
        .query_row(sql, [Millis(now)], |row| {
            row.get::<_, Text<ConnectionName>>(0)
        })
        .optional()?
    {
        Some(Text(connection)) => Err(StoreError::Renewing(connection)),
        None => Ok(()),
    }
}
