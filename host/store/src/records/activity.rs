//! Activity of a source, apart from its accounts: it may come before the account it is about, and it never goes backward.

use crate::checkpoints::OpenStream;
use crate::convert::{Count, Use};
use crate::runs::source_id;
use crate::{Source, Store, StoreError};
use purser_model::{Activity, LastActivity, RejectedRow};
use rusqlite::{Transaction, params};

impl Store {
    /// Shows all activity that the activity streams of a source told of, in the order of account and product. Activity that accounts came
    /// with is part of the accounts. The store is busy meanwhile: `visit` must not call it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn each_activity(
        &self,
        source: &Source,
        mut visit: impl FnMut(Activity),
    ) -> Result<(), StoreError> {
        self.read(|tx| {
            let sql = "SELECT account, nullif(product, ''), last_activity FROM activity WHERE source_id = ?1
                       ORDER BY account, product";
            let mut statement = tx.prepare(sql)?;
            let mut rows = statement.query([source_id(tx, source)?])?;
            while let Some(row) = rows.next()? {
                let last_activity = row.get::<_, Use>(2)?.0;
                visit(Activity { account: row.get(0)?, product: row.get(1)?, last_activity });
            }
            Ok(())
        })
    }

    /// How many accounts of a source are known by their activity only: no account stream reported them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn active_without_account(&self, source: &Source) -> Result<u64, StoreError> {
        self.read(|tx| {
            let sql = "SELECT count(DISTINCT account) FROM activity
                       WHERE source_id = ?1 AND NOT EXISTS (
                           SELECT 1 FROM account
                           WHERE account.source_id = activity.source_id AND account.external_id = activity.account)";
            Ok(tx.query_row(sql, [source_id(tx, source)?], |row| row.get::<_, Count>(0))?.0)
        })
    }
}

/// Stores a page of activity. One account may occur any number of times: the latest counts.
pub(super) fn store(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    rows: &[Activity],
) -> Result<Vec<RejectedRow>, StoreError> {
    let mut rows: Vec<_> = rows
        .iter()
        .filter(|row| row.last_activity != LastActivity::Unknown)
        .collect();
    rows.sort_by_key(|row| (&row.account, &row.product));
    let sql =
        "INSERT INTO activity (source_id, account, product, last_activity) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT DO UPDATE SET last_activity = excluded.last_activity
               WHERE excluded.last_activity > activity.last_activity";
    let mut put = tx.prepare_cached(sql)?;
    for row in rows {
        let product = row.product.as_deref().unwrap_or_default();
        put.execute(params![
            stream.source_id,
            row.account,
            product,
            Use(row.last_activity)
        ])?;
    }
    Ok(Vec::new())
}
