//! Removal of accounts: the last conclusion of a run, drawn from complete reads of all streams of
//! accounts together.
//!
//! A list that is paged by offset, or one of several, can lack an account that still exists: rows
//! change place, and a person moves from one list to another between two reads. So an account that
//! such a list lacks is first *missing*. It still counts, and it is removed only when a complete
//! read of a later run lacks it too. A single list that is paged by cursor is believed at once.

use crate::StoreError;
use crate::convert::{Count, Millis, Word};
use crate::open_stream::OpenStream;
use crate::records;
use purser_model::{RunId, StreamKind, StreamName, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};

/// The removals of a complete read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removal {
    /// Accounts or products deleted because the application no longer has them.
    pub removed: u64,
    /// Accounts that this run was the first to lack.
    pub missing: u64,
    /// Reason why no account was removed or marked; absent if the read was conclusive.
    pub hold: Option<RemovalHold>,
    /// True if the list is paged by offset without a total, so that nothing shows whether rows
    /// changed place during the read.
    pub stability_unchecked: bool,
}

/// The reason why a complete read removes nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemovalHold {
    /// Other streams of accounts were not read completely in this run, or not yet.
    OtherStreams,
    /// Rejected rows without an identifier could be any account.
    Unidentified {
        /// Number of those rows.
        rows: u64,
    },
}

/// A stream of accounts that the run read completely.
struct CompleteStream {
    id: i64,
    generation: i64,
    offset_paged: bool,
    repeated: u64,
    unidentified: u64,
    has_total: bool,
}

/// Concludes which accounts are gone, if the run read all streams of accounts completely.
pub(crate) fn conclude(
    tx: &Transaction<'_>,
    run: RunId,
    open: &OpenStream,
    account_streams: &[StreamName],
    at: Timestamp,
) -> Result<Removal, StoreError> {
    let mut streams = Vec::new();
    for name in account_streams {
        match complete_stream(tx, run, open.source_id, name)? {
            Some(stream) => streams.push(stream),
            None => return Ok(hold(RemovalHold::OtherStreams)),
        }
    }
    let rows = streams.iter().map(|stream| stream.unidentified).sum();
    if rows > 0 {
        return Ok(hold(RemovalHold::Unidentified { rows }));
    }

    forget_retired(tx, open.source_id, &streams)?;
    let mut removal = Removal {
        stability_unchecked: streams
            .iter()
            .any(|stream| stream.offset_paged && !stream.has_total),
        ..Removal::default()
    };
    for stream in &streams {
        // why: a repeated row shows that rows change place, whatever the paging
        let deferred = streams.len() > 1 || stream.offset_paged || stream.repeated > 0;
        removal.removed += delete_confirmed(tx, run, open.source_id, stream, deferred)?;
    }
    for stream in &streams {
        removal.missing += mark_missing(tx, run, open.source_id, stream, at)?;
    }
    records::settle_reports(tx, run, open.source_id)?;
    Ok(removal)
}

/// Deletes the products that a complete read lacks, unless rejected rows could be any of them.
pub(crate) fn of_products(
    tx: &Transaction<'_>,
    open: &OpenStream,
    unidentified: u64,
) -> Result<Removal, StoreError> {
    if unidentified > 0 {
        return Ok(hold(RemovalHold::Unidentified { rows: unidentified }));
    }

    Ok(Removal {
        removed: records::delete_unseen_products(tx, open)?,
        ..Removal::default()
    })
}

fn hold(reason: RemovalHold) -> Removal {
    Removal {
        hold: Some(reason),
        ..Removal::default()
    }
}

