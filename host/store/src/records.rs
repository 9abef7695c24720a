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
use purser_model::{Page, Records, RejectedRow, RunId, StreamKind, StreamName};
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

/// A page of a part of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartPage {
    /// The number of the part.
    pub part: u32,
    /// The page.
    pub page: Page,
    /// What it took.
    pub effort: Effort,
}

/// Pages of which some could not be committed.
#[derive(Debug)]
pub struct HalfWay {
    /// What came of those before, which are committed.
    pub committed: Vec<Committed>,
    /// Why the next one was not.
    pub error: StoreError,
}

/// Where a transaction of several pages broke off.
struct Broken {
    at: usize,
    error: StoreError,
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self { at: 0, error }
    }
}

impl Store {
    /// Commits pages of a stream in one transaction: of each everything in it and its cursor, or nothing. The first report of an account or
    /// product in a generation counts; a later page that repeats it has that row rejected. Where a page cannot be committed, those before it
    /// are.
    ///
    /// # Errors
    /// [`StoreError::DuplicateId`] when two records of a page have one id, [`StoreError::RepeatedCursor`], [`StoreError::WrongKind`],
    /// [`StoreError::RunEnded`], [`StoreError::OutOfTurn`] when the stream was not begun or the part had its last page, or the store cannot be
    /// written.
    pub fn commit_pages(
        &self,
        run: RunId,
        stream: &StreamName,
        pages: &[PartPage],
    ) -> Result<Vec<Committed>, HalfWay> {
        let commit = |pages: &[PartPage]| {
            self.write_or(|tx| {
                let each = pages.iter().enumerate();
                each.map(|(at, page)| {
                    commit(tx, run, stream, page).map_err(|error| Broken { at, error })
                })
                .collect()
            })
        };
        commit(pages).map_err(|Broken { at, error }| {
            let before = pages.get(..at).filter(|before| !before.is_empty());
            match before.map_or(Ok(Vec::new()), commit) {
                Ok(committed) => HalfWay { committed, error },
                Err(Broken { error, .. }) => HalfWay {
                    committed: Vec::new(),
                    error,
                },
            }
        })
    }

    /// Adds to a stream's numbers what was spent without a page to show for it.
    ///
    /// # Errors
    /// As for [`Store::restart_stream`].
    pub fn record_effort(
        &self,
        run: RunId,
        stream: &StreamName,
        effort: Effort,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            checkpoints::begun(tx, run, stream)?;
            add_numbers(
                tx,
                run,
                stream,
                Numbers {
                    effort,
                    ..Numbers::default()
                },
            )
        })
    }
}

fn commit(
    tx: &Transaction<'_>,
    run: RunId,
    stream: &StreamName,
    new: &PartPage,
) -> Result<Committed, StoreError> {
    let PartPage { part, page, effort } = new;
    let open = checkpoints::reading(tx, run, stream, *part)?;
    let repeated = match &page.records {
        records if records.kind() != open.kind => {
            let (expected, found) = (open.kind, records.kind());
            return Err(StoreError::WrongKind {
                stream: stream.clone(),
                expected,
                found,
            });
        }
        Records::Accounts(rows) => accounts::store(tx, &open, rows)?,
        Records::Activity(rows) => activity::store(tx, &open, rows)?,
        Records::Products(rows) => products::store(tx, &open, rows)?,
    };
    let committed = Committed {
        records: count(page.records.len() - repeated.len()),
        repeated: count(repeated.len()),
        rejected: count(page.rejected.len() + repeated.len()),
    };
    checkpoints::advance(tx, &open, stream, *part, page)?;
    checkpoints::note_signs(tx, &open, page, committed.repeated)?;
    runs::keep_rejected(
        tx,
        run,
        stream,
        &[page.rejected.as_slice(), &repeated].concat(),
    )?;
    add_numbers(
        tx,
        run,
        stream,
        Numbers {
            pages: 1,
            committed,
            effort: *effort,
        },
    )?;
    Ok(committed)
}

#[derive(Default)]
struct Numbers {
    pages: u64,
    committed: Committed,
    effort: Effort,
}

fn add_numbers(
    tx: &Transaction<'_>,
    run: RunId,
    stream: &StreamName,
    add: Numbers,
) -> Result<(), StoreError> {
    let sql = "UPDATE stream_run SET pages = pages + ?3, records = records + ?4, rejected = rejected + ?5,
                      requests = requests + ?6, retries = retries + ?7, waited_ms = waited_ms + ?8
               WHERE run_id = ?1 AND stream = ?2";
    tx.prepare_cached(sql)?.execute(params![
        run.0,
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

/// What the stream's generation found, and what of the generation completed last was seen `since` a generation.
pub(crate) fn census(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    completed: i64,
    since: i64,
) -> Result<Census, StoreError> {
    let table = match stream.kind {
        StreamKind::Accounts => "sighting",
        StreamKind::Products => "product",
        StreamKind::Activity => {
            return Ok(Census {
                had: 0,
                missing: 0,
                found: 0,
            });
        }
    };
    // What a generation completed has passed its sweep, so it is exactly what is older than the generations after it.
    let sql = format!(
        "SELECT count(*) FILTER (WHERE since <= ?3), count(*) FILTER (WHERE since <= ?3 AND generation < ?4),
                count(*) FILTER (WHERE generation = ?2)
         FROM {table} WHERE stream_id = ?1"
    );
    let found = tx.query_row(
        &sql,
        params![stream.id, stream.generation, completed, since],
        |row| {
            Ok(Census {
                had: row.get::<_, Count>(0)?.0,
                missing: row.get::<_, Count>(1)?.0,
                found: row.get::<_, Count>(2)?.0,
            })
        },
    )?;
    Ok(found)
}

/// Removes what the stream has not seen since a generation; gives how many.
pub(crate) fn sweep(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    since: i64,
) -> Result<u64, StoreError> {
    match stream.kind {
        StreamKind::Accounts => accounts::sweep(tx, stream, since),
        StreamKind::Products => products::sweep(tx, stream, since),
        StreamKind::Activity => Ok(0),
    }
}

/// Puts rows in the order of their identifiers, and refuses two with the same one.
fn in_order<'a, T>(
    rows: &'a [T],
    what: &'static str,
    id: impl Fn(&'a T) -> &'a str,
) -> Result<Vec<&'a T>, StoreError> {
    let mut rows: Vec<_> = rows.iter().collect();
    rows.sort_by_key(|row| id(row));
    let twice = rows
        .iter()
        .zip(rows.iter().skip(1))
        .find(|(one, next)| id(one) == id(next));
    match twice {
        Some((row, _)) => Err(StoreError::DuplicateId {
            what,
            id: id(row).to_owned(),
        }),
        None => Ok(rows),
    }
}

/// A record that the same read had reported before.
fn repetition(id: &str) -> RejectedRow {
    RejectedRow {
        row: id.to_owned(),
        reason: "seen before in this read: the first report of it is kept".into(),
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
