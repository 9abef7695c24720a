//! Migrations: one SQL file each, applied in order, all that are missing in one transaction. `user_version` counts them.

use crate::StoreError;
use crate::header::APPLICATION_ID;
use rusqlite::{Connection, TransactionBehavior};

/// Every migration, oldest first. Append only: a store made by any earlier version is brought up from where it is.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_foundation.sql"),
    include_str!("../migrations/0002_connections.sql"),
    include_str!("../migrations/0003_modules.sql"),
    include_str!("../migrations/0004_signatures.sql"),
    include_str!("../migrations/0005_parts.sql"),
    include_str!("../migrations/0006_parking.sql"),
];

/// The schema that a store has when `migrations` were applied.
pub(crate) fn newest(migrations: &[&str]) -> u32 {
    u32::try_from(migrations.len()).unwrap_or(u32::MAX)
}

/// The schema that a store has now.
pub(crate) fn current(connection: &Connection) -> Result<u32, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Applies what is missing. Two processes may do so at once: the second finds the work done.
pub(crate) fn migrate(connection: &mut Connection, migrations: &[&str]) -> Result<(), StoreError> {
    if current(connection)? == newest(migrations) {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let applied = current(&transaction)?;
    for sql in migrations
        .iter()
        .skip(usize::try_from(applied).unwrap_or(usize::MAX))
    {
        transaction.execute_batch(sql)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", newest(migrations).max(applied))?;
    transaction.commit()?;
    tracing::debug!(from = applied, to = newest(migrations), "store migrated");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "CREATE TABLE a (x INTEGER) STRICT;";
    const SECOND: &str = "CREATE TABLE b (x INTEGER) STRICT; INSERT INTO b SELECT x FROM a;";

    #[test]
    fn only_what_is_missing_is_applied() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &[FIRST]).unwrap();
        connection.execute("INSERT INTO a VALUES (7)", ()).unwrap();
        migrate(&mut connection, &[FIRST, SECOND]).unwrap();
        migrate(&mut connection, &[FIRST, SECOND]).unwrap();
        assert_eq!(
            connection.query_row("SELECT x FROM b", (), |row| row.get::<_, i64>(0)),
            Ok(7)
        );
        assert_eq!(current(&connection).unwrap(), 2);
    }

    #[test]
    fn a_connection_of_the_first_schema_keeps_its_template_and_asks_for_its_credential() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &MIGRATIONS[..1]).unwrap();
        let template = r#"{"template":"api-key-header","header":"x-key","prefix":"token "}"#;
        connection
            .execute("INSERT INTO alias VALUES ('hubs', 'Hub', 0)", ())
            .unwrap();
        let sql = "INSERT INTO connection VALUES ('main', 'hubs', 'https://h.example', ?1, 0, 'active', 0, 1, NULL, x'01')";
        connection.execute(sql, [template]).unwrap();
        migrate(&mut connection, MIGRATIONS).unwrap();
        let text = |column: &str| {
            let sql = format!("SELECT {column} FROM connection");
            connection
                .query_row(&sql, (), |row| row.get::<_, String>(0))
                .unwrap()
        };
        assert_eq!(
            (text("template").as_str(), text("state").as_str()),
            ("api-key-header", "needs-attention")
        );
        assert_eq!(text("fields"), r#"{"header":"x-key","prefix":"token "}"#);
        assert_eq!(text("hex(sealed)"), "");
    }

    #[test]
    fn a_connector_of_the_second_schema_keeps_its_grant_and_is_enabled() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &MIGRATIONS[..2]).unwrap();
        connection
            .execute(
                "INSERT INTO connector VALUES (1, 'd', 'hub', '{}', 0, '{}', 1, 1, x'00')",
                (),
            )
            .unwrap();
        migrate(&mut connection, MIGRATIONS).unwrap();
        let sql = "SELECT granted, (SELECT count(*) FROM disabled_connector) FROM connector";
        let found = connection.query_row(sql, (), |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
        });
        assert_eq!(found, Ok(("{}".into(), 0)));
    }

    #[test]
    fn a_migration_that_fails_leaves_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        let error = migrate(
            &mut connection,
            &[FIRST, "CREATE TABLE c (x NOTYPE) STRICT;"],
        )
        .unwrap_err();
        assert!(matches!(error, StoreError::Statement(_)), "{error}");
        assert_eq!(current(&connection).unwrap(), 0);
        let tables = connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| {
            row.get::<_, i64>(0)
        });
        assert_eq!(tables, Ok(0));
    }
}
