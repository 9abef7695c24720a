//! Checkpoints: where the read of a stream stands, and what may be concluded when it has reached its end.
//!
//! A read from the beginning is a *generation*. It goes on, run after run, as long as its *stamp* (what the engine says must be the same)
//! is the same, and every row it reports is marked with it. Only when its last page was committed may it be *completed*: what earlier
//! generations of the stream saw and this one did not is then removed, unless that is suspiciously much.
//!
//! A stream's state says which step comes next:
//! ```text
//!            last page            complete_stream
//! reading ───────────────▶ read ─────────────────▶ complete      begin_stream on complete or refused, or with another
//!                             └──────────────────▶ refused       stamp, starts a new generation in reading
//! ```

use crate::convert::{Count, Millis, Word};
use crate::runs::{running_source, source_id};
use crate::{Source, Store, StoreError, records};
use purser_model::{Cursor, Name, StreamKind, Timestamp};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Where a run takes up the read of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamStart {
    /// The generation that the run's pages belong to, counted up from 1.
    pub generation: i64,
    /// What is to be read.
    pub from: ReadFrom,
}

impl StreamStart {
    /// Whether the run takes over from the checkpoint of an earlier one.
    #[must_use]
    pub const fn resumed(&self) -> bool {
        !matches!(self.from, ReadFrom::Beginning)
    }
}

/// What of a generation is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadFrom {
    /// Everything.
    Beginning,
    /// The pages from this cursor on.
    Cursor(Cursor),
    /// Nothing: the last page was committed, and the stream only needs to be completed.
    End,
}

/// How much a complete read may remove before a person must approve it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShrinkGuard {
    /// Per cent of what the last complete generation had. With 100 everything may go, except by a read that found nothing.
    pub max_percent: u8,
}

/// What came of completing a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// It is complete.
    Complete {
        /// Accounts or products that it no longer has, and the store neither.
        removed: u64,
    },
    /// It would have removed too much. Nothing was removed, and the next run reads the stream from the beginning.
    ShrinkRefused {
        /// How many of `had` it did not find.
        would_remove: u64,
        /// How many the last complete generation had.
        had: u64,
    },
}

/// The steps of a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Progress {
    /// Pages are left.
    Reading,
    /// The last page was committed.
    Read,
    /// Completed.
    Complete,
    /// Kept from completion by the shrink guard.
    Refused,
}

/// A stream that a running run has begun.
#[derive(Debug)]
pub(crate) struct OpenStream {
    pub(crate) id: i64,
    pub(crate) source_id: i64,
    pub(crate) kind: StreamKind,
    pub(crate) generation: i64,
    completed_generation: Option<i64>,
    stamp: String,
    state: Progress,
    cursor: Option<String>,
}

const SELECT: &str = "SELECT id, source_id, kind, generation, completed_generation, stamp, state, cursor FROM stream";

fn open_stream(row: &Row<'_>) -> rusqlite::Result<OpenStream> {
    Ok(OpenStream {
        id: row.get(0)?,
        source_id: row.get(1)?,
        kind: row.get::<_, Word<_>>(2)?.0,
        generation: row.get(3)?,
        completed_generation: row.get(4)?,
        stamp: row.get(5)?,
        state: row.get::<_, Word<_>>(6)?.0,
        cursor: row.get(7)?,
    })
}

impl Store {
    /// Begins a stream in a run: goes on with its unfinished generation if that has the same stamp, else starts a new one.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`], [`StoreError::WrongKind`] when the stream had another kind before, or the store cannot be written.
    pub fn begin_stream(
        &self,
        run: i64,
        stream: &Name,
        kind: StreamKind,
        stamp: &str,
    ) -> Result<StreamStart, StoreError> {
        self.write(|tx| {
            let source = running_source(tx, run)?;
            let start = match find(tx, source, stream)? {
                Some(known) if known.kind != kind => {
                    return Err(StoreError::WrongKind { stream: stream.clone(), expected: known.kind, found: kind });
                }
                Some(known) => match known.unfinished(stamp)? {
                    Some(from) => StreamStart { generation: known.generation, from },
                    None => start_over(tx, &known, stamp)?,
                },
                None => start_first(tx, source, stream, kind, stamp)?,
            };
            tx.execute(
                "INSERT INTO stream_run (run_id, stream, kind, resumed) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                params![run, stream.as_str(), Word(kind), start.resumed()],
            )?;
            Ok(start)
        })
    }

