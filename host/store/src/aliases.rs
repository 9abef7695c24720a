//! Connection aliases: named groups of connections to one SaaS application.

use crate::convert::{Json, Millis, Text};
use crate::{Store, StoreError};
use purser_model::{AliasName, ConnectorName, RetryPolicy, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// A named group of connections to one SaaS application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The name that people use.
    pub name: AliasName,
    /// The SaaS application, by the name its users know.
    pub application: String,
    /// The connector that it was created for; absent if an earlier version of Purser created it and
    /// its profiles do not tell.
    pub connector: Option<ConnectorName>,
    /// The retry policy of its connections.
    pub retry: RetryPolicy,
    /// The instant of creation.
    pub created_at: Timestamp,
}

const SELECT: &str = "SELECT name, application, connector, retry, created_at FROM alias";

fn alias(row: &Row<'_>) -> rusqlite::Result<Alias> {
    Ok(Alias {
        name: row.get::<_, Text<_>>("name")?.0,
        application: row.get("application")?,
        connector: row
            .get::<_, Option<Text<_>>>("connector")?
            .map(|connector| connector.0),
        retry: row.get::<_, Json<_>>("retry")?.0,
        created_at: row.get::<_, Millis>("created_at")?.0,
    })
}

/// Finds an alias within a transaction.
pub(crate) fn find(connection: &Connection, name: &AliasName) -> Result<Alias, StoreError> {
    let found = connection
        .query_row(&format!("{SELECT} WHERE name = ?1"), [name.as_str()], alias)
        .optional()?;
    found.ok_or_else(|| StoreError::not_found("alias", name))
}

impl Store {
    /// Adds an alias.
    pub fn add_alias(&self, new: &Alias) -> Result<(), StoreError> {
        let sql = "INSERT INTO alias (name, application, connector, retry, created_at)
                   VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
        let values = params![
            new.name.as_str(),
            new.application,
            new.connector.as_ref().map(ConnectorName::as_str),
            Json(new.retry),
            Millis(new.created_at)
        ];

        match self.write(|tx| Ok(tx.execute(sql, values)?))? {
            0 => Err(StoreError::already_exists("alias", &new.name)),
            _ => Ok(()),
        }
    }

    /// Returns the alias of this name.
    pub fn alias(&self, name: &AliasName) -> Result<Alias, StoreError> {
        self.read(|tx| find(tx, name))
    }

    /// Returns every alias, by name.
    pub fn aliases(&self) -> Result<Vec<Alias>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare(&format!("{SELECT} ORDER BY name"))?;
            Ok(statement.query_map((), alias)?.collect::<Result<_, _>>()?)
        })
    }
}
