//! Checksums over the rows of a database, to compare what two programs stored.

use anyhow::Result;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// Checksums over the rows of one database. Databases with equal rows have equal checksums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Contents {
    /// Number of rows.
    pub(crate) rows: i64,
    /// Total bytes of all ids.
    pub(crate) id_bytes: i64,
    /// Total bytes of all primary e-mail addresses.
    pub(crate) email_bytes: i64,
}

impl Contents {
    /// Returns the checksums without the e-mail addresses, which not every connector reads.
    pub(crate) const fn without_emails(self) -> Self {
        Self {
            email_bytes: 0,
            ..self
        }
    }
}

/// Checksum query for a database of the native program.
pub(crate) const NATIVE: &str = "SELECT count(*), sum(length(CAST(id AS BLOB))), coalesce(sum(length(CAST(email AS BLOB))), 0) FROM member";

/// Checksum query for a database of Purser.
pub(crate) const PURSER: &str = "
    SELECT count(*), sum(length(CAST(external_id AS BLOB))), (
      SELECT coalesce(sum(length(CAST(email.value ->> 'address' AS BLOB))), 0)
      FROM account, json_each(account.emails) AS email WHERE email.value ->> 'primary')
    FROM account";

/// Reads the checksums of a database with one of the queries above.
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
