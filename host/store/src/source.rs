//! Sources: the origins of records.

use crate::StoreError;
use purser_model::{ConnectionName, ProfileName};
use rusqlite::{OptionalExtension, Transaction};

/// The origin of records: a profile over one connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source {
    /// The profile.
    pub profile: ProfileName,
    /// The connection.
    pub connection: ConnectionName,
}

/// Finds the row of a source; `None` before its first run.
pub(crate) fn source_id(tx: &Transaction<'_>, source: &Source) -> Result<Option<i64>, StoreError> {
    let mut statement =
        tx.prepare_cached("SELECT id FROM source WHERE profile = ?1 AND connection = ?2")?;
    let names = [source.profile.as_str(), source.connection.as_str()];

    Ok(statement.query_row(names, |row| row.get(0)).optional()?)
}
