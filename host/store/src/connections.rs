//! Connections and their sealed credentials. The store cannot open a credential; it only keeps it.

use crate::convert::{Json, Millis, Text, Word};
use crate::{Store, StoreError, aliases};
use purser_model::{Connection, ConnectionState, Name, RunState, Timestamp};
use rusqlite::{OptionalExtension, Row, Transaction, params};

const SELECT: &str =
    "SELECT name, alias, base_url, template, private_network, state, created_at, last_success_at, attention
                      FROM connection";

fn connection(row: &Row<'_>) -> rusqlite::Result<Connection> {
    Ok(Connection {
        name: row.get::<_, Text<_>>("name")?.0,
        alias: row.get::<_, Text<_>>("alias")?.0,
        base_url: row.get::<_, Text<_>>("base_url")?.0,
        template: row.get::<_, Json<_>>("template")?.0,
        private_network: row.get("private_network")?,
        state: row.get::<_, Word<_>>("state")?.0,
        created_at: row.get::<_, Millis>("created_at")?.0,
        last_success_at: row.get::<_, Option<Millis>>("last_success_at")?.map(|at| at.0),
        attention: row.get("attention")?,
    })
}

/// Finds a connection within a transaction.
pub(crate) fn find(tx: &Transaction<'_>, name: &Name) -> Result<Connection, StoreError> {
    let found = tx.query_row(&format!("{SELECT} WHERE name = ?1"), [name.as_str()], connection).optional()?;
    found.ok_or_else(|| StoreError::not_found("connection", name))
}

impl Store {
    /// Keeps a connection and its sealed credential.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`], [`StoreError::NotFound`] for its alias, or the store cannot be written.
    pub fn add_connection(&self, new: &Connection, sealed: &[u8]) -> Result<(), StoreError> {
        let added = self.write(|tx| {
            aliases::find(tx, &new.alias)?;
            let sql = "INSERT INTO connection (name, alias, base_url, template, private_network, state, created_at,
                                               last_success_at, attention, sealed)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (name) DO NOTHING";
            Ok(tx.execute(
                sql,
                params![
                    new.name.as_str(),
                    new.alias.as_str(),
                    new.base_url.as_str(),
                    Json(&new.template),
                    new.private_network,
                    Word(new.state),
                    Millis(new.created_at),
                    new.last_success_at.map(Millis),
                    new.attention,
                    sealed,
                ],
            )?)
        })?;
        if added == 0 { Err(StoreError::already_exists("connection", &new.name)) } else { Ok(()) }
    }

    /// The connection of this name.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the store cannot be read.
    pub fn connection(&self, name: &Name) -> Result<Connection, StoreError> {
        self.read(|tx| find(tx, name))
    }

    /// Every connection, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn connections(&self) -> Result<Vec<Connection>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare(&format!("{SELECT} ORDER BY name"))?;
            Ok(statement.query_map((), connection)?.collect::<Result<_, _>>()?)
        })
    }

    /// The connections of an alias, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn connections_of(&self, alias: &Name) -> Result<Vec<Connection>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare(&format!("{SELECT} WHERE alias = ?1 ORDER BY name"))?;
            Ok(statement.query_map([alias.as_str()], connection)?.collect::<Result<_, _>>()?)
        })
    }

    /// A connection's credential, as the vault sealed it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the store cannot be read.
    pub fn sealed_credential(&self, name: &Name) -> Result<Vec<u8>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT sealed FROM connection WHERE name = ?1";
            let found = tx.query_row(sql, [name.as_str()], |row| row.get(0)).optional()?;
            found.ok_or_else(|| StoreError::not_found("connection", name))
        })
    }

    /// Records how a connection fares, and why it needs attention if it does. Being active is a success at that time.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the store cannot be written.
    pub fn record_connection_state(
        &self,
        name: &Name,
        state: ConnectionState,
        at: Timestamp,
        attention: Option<&str>,
    ) -> Result<(), StoreError> {
        let success = (state == ConnectionState::Active).then_some(Millis(at));
        let sql = "UPDATE connection SET state = ?2, attention = ?3, last_success_at = coalesce(?4, last_success_at)
                   WHERE name = ?1";
        match self.write(|tx| Ok(tx.execute(sql, params![name.as_str(), Word(state), attention, success])?))? {
            0 => Err(StoreError::not_found("connection", name)),
            _ => Ok(()),
        }
    }

    /// Deletes a connection, its credential, and all that was read through it. The history of its runs stays.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::InUse`] while a run of it is marked running, or the store cannot be written.
    pub fn delete_connection(&self, name: &Name) -> Result<(), StoreError> {
        self.write(|tx| {
            find(tx, name)?;
            let sql = "SELECT id FROM run WHERE connection = ?1 AND state = ?2 AND source_id IS NOT NULL";
            let running: Option<i64> =
                tx.query_row(sql, params![name.as_str(), Word(RunState::Running)], |row| row.get(0)).optional()?;
            if let Some(run) = running {
                return Err(StoreError::InUse { what: "connection", name: name.to_string(), by: format!("run {run}") });
            }
            tx.execute("DELETE FROM connection WHERE name = ?1", [name.as_str()])?;
            Ok(())
        })
    }
}
