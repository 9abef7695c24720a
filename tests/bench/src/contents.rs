//! What is in a database, boiled down to what can be compared: two databases with the same rows have the same sums.

use anyhow::Result;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// Of the rows of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Contents {
    /// How many.
    pub(crate) rows: i64,
    /// Bytes of all ids.
    pub(crate) id_bytes: i64,
    /// Bytes of all main addresses.
    pub(crate) email_bytes: i64,
}

impl Contents {
    /// The same where addresses do not count: not every connector reads them.
    pub(crate) const fn but_emails(self) -> Self {
        Self {
            email_bytes: 0,
            ..self
        }
    }
}

/// For a database of the native program.
pub(crate) const NATIVE: &str = "SELECT count(*), sum(length(CAST(id AS BLOB))), coalesce(sum(length(CAST(email AS BLOB))), 0) FROM member";

/// For a database of Purser's.
pub(crate) const PURSER: &str = "
    SELECT count(*), sum(length(CAST(external_id AS BLOB))), (
      SELECT coalesce(sum(length(CAST(email.value ->> 'address' AS BLOB))), 0)
      FROM account, json_each(account.emails) AS email WHERE email.value ->> 'primary')
    FROM account";

/// Reads the sums.
pub(crate) fn read(database: &Path, sql: &str) -> Result<Contents> {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let contents = connection.query_row(sql, [], |row| {
        Ok(Contents {
            rows: row.get(0)?,
            id_bytes: row.get(1)?,
            email_bytes: row.get(2)?,
        })
    })?;
    Ok(contents)
}
