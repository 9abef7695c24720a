//! Connections and their sealed credentials. The store cannot open a credential.

use crate::convert::{Json, Millis, Text, Word};
use crate::open_runs::{RunsOf, end_parked};
use crate::tokens::{self, NewToken};
use crate::{Store, StoreError, aliases, vault};
use purser_model::{AliasName, Connection, ConnectionName, ConnectionState, RunState, Timestamp};
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// A credential as the vault sealed it.
#[derive(Debug, Clone, Copy)]
pub struct SealedCredential<'a> {
    /// The id of the key that it is sealed with.
    pub key_id: &'a str,
    /// The secret fields of the connection's template, sealed.
    pub secrets: &'a [u8],
    /// The token; absent if the template obtains none.
    pub token: Option<NewToken<'a>>,
}

const SELECT: &str = "
    SELECT name, alias, base_url, template, fields, private_network, state, created_at,
           last_success_at, attention, identity, tenant, generation, obtained_at, expires_at,
           authorized_until, missing_scopes
    FROM connection LEFT JOIN token ON token.connection = name";

fn connection(row: &Row<'_>) -> rusqlite::Result<Connection> {
    let last_success_at = row.get::<_, Option<Millis>>("last_success_at")?;

    Ok(Connection {
        name: row.get::<_, Text<_>>("name")?.0,
        alias: row.get::<_, Text<_>>("alias")?.0,
        base_url: row.get::<_, Text<_>>("base_url")?.0,
        template: row.get::<_, Text<_>>("template")?.0,
        fields: row.get::<_, Json<_>>("fields")?.0,
        private_network: row.get("private_network")?,
        state: row.get::<_, Word<_>>("state")?.0,
        created_at: row.get::<_, Millis>("created_at")?.0,
        last_success_at: last_success_at.map(|at| at.0),
        attention: row.get("attention")?,
        identity: row.get("identity")?,
        tenant: row.get("tenant")?,
        token: tokens::facts(row)?,
    })
}

/// Finds a connection within a transaction.
pub(crate) fn find(tx: &Transaction<'_>, name: &ConnectionName) -> Result<Connection, StoreError> {
    let sql = format!("{SELECT} WHERE name = ?1");
    let found = tx.query_row(&sql, [name.as_str()], connection).optional()?;

    found.ok_or_else(|| StoreError::not_found("connection", name))
}

/// Finds the connections of an alias within a transaction, by name.
pub(crate) fn find_by_alias(
    tx: &Transaction<'_>,
    alias: &AliasName,
) -> Result<Vec<Connection>, StoreError> {
    let mut statement = tx.prepare(&format!("{SELECT} WHERE alias = ?1 ORDER BY name"))?;
    let rows = statement.query_map([alias.as_str()], connection)?;

    Ok(rows.collect::<Result<_, _>>()?)
}

