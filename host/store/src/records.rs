//! A page: its records, the rows it could not use, its cursor and its numbers, committed together or not at all. A run that is killed at
//! any point goes on at the last page committed, with nothing lost and nothing doubled.
//!
//! **Why it is quick.** Identifiers come in any order, and an index over them is written all over when they are inserted one by one. So a
//! page's rows are put in order first, wide rows go to the end of a table with its own numbering, and only the narrow index sees the
//! identifier. A read that finds nothing new writes no wide row: that an account was seen in a generation is a row of some bytes in
//! `sighting`, kept in the order of the accounts, and a fingerprint of the account tells that it is the same.
//!
//! **Whose row it is.** Two streams of one source may report the same account. It has one row, with the content reported last; each stream
//! has its own sighting, and the account goes when the last of them does.

mod accounts;
mod activity;
mod products;

use crate::checkpoints::{self, Census, OpenStream};
use crate::convert::Count;
use crate::{Store, StoreError, runs};
use purser_model::{Name, Page, Records, RejectedRow, StreamKind};
use rusqlite::{Transaction, params};

/// What reading took, since it was last told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effort {
    /// HTTP requests sent, repeated attempts included.
    pub requests: u64,
    /// Attempts that were repeated.
    pub retries: u64,
    /// Milliseconds waited.
    pub waited_ms: u64,
}

/// What came of committing a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Committed {
    /// Records stored, changed or not.
    pub records: u64,
    /// Records that an earlier page of the same generation had reported already; among the rejected.
    pub repeated: u64,
    /// Rows that could not be used.
    pub rejected: u64,
}

impl Store {
    /// Commits a page of a stream: everything in it and its cursor, or nothing. The first report of an account or product in a generation
    /// counts; a later page that repeats it has that row rejected.
    ///
    /// # Errors
    /// [`StoreError::DuplicateId`] when two records of the page have one id, [`StoreError::RepeatedCursor`], [`StoreError::WrongKind`],
    /// [`StoreError::RunEnded`], [`StoreError::OutOfTurn`] when the stream was not begun or had its last page, or the store cannot be
    /// written. The checkpoint is then where it was.
    pub fn commit_page(&self, run: i64, stream: &Name, page: &Page, effort: Effort) -> Result<Committed, StoreError> {
        self.write(|tx| {
            let open = checkpoints::reading(tx, run, stream)?;
            let repeated = match &page.records {
                records if records.kind() != open.kind => {
                    let (expected, found) = (open.kind, records.kind());
                    return Err(StoreError::WrongKind { stream: stream.clone(), expected, found });
                }
                Records::Accounts(rows) => accounts::store(tx, &open, rows)?,
                Records::Activity(rows) => activity::store(tx, &open, rows)?,
                Records::Products(rows) => products::store(tx, &open, rows)?,
            };
            checkpoints::advance(tx, &open, stream, page.next.as_ref())?;
            let committed = Committed {
                records: count(page.records.len() - repeated.len()),
                repeated: count(repeated.len()),
                rejected: count(page.rejected.len() + repeated.len()),
            };
            runs::keep_rejected(tx, run, stream, &[page.rejected.as_slice(), &repeated].concat())?;
            add_numbers(tx, run, stream, Numbers { pages: 1, committed, effort })?;
            Ok(committed)
        })
    }

    /// Adds to a stream's numbers what was spent without a page to show for it.
    ///
    /// # Errors
    /// As for [`Store::restart_stream`].
    pub fn record_effort(&self, run: i64, stream: &Name, effort: Effort) -> Result<(), StoreError> {
        self.write(|tx| {
            checkpoints::begun(tx, run, stream)?;
            add_numbers(tx, run, stream, Numbers { effort, ..Numbers::default() })
        })
    }
}

#[derive(Default)]
struct Numbers {
    pages: u64,
    committed: Committed,
    effort: Effort,
}

fn add_numbers(tx: &Transaction<'_>, run: i64, stream: &Name, add: Numbers) -> Result<(), StoreError> {
    let sql = "UPDATE stream_run SET pages = pages + ?3, records = records + ?4, rejected = rejected + ?5,
                      requests = requests + ?6, retries = retries + ?7, waited_ms = waited_ms + ?8
               WHERE run_id = ?1 AND stream = ?2";
    tx.prepare_cached(sql)?.execute(params![
        run,
        stream.as_str(),
        Count(add.pages),
        Count(add.committed.records),
        Count(add.committed.rejected),
        Count(add.effort.requests),
        Count(add.effort.retries),
        Count(add.effort.waited_ms),
    ])?;
    Ok(())
}

/// What the stream's generation found of what the generation completed last had.
pub(crate) fn census(tx: &Transaction<'_>, stream: &OpenStream, completed: i64) -> Result<Census, StoreError> {
    let table = match stream.kind {
        StreamKind::Accounts => "sighting",
        StreamKind::Products => "product",
        StreamKind::Activity => return Ok(Census { had: 0, missing: 0, any: true }),
    };
    // What a generation completed has passed its sweep, so it is exactly what is older than the generations after it.
    let sql = format!(
        "SELECT count(*) FILTER (WHERE since <= ?3), count(*) FILTER (WHERE since <= ?3 AND generation < ?2),
                count(*) FILTER (WHERE generation = ?2) > 0
         FROM {table} WHERE stream_id = ?1"
    );
    let found = tx.query_row(&sql, params![stream.id, stream.generation, completed], |row| {
        Ok(Census { had: row.get::<_, Count>(0)?.0, missing: row.get::<_, Count>(1)?.0, any: row.get(2)? })
    })?;
    Ok(found)
}

/// Removes what earlier generations of the stream saw and this one did not; gives how many.
pub(crate) fn sweep(tx: &Transaction<'_>, stream: &OpenStream) -> Result<u64, StoreError> {
    match stream.kind {
        StreamKind::Accounts => accounts::sweep(tx, stream),
        StreamKind::Products => products::sweep(tx, stream),
        StreamKind::Activity => Ok(0),
    }
}

/// Puts rows in the order of their identifiers, and refuses two with the same one.
fn in_order<'a, T>(rows: &'a [T], what: &'static str, id: impl Fn(&'a T) -> &'a str) -> Result<Vec<&'a T>, StoreError> {
    let mut rows: Vec<_> = rows.iter().collect();
    rows.sort_by_key(|row| id(row));
    let twice = rows.iter().zip(rows.iter().skip(1)).find(|(one, next)| id(one) == id(next));
    match twice {
        Some((row, _)) => Err(StoreError::DuplicateId { what, id: id(row).to_owned() }),
        None => Ok(rows),
    }
}

/// A record that the same read had reported before.
fn repetition(id: &str) -> RejectedRow {
    RejectedRow { row: id.to_owned(), reason: "seen before in this read: the first report of it is kept".into() }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
