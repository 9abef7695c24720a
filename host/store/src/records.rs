//! Pages: records, rejected rows, cursor and numbers, committed together or not at all. A run that
//! is killed at any point continues at the last committed page, with nothing lost or doubled.
//!
//! **Speed.** Identifiers come in any order, and inserting them one by one rewrites an index all
//! over. So a page's rows are sorted first, wide rows go to the end of a table with its own
//! numbering, and only the narrow index sees the identifier. A read that finds nothing new writes
//! no wide row: a row of a few bytes in `account_seen`, ordered by account, marks the generation
//! that saw the account, and a fingerprint of the account says that its content is the same.
//!
//! **Shared rows.** Two streams of one source may report the same account. It has one row, with
//! what both tell (see `merge`); their reports are kept beside it. Each stream has its own row in
//! `account_seen`, and the account is deleted with the last of them.

mod account_row;
mod accounts;
mod activity;
mod merge;
mod products;
mod rejected;
mod reports;
mod shared;

pub use accounts::KnownAccount;
pub(crate) use reports::settle as settle_reports;

use crate::advance::{advance, record_signals};
use crate::convert::Count;
use crate::open_stream::{OpenStream, open_partition, open_stream};
use crate::page_counts::Committed;
use crate::run_log::keep_rejected;
use crate::{Store, StoreError};
use purser_model::{Page, Records, RejectedRow, RequestStats, RunId, StreamKind, StreamName};
use rusqlite::{Transaction, params};
use shared::count;
use std::collections::HashSet;

/// A page of a partition of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionPage {
    /// The number of the partition.
    pub partition: u32,
    /// The page.
    pub page: Page,
    /// The cost of the page.
    pub stats: RequestStats,
}

/// The failure to commit one of several pages.
#[derive(Debug)]
pub struct PartialCommit {
    /// The counts of the pages before it, which are committed.
    pub committed: Vec<Committed>,
    /// The reason why the next page is not committed.
    pub error: StoreError,
}

/// The position of the page that a transaction of several pages failed at.
struct FailedAt {
    index: usize,
    error: StoreError,
}

impl From<StoreError> for FailedAt {
    fn from(error: StoreError) -> Self {
        Self { index: 0, error }
    }
}

impl Store {
    /// Commits pages of a stream in one transaction: each with all its contents and its cursor, or
    /// not at all. The first report of an account or product in a generation counts; a later page
    /// that repeats it has that row rejected. If a page cannot be committed, those before it are.
    ///
    /// # Errors
    /// [`StoreError::RepeatedCursor`], [`StoreError::WrongKind`], [`StoreError::RunEnded`], or
    /// [`StoreError::OutOfOrder`] if the stream was not begun or the partition had its last page.
    pub fn commit_pages(
        &self,
        run: RunId,
        stream: &StreamName,
        pages: &[PartitionPage],
    ) -> Result<Vec<Committed>, PartialCommit> {
        self.commit_all(run, stream, pages).map_err(|failed| {
            let before = pages.get(..failed.index).unwrap_or_default();

            // why: the failed transaction took the good pages along, so they are committed again
            match self.commit_all(run, stream, before) {
                Ok(committed) => PartialCommit {
                    committed,
                    error: failed.error,
                },
                Err(FailedAt { error, .. }) => PartialCommit {
                    committed: Vec::new(),
                    error,
                },
            }
        })
    }

    fn commit_all(
        &self,
        run: RunId,
        stream: &StreamName,
        pages: &[PartitionPage],
    ) -> Result<Vec<Committed>, FailedAt> {
        if pages.is_empty() {
            return Ok(Vec::new());
        }

        self.write_or(|tx| {
            let pages = pages.iter().enumerate();
            pages
                .map(|(index, page)| {
                    commit(tx, run, stream, page).map_err(|error| FailedAt { index, error })
                })
                .collect()
        })
    }

    /// Adds the cost of requests that brought no page to a stream's numbers.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`], or [`StoreError::OutOfOrder`] if the run has not begun the stream.
    pub fn record_request_stats(
        &self,
        run: RunId,
        stream: &StreamName,
        stats: RequestStats,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            open_stream(tx, run, stream)?;
            add_stats(tx, run, stream, stats)
        })
    }
}