impl Store {
    /// Adds a connection and its credential.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`], [`StoreError::NotFound`] for its alias, or
    /// [`StoreError::OtherKey`].
    pub fn add_connection(
        &self,
        new: &Connection,
        credential: SealedCredential<'_>,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            aliases::find(tx, &new.alias)?;
            vault::require_key(tx, credential.key_id)?;

            let sql = "
                INSERT INTO connection (
                    name, alias, base_url, template, private_network, state, created_at, sealed)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (name) DO NOTHING";
            let values = params![
                new.name.as_str(),
                new.alias.as_str(),
                new.base_url.as_str(),
                new.template.as_str(),
                new.private_network,
                Word(new.state),
                Millis(new.created_at),
                credential.secrets,
            ];
            match tx.execute(sql, values)? {
                0 => Err(StoreError::already_exists("connection", &new.name)),
                _ => put_credential(tx, new, credential),
            }
        })
    }

    /// Replaces the credential of a connection, with the fields and the state that belong to it. A
    /// process that is refreshing the old token finds that it was replaced.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or [`StoreError::OtherKey`].
    pub fn replace_credential(
        &self,
        new: &Connection,
        credential: SealedCredential<'_>,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            find(tx, &new.name)?;
            vault::require_key(tx, credential.key_id)?;
            put_credential(tx, new, credential)
        })
    }

    /// Returns the connection of this name.
    pub fn connection(&self, name: &ConnectionName) -> Result<Connection, StoreError> {
        self.read(|tx| find(tx, name))
    }

    /// Returns every connection, by name.
    pub fn connections(&self) -> Result<Vec<Connection>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare(&format!("{SELECT} ORDER BY name"))?;
            let rows = statement.query_map((), connection)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Returns the connections of an alias, by name.
    pub fn connections_of(&self, alias: &AliasName) -> Result<Vec<Connection>, StoreError> {
        self.read(|tx| find_by_alias(tx, alias))
    }

    /// Returns the secret fields of a connection's template, as the vault sealed them.
    pub fn sealed_secrets(&self, name: &ConnectionName) -> Result<Vec<u8>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT sealed FROM connection WHERE name = ?1";
            let found = tx
                .query_row(sql, [name.as_str()], |row| row.get(0))
                .optional()?;
            found.ok_or_else(|| StoreError::not_found("connection", name))
        })
    }

    /// Records the state of a connection, and the reason if it needs attention. The state `active`
    /// counts as a success at that instant.
    pub fn record_connection_state(
        &self,
        name: &ConnectionName,
        state: ConnectionState,
        at: Timestamp,
        attention: Option<&str>,
    ) -> Result<(), StoreError> {
        let sql = "
            UPDATE connection SET
                state = ?2, attention = ?3, last_success_at = coalesce(?4, last_success_at)
            WHERE name = ?1";
        let success = (state == ConnectionState::Active).then_some(Millis(at));
        let values = params![name.as_str(), Word(state), attention, success];

        match self.write(|tx| Ok(tx.execute(sql, values)?))? {
            0 => Err(StoreError::not_found("connection", name)),
            _ => Ok(()),
        }
    }

    /// Records the result of a check: the state, the attention needed, the last success, and the
    /// identity and tenant that the connection reached.
    pub fn record_check(&self, found: &Connection) -> Result<(), StoreError> {
        let sql = "
            UPDATE connection SET
                state = ?2, attention = ?3, last_success_at = ?4, identity = ?5, tenant = ?6
            WHERE name = ?1";
        let values = params![
            found.name.as_str(),
            Word(found.state),
            found.attention,
            found.last_success_at.map(Millis),
            found.identity,
            found.tenant,
        ];

        match self.write(|tx| Ok(tx.execute(sql, values)?))? {
            0 => Err(StoreError::not_found("connection", &found.name)),
            _ => Ok(()),
        }
    }

    /// Deletes a connection, its credential, and everything read through it. The history of its
    /// runs stays.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or [`StoreError::InUse`] while a run of it is running.
    pub fn delete_connection(&self, name: &ConnectionName) -> Result<(), StoreError> {
        self.write(|tx| {
            require_deletable(tx, name)?;

            let runs = RunsOf {
                profile: None,
                connection: Some(name),
            };
            let why = "its profile or connection was deleted while it was parked";
            end_parked(tx, runs, why, None)?;

            tx.execute("DELETE FROM connection WHERE name = ?1", [name.as_str()])?;
            Ok(())
        })
    }

    /// Checks that a connection could be deleted now.
    ///
    /// # Errors
    /// As [`Store::delete_connection`] would fail.
    pub fn check_deletable(&self, name: &ConnectionName) -> Result<(), StoreError> {
        self.read(|tx| require_deletable(tx, name))
    }
}

fn require_deletable(tx: &Transaction<'_>, name: &ConnectionName) -> Result<(), StoreError> {
    find(tx, name)?;

    let sql = "SELECT id FROM run WHERE connection = ?1 AND state = ?2 AND source_id IS NOT NULL";
    let running: Option<i64> = tx
        .query_row(
            sql,
            params![name.as_str(), Word(RunState::Running)],
            |row| row.get(0),
        )
        .optional()?;
    match running {
        Some(run) => Err(StoreError::InUse {
            what: "connection",
            name: name.to_string(),
            by: format!("run {run}"),
        }),
        None => Ok(()),
    }
}

/// Writes a credential, and the columns that change with it.
fn put_credential(
    tx: &Transaction<'_>,
    new: &Connection,
    credential: SealedCredential<'_>,
) -> Result<(), StoreError> {
    let sql = "
        UPDATE connection SET
            fields = ?2, state = ?3, last_success_at = coalesce(?4, last_success_at),
            attention = ?5, identity = ?6, tenant = ?7, sealed = ?8
        WHERE name = ?1";
    tx.execute(
        sql,
        params![
            new.name.as_str(),
            Json(&new.fields),
            Word(new.state),
            new.last_success_at.map(Millis),
            new.attention,
            new.identity,
            new.tenant,
            credential.secrets,
        ],
    )?;

    match credential.token {
        Some(token) => tokens::put(tx, &new.name, &token),
        None => Ok(()),
    }
}