/// Finds a stream of the source that the run read completely; `None` if it did not.
fn complete_stream(
    tx: &Transaction<'_>,
    run: RunId,
    source: i64,
    name: &StreamName,
) -> Result<Option<CompleteStream>, StoreError> {
    let sql = "
        SELECT stream.id, generation, offset_paged, stream.repeated, unidentified,
               most_total IS NOT NULL
        FROM stream JOIN stream_run ON run_id = ?1 AND stream_run.stream = stream.name
        WHERE source_id = ?2 AND stream.name = ?3 AND stream_run.complete";
    let mut statement = tx.prepare_cached(sql)?;
    let found = statement.query_row(params![run.0, source, name.as_str()], |row| {
        Ok(CompleteStream {
            id: row.get(0)?,
            generation: row.get(1)?,
            offset_paged: row.get(2)?,
            repeated: row.get::<_, Count>(3)?.0,
            unidentified: row.get::<_, Count>(4)?.0,
            has_total: row.get(5)?,
        })
    });
    Ok(found.optional()?)
}

/// Lets go of accounts that a stream which the connector no longer has saw, if another stream has
/// seen them too. An account that no other stream ever saw stays: nothing says that it is gone.
fn forget_retired(
    tx: &Transaction<'_>,
    source: i64,
    streams: &[CompleteStream],
) -> Result<(), StoreError> {
    let sql = "SELECT id FROM stream WHERE source_id = ?1 AND kind = ?2";
    let mut statement = tx.prepare_cached(sql)?;
    let known = statement
        .query_map(params![source, Word(StreamKind::Accounts)], |row| {
            row.get::<_, i64>(0)
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let retired = known
        .into_iter()
        .filter(|id| streams.iter().all(|stream| stream.id != *id));

    for retired in retired {
        for stream in streams {
            let sql = "
                DELETE FROM account_seen WHERE stream_id = ?1 AND account_id IN (
                    SELECT account_id FROM account_seen WHERE stream_id = ?2)";
            tx.execute(sql, [retired, stream.id])?;
        }
    }
    Ok(())
}

/// Lets go of the accounts that a stream lacks for good, and deletes those that no stream has left;
/// returns how many.
fn delete_confirmed(
    tx: &Transaction<'_>,
    run: RunId,
    source: i64,
    stream: &CompleteStream,
    deferred: bool,
) -> Result<u64, StoreError> {
    // why: only another run is an independent read; a resumed run is the same one
    let confirmed = "stream_id = ?1 AND generation < ?2 AND (NOT ?4 OR missing_run < ?3)";
    let values = params![stream.id, stream.generation, run.0, deferred];

    let sql = format!(
        "DELETE FROM account
         WHERE id IN (SELECT account_id FROM account_seen WHERE {confirmed})
           AND NOT EXISTS (
                SELECT 1 FROM stream JOIN account_seen ON account_seen.stream_id = stream.id
                WHERE stream.source_id = ?5 AND stream.id <> ?1
                  AND account_seen.account_id = account.id)"
    );
    let all = params![stream.id, stream.generation, run.0, deferred, source];
    let removed = tx.execute(&sql, all)?;

    let sql = format!("DELETE FROM account_seen WHERE {confirmed}");
    tx.execute(&sql, values)?;
    Ok(u64::try_from(removed).unwrap_or(u64::MAX))
}

/// Marks the accounts that a stream lacks, and as missing those that every stream lacks; returns
/// how many those are.
fn mark_missing(
    tx: &Transaction<'_>,
    run: RunId,
    source: i64,
    stream: &CompleteStream,
    at: Timestamp,
) -> Result<u64, StoreError> {
    let sql = "
        UPDATE account_seen SET missing_run = ?3
        WHERE stream_id = ?1 AND generation < ?2 AND missing_run IS NULL";
    tx.execute(sql, params![stream.id, stream.generation, run.0])?;

    let sql = "
        UPDATE account SET missing_since = ?3
        WHERE missing_since IS NULL
          AND id IN (
                SELECT account_id FROM account_seen
                WHERE stream_id = ?1 AND missing_run IS NOT NULL)
          AND NOT EXISTS (
                SELECT 1 FROM stream JOIN account_seen ON account_seen.stream_id = stream.id
                WHERE stream.source_id = ?2 AND account_seen.account_id = account.id
                  AND account_seen.missing_run IS NULL)";
    let marked = tx.execute(sql, params![stream.id, source, Millis(at)])?;
    Ok(u64::try_from(marked).unwrap_or(u64::MAX))
}