fn commit(
    tx: &Transaction<'_>,
    run: RunId,
    stream: &StreamName,
    new: &PartitionPage,
) -> Result<Committed, StoreError> {
    let PartitionPage {
        partition,
        page,
        stats,
    } = new;
    let open = open_partition(tx, run, stream, *partition)?;

    let repeated = store_records(tx, &open, stream, &page.records)?;
    let new_ids = new_ids(&page.records, &repeated);
    let rejected = rejected::mark_seen(tx, &open, &page.rejected, new_ids)?;
    let committed = Committed {
        records: count(page.records.len() - repeated.len()),
        repeated: count(repeated.len()) + rejected.repeated,
        rejected: count(page.rejected.len() + repeated.len()),
        fresh: count(page.records.len() - repeated.len()) + rejected.fresh - rejected.unidentified,
    };

    advance(tx, &open, stream, *partition, page)?;
    record_signals(tx, &open, page, committed, rejected)?;

    // why: the room that is left for rejected rows depends on the counts before this page
    let rejected = [page.rejected.as_slice(), &repeated].concat();
    keep_rejected(tx, run, stream, &rejected)?;
    add_counts(tx, run, stream, page, committed)?;
    add_stats(tx, run, stream, *stats)?;
    Ok(committed)
}

/// Returns the identifiers of the records that a page was the first to report.
fn new_ids<'a>(records: &'a Records, repeated: &'a [RejectedRow]) -> HashSet<&'a str> {
    let mut ids: HashSet<&str> = match records {
        Records::Accounts(rows) => rows.iter().map(|row| row.id.as_str()).collect(),
        Records::Products(rows) => rows.iter().map(|row| row.id.as_str()).collect(),
        Records::Activity(_) => HashSet::new(),
    };

    for row in repeated {
        ids.remove(row.row.as_str());
    }
    ids
}

/// Stores the records of a page; returns those that an earlier page of the generation reported.
fn store_records(
    tx: &Transaction<'_>,
    open: &OpenStream,
    stream: &StreamName,
    records: &Records,
) -> Result<Vec<RejectedRow>, StoreError> {
    if records.kind() != open.kind {
        return Err(StoreError::WrongKind {
            stream: stream.clone(),
            expected: open.kind,
            found: records.kind(),
        });
    }

    match records {
        Records::Accounts(rows) => accounts::store(tx, open, rows),
        Records::Activity(rows) => activity::store(tx, open, rows),
        Records::Products(rows) => products::store(tx, open, rows),
    }
}

fn add_counts(
    tx: &Transaction<'_>,
    run: RunId,
    stream: &StreamName,
    page: &Page,
    committed: Committed,
) -> Result<(), StoreError> {
    let sql = "
        UPDATE stream_run SET
            pages = pages + 1, records = records + ?3, rejected = rejected + ?4,
            repeated = repeated + ?5, with_warnings = with_warnings + ?6
        WHERE run_id = ?1 AND stream = ?2";

    tx.prepare_cached(sql)?.execute(params![
        run.0,
        stream.as_str(),
        Count(committed.records),
        Count(committed.rejected),
        Count(committed.repeated),
        Count(with_warnings(&page.records)),
    ])?;
    Ok(())
}

fn add_stats(
    tx: &Transaction<'_>,
    run: RunId,
    stream: &StreamName,
    stats: RequestStats,
) -> Result<(), StoreError> {
    let sql = "
        UPDATE stream_run SET
            requests = requests + ?3, retries = retries + ?4, waited_ms = waited_ms + ?5
        WHERE run_id = ?1 AND stream = ?2";
    let waited_ms = u64::try_from(stats.waited.as_millis()).unwrap_or(u64::MAX);

    tx.prepare_cached(sql)?.execute(params![
        run.0,
        stream.as_str(),
        Count(stats.attempts),
        Count(stats.retries),
        Count(waited_ms),
    ])?;
    Ok(())
}

/// Counts the accounts with fields that could not be read.
fn with_warnings(records: &Records) -> u64 {
    let Records::Accounts(rows) = records else {
        return 0;
    };

    count(rows.iter().filter(|row| !row.warnings.is_empty()).count())
}

