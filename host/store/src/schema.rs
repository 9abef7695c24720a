//! Migrations: one SQL file each, applied in order, all that are missing in one transaction. The
//! pragma `user_version` counts them.

use crate::StoreError;
use crate::header::APPLICATION_ID;
use rusqlite::{Connection, TransactionBehavior};

#[cfg(test)]
mod tests;

/// Every migration, oldest first. Append-only: a store of any earlier version is brought up from
/// its schema.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_foundation.sql"),
    include_str!("../migrations/0002_connections.sql"),
    include_str!("../migrations/0003_modules.sql"),
    include_str!("../migrations/0004_signatures.sql"),
    include_str!("../migrations/0005_parts.sql"),
    include_str!("../migrations/0006_parking.sql"),
    include_str!("../migrations/0007_words.sql"),
    include_str!("../migrations/0008_warnings.sql"),
    include_str!("../migrations/0009_removal.sql"),
    include_str!("../migrations/0010_alias_connector.sql"),
];

/// Returns the schema of a store after `migrations` were applied.
pub(crate) fn newest(migrations: &[&str]) -> u32 {
    u32::try_from(migrations.len()).unwrap_or(u32::MAX)
}

/// Reads the schema of a store.
pub(crate) fn current(connection: &Connection) -> Result<u32, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Applies the missing migrations. Two processes may do so at once: the second finds the work done.
pub(crate) fn migrate(connection: &mut Connection, migrations: &[&str]) -> Result<(), StoreError> {
    if current(connection)? == newest(migrations) {
        return Ok(());
    }

    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // why: another process may have migrated while this one waited for the lock
    let applied = current(&transaction)?;
    let missing = usize::try_from(applied).unwrap_or(usize::MAX);
    for sql in migrations.iter().skip(missing) {
        transaction.execute_batch(sql)?;
    }

    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", newest(migrations).max(applied))?;
    transaction.commit()?;
    tracing::debug!(from = applied, to = newest(migrations), "store migrated");
    Ok(())
}
