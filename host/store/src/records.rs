//! Pages: records, rejected rows, cursor and numbers, committed together or not at all. A run that
//! is killed at any point continues at the last committed page, with nothing lost or doubled.
//!
//! **Speed.** Identifiers come in any order, and inserting them one by one rewrites an index all
//! over. So a page's rows are sorted first, wide rows go to the end of a table with its own
//! numbering, and only the narrow index sees the identifier. A read that finds nothing new writes
//! no wide row: a row of a few bytes in `account_seen`, ordered by account, marks the generation
//! that saw the account, and a fingerprint of the account says that its content is the same.
//!
//! **Shared rows.** Two streams of one source may report the same account. It has one row, with the
//! content reported last. Each stream has its own row in `account_seen`, and the account is deleted
//! with the last of them.

mod accounts;
mod activity;
mod products;
mod shared;

pub use accounts::KnownAccount;

use crate::advance::{advance, record_shift_signals};
use crate::convert::Count;
use crate::open_stream::{OpenStream, open_partition, open_stream};
use crate::run_log::keep_rejected;
use crate::{Store, StoreError};
use purser_model::{Page, Records, RejectedRow, RequestStats, RunId, StreamKind, StreamName};
use rusqlite::{Transaction, params};
use shared::count;

/// The counts of a committed page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Committed {
    /// Records stored, changed or not.
    pub records: u64,
    /// Records that an earlier page of the same generation had reported; among the rejected.
    pub repeated: u64,
    /// Rejected rows.
    pub rejected: u64,
}

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
    /// [`StoreError::DuplicateId`] if two records of a page have one id,
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
            add_counts(tx, run, stream, 0, Committed::default(), stats)
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
    let committed = Committed {
        records: count(page.records.len() - repeated.len()),
        repeated: count(repeated.len()),
        rejected: count(page.rejected.len() + repeated.len()),
    };

    advance(tx, &open, stream, *partition, page)?;
    record_shift_signals(tx, &open, page, committed.repeated)?;

    // why: the room that is left for rejected rows depends on the counts before this page
    let rejected = [page.rejected.as_slice(), &repeated].concat();
    keep_rejected(tx, run, stream, &rejected)?;
    add_counts(tx, run, stream, 1, committed, *stats)?;
    Ok(committed)
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
    pages: u64,
    committed: Committed,
    stats: RequestStats,
) -> Result<(), StoreError> {
    let sql = "
        UPDATE stream_run SET
            pages = pages + ?3, records = records + ?4, rejected = rejected + ?5,
            requests = requests + ?6, retries = retries + ?7, waited_ms = waited_ms + ?8
        WHERE run_id = ?1 AND stream = ?2";
    let waited_ms = u64::try_from(stats.waited.as_millis()).unwrap_or(u64::MAX);

    tx.prepare_cached(sql)?.execute(params![
        run.0,
        stream.as_str(),
        Count(pages),
        Count(committed.records),
        Count(committed.rejected),
        Count(stats.attempts),
        Count(stats.retries),
        Count(waited_ms),
    ])?;
    Ok(())
}

/// The rows of a generation compared with those of the last complete one.
pub(crate) struct GenerationCounts {
    /// Rows that the last complete generation had.
    pub(crate) had: u64,
    /// Those of `had` that this generation did not find.
    pub(crate) missing: u64,
    /// Rows that this generation found.
    pub(crate) found: u64,
}

/// Counts the rows of a stream's generation and of the one completed last. A row counts as missing
/// if no generation from `since` on has seen it.
pub(crate) fn generation_counts(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    completed: i64,
    since: i64,
) -> Result<GenerationCounts, StoreError> {
    let table = match stream.kind {
        StreamKind::Accounts => "account_seen",
        StreamKind::Products => "product",
        StreamKind::Activity => {
            return Ok(GenerationCounts {
                had: 0,
                missing: 0,
                found: 0,
            });
        }
    };

    // why: completion deleted the rows it had not seen, so what is left from up to the completed
    // generation is exactly what that generation had
    let sql = format!(
        "SELECT count(*) FILTER (WHERE since <= ?3),
                count(*) FILTER (WHERE since <= ?3 AND generation < ?4),
                count(*) FILTER (WHERE generation = ?2)
         FROM {table} WHERE stream_id = ?1"
    );
    let values = params![stream.id, stream.generation, completed, since];
    let counts = tx.query_row(&sql, values, |row| {
        Ok(GenerationCounts {
            had: row.get::<_, Count>(0)?.0,
            missing: row.get::<_, Count>(1)?.0,
            found: row.get::<_, Count>(2)?.0,
        })
    })?;
    Ok(counts)
}

/// Deletes the rows that the stream has not seen since a generation; returns how many.
pub(crate) fn delete_unseen(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    since: i64,
) -> Result<u64, StoreError> {
    match stream.kind {
        StreamKind::Accounts => accounts::delete_unseen(tx, stream, since),
        StreamKind::Products => products::delete_unseen(tx, stream, since),
        StreamKind::Activity => Ok(0),
    }
}