/// The rows of a generation compared with those known before.
pub(crate) struct GenerationCounts {
    /// Rows that complete reads reported and that are not missing.
    pub(crate) had: u64,
    /// Those of `had` that this generation did not find.
    pub(crate) missing: u64,
    /// Rows that this generation found, rejected ones with an identifier included.
    pub(crate) found: u64,
    /// Rows that any generation since the first pass of the run found.
    pub(crate) found_in_passes: u64,
    /// Rows that the generation before found and this one did not.
    pub(crate) only_in_previous: u64,
}

/// Counts the rows of a stream's generation, and those of the passes from generation `since` on.
pub(crate) fn generation_counts(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    since: i64,
) -> Result<GenerationCounts, StoreError> {
    let (table, missing) = match stream.kind {
        StreamKind::Accounts => ("account_seen", "missing_run IS NOT NULL"),
        StreamKind::Products => ("product", "0"),
        StreamKind::Activity => {
            return Ok(GenerationCounts {
                had: 0,
                missing: 0,
                found: 0,
                found_in_passes: 0,
                only_in_previous: 0,
            });
        }
    };
    let completed = stream.completed_generation.unwrap_or(0);

    // why: rows that only incomplete reads reported were never counted on, so none is missed
    let sql = format!(
        "SELECT count(*) FILTER (WHERE since <= ?3 AND NOT {missing}),
                count(*) FILTER (WHERE since <= ?3 AND NOT {missing} AND generation < ?4),
                count(*) FILTER (WHERE generation = ?2),
                count(*) FILTER (WHERE generation >= ?4),
                count(*) FILTER (WHERE generation = ?2 - 1)
         FROM {table} WHERE stream_id = ?1"
    );
    let values = params![stream.id, stream.generation, completed, since];
    let rejected = rejected_without_record(tx, stream)?;
    let counts = tx.query_row(&sql, values, |row| {
        Ok(GenerationCounts {
            had: row.get::<_, Count>(0)?.0,
            missing: row.get::<_, Count>(1)?.0,
            found: row.get::<_, Count>(2)?.0 + rejected,
            found_in_passes: row.get::<_, Count>(3)?.0 + rejected,
            only_in_previous: row.get::<_, Count>(4)?.0,
        })
    })?;
    Ok(counts)
}

/// Counts the rejected rows with an identifier that no record of the generation has.
fn rejected_without_record(tx: &Transaction<'_>, stream: &OpenStream) -> Result<u64, StoreError> {
    let seen = match stream.kind {
        StreamKind::Accounts => {
            "account JOIN account_seen ON account_id = account.id
             WHERE source_id = ?3 AND account.external_id = rejected_seen.external_id
               AND account_seen.stream_id = ?1 AND account_seen.generation = ?2"
        }
        _ => {
            "product
             WHERE ?3 IS NOT NULL AND product.external_id = rejected_seen.external_id
               AND product.stream_id = ?1 AND product.generation = ?2"
        }
    };
    let sql = format!(
        "SELECT count(*) FROM rejected_seen
         WHERE stream_id = ?1 AND NOT EXISTS (SELECT 1 FROM {seen})"
    );
    let values = params![stream.id, stream.generation, stream.source_id];
    Ok(tx.query_row(&sql, values, |row| row.get::<_, Count>(0))?.0)
}

/// Counts the rows that an earlier pass found as found by the last one.
pub(crate) fn count_as_seen(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    first: i64,
) -> Result<(), StoreError> {
    let table = match stream.kind {
        StreamKind::Accounts => "account_seen",
        StreamKind::Products => "product",
        StreamKind::Activity => return Ok(()),
    };

    let sql = format!(
        "UPDATE {table} SET generation = ?2 WHERE stream_id = ?1 AND generation BETWEEN ?3 AND ?2"
    );
    tx.execute(&sql, params![stream.id, stream.generation, first])?;
    Ok(())
}

/// Deletes the products that a stream's generation has not seen; returns how many.
pub(crate) fn delete_unseen_products(
    tx: &Transaction<'_>,
    stream: &OpenStream,
) -> Result<u64, StoreError> {
    products::delete_unseen(tx, stream, stream.generation)
}
