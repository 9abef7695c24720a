//! Rejected rows: a row that could not be used still shows that its account or product exists.

use super::reports;
use super::shared::count;
use crate::StoreError;
use crate::open_stream::OpenStream;
use crate::page_counts::RejectedCounts;
use purser_model::{RejectedRow, StreamKind};
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::HashSet;

/// Marks the accounts and products of rejected rows as seen. `stored` are the identifiers of the
/// records that the page was the first to report.
pub(super) fn mark_seen<'a>(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    rows: &'a [RejectedRow],
    mut stored: HashSet<&'a str>,
) -> Result<RejectedCounts, StoreError> {
    let mut counts = RejectedCounts::default();
    if stream.kind == StreamKind::Activity {
        // why: one account may have any number of rows, so none of them is a repetition
        counts.fresh = count(rows.len());
        return Ok(counts);
    }

    for row in rows {
        let Some(id) = row.id.as_deref() else {
            counts.unidentified += 1;
            counts.fresh += 1;
            continue;
        };

        if stored.contains(id) {
            counts.duplicates += 1;
            counts.fresh += 1;
        } else if is_first_sight(tx, stream, id)? {
            stored.insert(id);
            counts.fresh += 1;
        } else {
            counts.repeated += 1;
        }
    }
    Ok(counts)
}

/// Marks an account or product as seen; returns false if the generation had seen it before.
fn is_first_sight(tx: &Transaction<'_>, stream: &OpenStream, id: &str) -> Result<bool, StoreError> {
    let marked = match stream.kind {
        StreamKind::Accounts => mark_account(tx, stream, id)?,
        StreamKind::Products => mark_product(tx, stream, id)?,
        StreamKind::Activity => None,
    };
    if let Some(is_first) = marked {
        return Ok(is_first);
    }

    let sql = "INSERT INTO rejected_seen (stream_id, external_id) VALUES (?1, ?2)
               ON CONFLICT DO NOTHING";
    let inserted = tx.prepare_cached(sql)?.execute(params![stream.id, id])?;
    Ok(inserted > 0)
}

/// Marks a stored account; `None` if there is none. Returns false if it was marked already.
fn mark_account(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    id: &str,
) -> Result<Option<bool>, StoreError> {
    let sql = "SELECT id FROM account WHERE source_id = ?1 AND external_id = ?2";
    let known: Option<i64> = tx
        .prepare_cached(sql)?
        .query_row(params![stream.source_id, id], |row| row.get(0))
        .optional()?;
    let Some(account) = known else {
        return Ok(None);
    };

    reports::keep_unreadable(tx, stream, account, id)?;
    let sql = "
        INSERT INTO account_seen (stream_id, account_id, generation, since) VALUES (?1, ?2, ?3, ?3)
        ON CONFLICT DO UPDATE SET generation = excluded.generation, missing_run = NULL
        WHERE account_seen.generation <> excluded.generation";
    let values = params![stream.id, account, stream.generation];
    let marked = tx.prepare_cached(sql)?.execute(values)?;

    let sql = "UPDATE account SET missing_since = NULL
               WHERE id = ?1 AND missing_since IS NOT NULL";
    tx.prepare_cached(sql)?.execute([account])?;
    Ok(Some(marked > 0))
}

/// Marks a stored product; `None` if there is none. Returns false if it was marked already.
fn mark_product(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    id: &str,
) -> Result<Option<bool>, StoreError> {
    let sql = "SELECT generation FROM product WHERE stream_id = ?1 AND external_id = ?2";
    let seen_in: Option<i64> = tx
        .prepare_cached(sql)?
        .query_row(params![stream.id, id], |row| row.get(0))
        .optional()?;
    let Some(seen_in) = seen_in else {
        return Ok(None);
    };

    let sql = "UPDATE product SET generation = ?3 WHERE stream_id = ?1 AND external_id = ?2";
    let values = params![stream.id, id, stream.generation];
    tx.prepare_cached(sql)?.execute(values)?;
    Ok(Some(seen_in != stream.generation))
}