    /// Starts a new generation of a stream in the middle of a run: the application no longer accepts the checkpoint.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`], [`StoreError::OutOfTurn`] when the run has not begun the stream, or the store cannot be written.
    pub fn restart_stream(&self, run: i64, stream: &Name) -> Result<StreamStart, StoreError> {
        self.write(|tx| {
            let open = begun(tx, run, stream)?;
            start_over(tx, &open, &open.stamp)
        })
    }

    /// Whether the stream's present generation has met a cursor: a page that leads back to it would never end. [`Store::commit_page`]
    /// refuses such a page; this tells before it is fetched.
    ///
    /// # Errors
    /// As for [`Store::restart_stream`].
    pub fn cursor_seen(&self, run: i64, stream: &Name, cursor: &Cursor) -> Result<bool, StoreError> {
        self.read(|tx| {
            let open = begun(tx, run, stream)?;
            let sql = "SELECT 1 FROM cursor_met WHERE stream_id = ?1 AND hash = ?2";
            Ok(tx.query_row(sql, params![open.id, hash(cursor)], |_| Ok(())).optional()?.is_some())
        })
    }

    /// Completes a stream whose last page was committed: removes what it no longer has, or refuses to when that is more than the guard
    /// allows. A read that found nothing after one that found something is always refused. Activity is never removed.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`], [`StoreError::OutOfTurn`] when pages are left, or the store cannot be written.
    pub fn complete_stream(
        &self,
        run: i64,
        stream: &Name,
        guard: ShrinkGuard,
        at: Timestamp,
    ) -> Result<Completion, StoreError> {
        self.write(|tx| {
            let open = begun(tx, run, stream)?;
            if open.state != Progress::Read {
                return Err(out_of_turn(run, stream, "it cannot be completed before its last page is committed"));
            }
            tx.execute("DELETE FROM cursor_met WHERE stream_id = ?1", [open.id])?;
            let census = records::census(tx, &open, open.completed_generation.unwrap_or(0))?;
            if census.shrinks_beyond(guard) {
                tx.execute("UPDATE stream SET state = ?2 WHERE id = ?1", params![open.id, Word(Progress::Refused)])?;
                return Ok(Completion::ShrinkRefused { would_remove: census.missing, had: census.had });
            }
            let removed = records::sweep(tx, &open)?;
            let sql =
                "UPDATE stream SET state = ?2, completed_generation = generation, completed_at = ?3 WHERE id = ?1";
            tx.execute(sql, params![open.id, Word(Progress::Complete), Millis(at)])?;
            let sql = "UPDATE stream_run SET complete = 1, removed = removed + ?3 WHERE run_id = ?1 AND stream = ?2";
            tx.execute(sql, params![run, stream.as_str(), Count(removed)])?;
            Ok(Completion::Complete { removed })
        })
    }

    /// When a stream of a source was last read to its end and completed. What is stored of it may be older than this in no row.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_complete_at(&self, source: &Source, stream: &Name) -> Result<Option<Timestamp>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT completed_at FROM stream WHERE source_id = ?1 AND name = ?2";
            let source = source_id(tx, source)?;
            let found = tx
                .query_row(sql, params![source, stream.as_str()], |row| row.get::<_, Option<Millis>>(0))
                .optional()?;
            Ok(found.flatten().map(|at| at.0))
        })
    }
}

impl OpenStream {
    /// Where the generation is to be taken up, if it is unfinished and has this stamp.
    fn unfinished(&self, stamp: &str) -> Result<Option<ReadFrom>, StoreError> {
        Ok(match (self.state, &self.cursor) {
            _ if self.stamp != stamp => None,
            (Progress::Complete | Progress::Refused, _) => None,
            (Progress::Read, _) => Some(ReadFrom::End),
            (Progress::Reading, None) => Some(ReadFrom::Beginning),
            (Progress::Reading, Some(text)) => {
                let cursor = Cursor::new(text.clone()).map_err(|error| StoreError::Damaged(error.to_string()))?;
                Some(ReadFrom::Cursor(cursor))
            }
        })
    }
}

