//! Activity of a source, stored apart from its accounts: it may be reported before the account that
//! it is about, and it only moves forward.

use super::shared::repetition;
use crate::convert::{Millis, Use, Word};
use crate::open_stream::OpenStream;
use crate::source::source_id;
use crate::{Source, Store, StoreError};
use purser_model::{Activity, LastActivity, RejectedRow, StreamKind, Timestamp};
use rusqlite::{Transaction, params};
use sha2::{Digest as _, Sha256};

impl Store {
    /// Visits all activity that the activity streams of a source reported, ordered by account and
    /// product. Activity that accounts came with is part of the accounts. The store is locked
    /// meanwhile: `visit` must not call it.
    pub fn each_activity(
        &self,
        source: &Source,
        mut visit: impl FnMut(Activity),
    ) -> Result<(), StoreError> {
        self.read(|tx| {
            let sql = "
                SELECT account, nullif(product, ''), last_activity FROM activity
                WHERE source_id = ?1 ORDER BY account, product";
            let mut statement = tx.prepare(sql)?;
            let mut rows = statement.query([source_id(tx, source)?])?;

            while let Some(row) = rows.next()? {
                visit(Activity {
                    account: row.get(0)?,
                    product: row.get(1)?,
                    last_activity: row.get::<_, Use>(2)?.0,
                });
            }
            Ok(())
        })
    }
}

impl Store {
    /// Returns the completion of the oldest of the last complete reads of the activity streams of a
    /// source; `None` without such a read.
    pub fn activity_read_at(&self, source: &Source) -> Result<Option<Timestamp>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT min(completed_at) FROM stream WHERE source_id = ?1 AND kind = ?2";
            let values = params![source_id(tx, source)?, Word(StreamKind::Activity)];

            let at: Option<Millis> = tx.query_row(sql, values, |row| row.get(0))?;
            Ok(at.map(|at| at.0))
        })
    }

    /// Forgets the uses of a source that are later than an instant: a clock was wrong. Activity
    /// only moves forward, so that none that is right could replace them.
    pub fn forget_activity_after(
        &self,
        source: &Source,
        latest: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            let Some(source) = source_id(tx, source)? else {
                return Ok(());
            };
            let latest = Use(LastActivity::At(latest));
            let unknown = Use(LastActivity::Unknown);

            tx.execute(
                "DELETE FROM activity WHERE source_id = ?1 AND last_activity > ?2",
                params![source, latest],
            )?;
            tx.execute(
                "UPDATE account SET last_activity = ?3 WHERE source_id = ?1 AND last_activity > ?2",
                params![source, latest, unknown],
            )?;
            Ok(())
        })
    }
}

/// Stores a page of activity. One account may occur any number of times: the latest counts. A page
/// that is the same as an earlier one of the generation is returned as repeated.
pub(super) fn store(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    rows: &[Activity],
) -> Result<Vec<RejectedRow>, StoreError> {
    if !is_new_page(tx, stream, rows)? {
        return Ok(rows.iter().map(|row| repetition(&row.account)).collect());
    }

    // why: an unknown activity says nothing that the absence of a row does not say
    let mut rows: Vec<_> = rows
        .iter()
        .filter(|row| row.last_activity != LastActivity::Unknown)
        .collect();
    rows.sort_by_key(|row| (&row.account, &row.product));

    let sql = "
        INSERT INTO activity (source_id, account, product, last_activity)
        VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO UPDATE SET last_activity = excluded.last_activity
        WHERE excluded.last_activity > activity.last_activity";
    let mut put = tx.prepare_cached(sql)?;
    for row in rows {
        let product = row.product.as_deref().unwrap_or_default();
        let last_activity = Use(row.last_activity);
        put.execute(params![
            stream.source_id,
            row.account,
            product,
            last_activity
        ])?;
    }
    Ok(Vec::new())
}

/// Records the contents of a page; returns false if an earlier page of the generation had the same.
fn is_new_page(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    rows: &[Activity],
) -> Result<bool, StoreError> {
    if rows.is_empty() {
        return Ok(true);
    }

    let content =
        serde_json::to_vec(rows).map_err(|error| StoreError::Statement(error.to_string()))?;
    // why: the prefix keeps the contents of pages apart from cursors, which share the table
    let digest = Sha256::new()
        .chain_update(b"page")
        .chain_update(content)
        .finalize();
    let hash: Vec<u8> = digest.iter().copied().take(16).collect();

    let sql = "INSERT INTO cursor_seen (stream_id, hash) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    let inserted = tx.prepare_cached(sql)?.execute(params![stream.id, hash])?;
    Ok(inserted > 0)
}
