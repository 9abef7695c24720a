//! Moves the checkpoint of a partition past a committed page, and records what the page says about
//! the completeness of the read.

use crate::StoreError;
use crate::convert::{Count, Word};
use crate::open_stream::{OpenStream, Progress};
use crate::page_counts::{Committed, RejectedCounts};
use purser_model::{Cursor, Page, StreamName};
use rusqlite::{Transaction, params};
use sha2::{Digest as _, Sha256};

/// Moves the checkpoint of a partition to its next page, or to its end, and adds the partitions
/// that the page names.
pub(crate) fn advance(
    tx: &Transaction<'_>,
    open: &OpenStream,
    stream: &StreamName,
    partition: u32,
    page: &Page,
) -> Result<(), StoreError> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO partition (stream_id, number, cursor, done) VALUES (?1, ?2, ?3, 0)",
    )?;
    for (number, start) in (1_u32..).zip(&page.partitions) {
        record_cursor(tx, open, stream, number, start)?;
        insert.execute(params![open.id, number, start.as_str()])?;
    }

    if let Some(next) = &page.next {
        record_cursor(tx, open, stream, partition, next)?;
    }

    let cursor = page.next.as_ref().map(Cursor::as_str);
    let done = page.next.is_none();
    let mut update = tx.prepare_cached(
        "UPDATE partition SET cursor = ?3, done = ?4 WHERE stream_id = ?1 AND number = ?2",
    )?;
    update.execute(params![open.id, partition, cursor, done])?;

    if done && open.partitions_left(tx)?.is_empty() {
        tx.execute(
            "UPDATE stream SET state = ?2 WHERE id = ?1",
            params![open.id, Word(Progress::Read)],
        )?;
    }
    Ok(())
}

/// Records a cursor of a partition, and refuses one that it has had before: it leads back to pages
/// already read.
fn record_cursor(
    tx: &Transaction<'_>,
    open: &OpenStream,
    stream: &StreamName,
    partition: u32,
    cursor: &Cursor,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO cursor_seen (stream_id, hash) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    let mut insert = tx.prepare_cached(sql)?;

    match insert.execute(params![open.id, hash(partition, cursor)])? {
        0 => Err(StoreError::RepeatedCursor(stream.clone())),
        _ => Ok(()),
    }
}

/// Records what a page says about the completeness of the read: repeated and rejected rows, and the
/// total.
pub(crate) fn record_signals(
    tx: &Transaction<'_>,
    open: &OpenStream,
    page: &Page,
    committed: Committed,
    rejected: RejectedCounts,
) -> Result<(), StoreError> {
    let sql = "
        UPDATE stream SET
            offset_paged = offset_paged OR ?2, repeated = repeated + ?3, unusable = unusable + ?4,
            reported = reported + ?5, unidentified = unidentified + ?6,
            duplicates = duplicates + ?7,
            least_total = min(coalesce(least_total, ?8), coalesce(?8, least_total)),
            most_total = max(coalesce(most_total, ?8), coalesce(?8, most_total))
        WHERE id = ?1";

    tx.prepare_cached(sql)?.execute(params![
        open.id,
        page.offset_paged,
        Count(committed.repeated),
        Count(rejected.fresh),
        Count(committed.records + rejected.fresh),
        Count(rejected.unidentified),
        Count(rejected.duplicates),
        page.total.map(Count),
    ])?;
    Ok(())
}

/// Digests a cursor. Cursors may take 16 KiB each and a generation may have thousands; 128 bits
/// tell them apart.
fn hash(partition: u32, cursor: &Cursor) -> Vec<u8> {
    let digest = Sha256::new()
        .chain_update(partition.to_le_bytes())
        .chain_update(cursor.as_str())
        .finalize();
    digest.iter().copied().take(16).collect()
}