/// What a generation found of what was there before it.
pub(crate) struct Census {
    /// Rows that the last complete generation had.
    pub(crate) had: u64,
    /// Those among them that this one did not find.
    pub(crate) missing: u64,
    /// Whether this generation found any row at all.
    pub(crate) any: bool,
}

impl Census {
    fn shrinks_beyond(&self, guard: ShrinkGuard) -> bool {
        let emptied = self.had > 0 && !self.any;
        emptied || self.missing.saturating_mul(100) > self.had.saturating_mul(u64::from(guard.max_percent))
    }
}

/// The stream as the run has begun it.
pub(crate) fn begun(tx: &Transaction<'_>, run: i64, stream: &Name) -> Result<OpenStream, StoreError> {
    let source = running_source(tx, run)?;
    let mut statement = tx.prepare_cached("SELECT 1 FROM stream_run WHERE run_id = ?1 AND stream = ?2")?;
    let begun = statement.query_row(params![run, stream.as_str()], |_| Ok(())).optional()?;
    let found = if begun.is_some() { find(tx, source, stream)? } else { None };
    found.ok_or_else(|| out_of_turn(run, stream, "it was not begun"))
}

/// The stream, if the run has begun it and has pages of it left to read.
pub(crate) fn reading(tx: &Transaction<'_>, run: i64, stream: &Name) -> Result<OpenStream, StoreError> {
    let open = begun(tx, run, stream)?;
    match open.state {
        Progress::Reading => Ok(open),
        _ => Err(out_of_turn(run, stream, "a page came after the last one")),
    }
}

/// Moves the checkpoint to where the next page begins, or to the end.
pub(crate) fn advance(
    tx: &Transaction<'_>,
    open: &OpenStream,
    stream: &Name,
    next: Option<&Cursor>,
) -> Result<(), StoreError> {
    if let Some(cursor) = next {
        let sql = "INSERT INTO cursor_met (stream_id, hash) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        if tx.prepare_cached(sql)?.execute(params![open.id, hash(cursor)])? == 0 {
            return Err(StoreError::RepeatedCursor(stream.clone()));
        }
    }
    let state = if next.is_some() { Progress::Reading } else { Progress::Read };
    let mut update = tx.prepare_cached("UPDATE stream SET cursor = ?2, state = ?3 WHERE id = ?1")?;
    update.execute(params![open.id, next.map(Cursor::as_str), Word(state)])?;
    Ok(())
}

fn find(tx: &Transaction<'_>, source: i64, stream: &Name) -> Result<Option<OpenStream>, StoreError> {
    let mut statement = tx.prepare_cached(&format!("{SELECT} WHERE source_id = ?1 AND name = ?2"))?;
    Ok(statement.query_row(params![source, stream.as_str()], open_stream).optional()?)
}

fn start_first(
    tx: &Transaction<'_>,
    source: i64,
    stream: &Name,
    kind: StreamKind,
    stamp: &str,
) -> Result<StreamStart, StoreError> {
    tx.execute(
        "INSERT INTO stream (source_id, name, kind, generation, stamp, state) VALUES (?1, ?2, ?3, 1, ?4, ?5)",
        params![source, stream.as_str(), Word(kind), stamp, Word(Progress::Reading)],
    )?;
    Ok(StreamStart { generation: 1, from: ReadFrom::Beginning })
}

fn start_over(tx: &Transaction<'_>, stream: &OpenStream, stamp: &str) -> Result<StreamStart, StoreError> {
    let generation = stream.generation + 1;
    tx.execute("DELETE FROM cursor_met WHERE stream_id = ?1", [stream.id])?;
    let sql = "UPDATE stream SET generation = ?2, stamp = ?3, state = ?4, cursor = NULL WHERE id = ?1";
    tx.execute(sql, params![stream.id, generation, stamp, Word(Progress::Reading)])?;
    Ok(StreamStart { generation, from: ReadFrom::Beginning })
}

/// Cursors may be 16 KiB each and thousands a generation; 128 bits of a digest tell them apart.
fn hash(cursor: &Cursor) -> Vec<u8> {
    Sha256::digest(cursor.as_str()).iter().copied().take(16).collect()
}

fn out_of_turn(run: i64, stream: &Name, why: &'static str) -> StoreError {
    StoreError::OutOfTurn { run, stream: stream.clone(), why }
}
