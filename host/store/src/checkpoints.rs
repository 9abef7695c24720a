//! Checkpoints: where the read of a stream stands, and what may be concluded when it has reached its end.
//!
//! A read from the beginning is a *generation*. It goes on, run after run, as long as its *stamp* (what the engine says must be the same)
//! is the same, and every row it reports is marked with it. Only when its last page was committed may it be *completed*: what earlier
//! generations of the stream saw and this one did not is then removed, unless that is suspiciously much.
//!
//! A stream is read in *parts*, each with a checkpoint of its own: the one that begins where the stream does, and those that its first page
//! names. The last page was committed when every part had its last.
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
use purser_model::{Cursor, Page, RunId, StreamKind, StreamName, Timestamp};
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
    /// What is left of these parts.
    Parts(Vec<Part>),
    /// Nothing: the last page was committed, and the stream only needs to be completed.
    End,
    /// Nothing at all: the run completed the stream before it was parked.
    Done,
}

/// A part of a stream that has pages left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its number, from 0, which is the part that begins where the stream does.
    pub number: u32,
    /// Where its next page begins; absent where the stream does.
    pub cursor: Option<Cursor>,
}

/// What is to be made of signs that rows changed place while they were read: such a read may have missed some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shifts {
    /// The stream is not completed: it is to be read again.
    ReadAgain,
    /// It was read again several times, and rows kept moving. What none of the generations from this one on has seen is gone.
    Since(i64),
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
    /// Rows changed place while it was read. Nothing was removed; [`Store::restart_stream`] begins the next read.
    Shifted,
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
}

const SELECT: &str =
    "SELECT id, source_id, kind, generation, completed_generation, stamp, state FROM stream";

fn open_stream(row: &Row<'_>) -> rusqlite::Result<OpenStream> {
    Ok(OpenStream {
        id: row.get(0)?,
        source_id: row.get(1)?,
        kind: row.get::<_, Word<_>>(2)?.0,
        generation: row.get(3)?,
        completed_generation: row.get(4)?,
        stamp: row.get(5)?,
        state: row.get::<_, Word<_>>(6)?.0,
    })
}

impl Store {
    /// Begins a stream in a run: goes on with its unfinished generation if that has the same stamp, else starts a new one.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`], [`StoreError::WrongKind`] when the stream had another kind before, or the store cannot be written.
    pub fn begin_stream(
        &self,
        run: RunId,
        stream: &StreamName,
        kind: StreamKind,
        stamp: &str,
    ) -> Result<StreamStart, StoreError> {
        self.write(|tx| {
            let source = running_source(tx, run)?;
            let before = "SELECT complete FROM stream_run WHERE run_id = ?1 AND stream = ?2";
            let completed = tx.query_row(before, params![run.0, stream.as_str()], |row| row.get(0)).optional()?;
            let start = match find(tx, source, stream)? {
                Some(known) if completed == Some(true) && known.is_complete(stamp) => {
                    return Ok(StreamStart { generation: known.generation, from: ReadFrom::Done });
                }
                Some(known) if known.kind != kind => {
                    return Err(StoreError::WrongKind { stream: stream.clone(), expected: known.kind, found: kind });
                }
                Some(known) => match known.unfinished(tx, stamp)? {
                    Some(from) => StreamStart { generation: known.generation, from },
                    None => start_over(tx, &known, stamp)?,
                },
                None => start_first(tx, source, stream, kind, stamp)?,
            };
            tx.execute(
                "INSERT INTO stream_run (run_id, stream, kind, resumed) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                params![run.0, stream.as_str(), Word(kind), start.resumed()],
            )?;
            Ok(start)
        })
    }

    /// Starts a new generation of a stream in the middle of a run: the application no longer accepts the checkpoint.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`], [`StoreError::OutOfTurn`] when the run has not begun the stream, or the store cannot be written.
    pub fn restart_stream(
        &self,
        run: RunId,
        stream: &StreamName,
    ) -> Result<StreamStart, StoreError> {
        self.write(|tx| {
            let open = begun(tx, run, stream)?;
            start_over(tx, &open, &open.stamp)
        })
    }

    /// Completes a stream whose last page was committed: removes what it no longer has, or refuses to when that is more than the guard
    /// allows. A read that found nothing after one that found something is always refused. Activity is never removed.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`], [`StoreError::OutOfTurn`] when pages are left, or the store cannot be written.
    pub fn complete_stream(
        &self,
        run: RunId,
        stream: &StreamName,
        guard: ShrinkGuard,
        shifts: Shifts,
        at: Timestamp,
    ) -> Result<Completion, StoreError> {
        self.write(|tx| {
            let open = begun(tx, run, stream)?;
            if open.state != Progress::Read {
                return Err(out_of_turn(run, stream, "it cannot be completed before its last page is committed"));
            }
            let seen_since = match shifts {
                Shifts::ReadAgain => open.generation,
                Shifts::Since(generation) => generation,
            };
            let census = records::census(tx, &open, open.completed_generation.unwrap_or(0), seen_since)?;
            if shifts == Shifts::ReadAgain && shifted(tx, &open, &census)? {
                return Ok(Completion::Shifted);
            }
            tx.execute("DELETE FROM cursor_met WHERE stream_id = ?1", [open.id])?;
            if census.shrinks_beyond(guard) {
                tx.execute("UPDATE stream SET state = ?2 WHERE id = ?1", params![open.id, Word(Progress::Refused)])?;
                return Ok(Completion::ShrinkRefused { would_remove: census.missing, had: census.had });
            }
            let removed = records::sweep(tx, &open, seen_since)?;
            let sql =
                "UPDATE stream SET state = ?2, completed_generation = generation, completed_at = ?3 WHERE id = ?1";
            tx.execute(sql, params![open.id, Word(Progress::Complete), Millis(at)])?;
            let sql = "UPDATE stream_run SET complete = 1, removed = removed + ?3 WHERE run_id = ?1 AND stream = ?2";
            tx.execute(sql, params![run.0, stream.as_str(), Count(removed)])?;
            Ok(Completion::Complete { removed })
        })
    }

    /// When a stream of a source was last read to its end and completed. What is stored of it may be older than this in no row.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_complete_at(
        &self,
        source: &Source,
        stream: &StreamName,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT completed_at FROM stream WHERE source_id = ?1 AND name = ?2";
            let source = source_id(tx, source)?;
            let found = tx
                .query_row(sql, params![source, stream.as_str()], |row| {
                    row.get::<_, Option<Millis>>(0)
                })
                .optional()?;
            Ok(found.flatten().map(|at| at.0))
        })
    }
}

impl OpenStream {
    fn is_complete(&self, stamp: &str) -> bool {
        self.state == Progress::Complete && self.stamp == stamp
    }

    /// Where the generation is to be taken up, if it is unfinished and has this stamp.
    fn unfinished(
        &self,
        tx: &Transaction<'_>,
        stamp: &str,
    ) -> Result<Option<ReadFrom>, StoreError> {
        Ok(match self.state {
            _ if self.stamp != stamp => None,
            Progress::Complete | Progress::Refused => None,
            Progress::Read => Some(ReadFrom::End),
            Progress::Reading => Some(match self.parts_left(tx)?.as_slice() {
                [
                    Part {
                        number: 0,
                        cursor: None,
                    },
                ] => ReadFrom::Beginning,
                parts => ReadFrom::Parts(parts.to_vec()),
            }),
        })
    }

    fn parts_left(&self, tx: &Transaction<'_>) -> Result<Vec<Part>, StoreError> {
        let mut statement = tx.prepare_cached(
            "SELECT number, cursor FROM part WHERE stream_id = ?1 AND NOT done ORDER BY number",
        )?;
        let rows = statement.query_map([self.id], |row| {
            Ok((row.get(0)?, row.get::<_, Option<String>>(1)?))
        })?;
        rows.map(|row| {
            let (number, cursor) = row?;
            let cursor = cursor.map(Cursor::new).transpose();
            Ok(Part {
                number,
                cursor: cursor.map_err(|error| StoreError::Damaged(error.to_string()))?,
            })
        })
        .collect()
    }
}

/// What a generation found of what was there before it.
pub(crate) struct Census {
    /// Rows that the last complete generation had.
    pub(crate) had: u64,
    /// Those among them that this one did not find.
    pub(crate) missing: u64,
    /// Rows that this one found.
    pub(crate) found: u64,
}

impl Census {
    fn shrinks_beyond(&self, guard: ShrinkGuard) -> bool {
        let emptied = self.had > 0 && self.found == 0;
        emptied
            || self.missing.saturating_mul(100)
                > self.had.saturating_mul(u64::from(guard.max_percent))
    }
}

/// The stream as the run has begun it.
pub(crate) fn begun(
    tx: &Transaction<'_>,
    run: RunId,
    stream: &StreamName,
) -> Result<OpenStream, StoreError> {
    let source = running_source(tx, run)?;
    let mut statement =
        tx.prepare_cached("SELECT 1 FROM stream_run WHERE run_id = ?1 AND stream = ?2")?;
    let begun = statement
        .query_row(params![run.0, stream.as_str()], |_| Ok(()))
        .optional()?;
    let found = if begun.is_some() {
        find(tx, source, stream)?
    } else {
        None
    };
    found.ok_or_else(|| out_of_turn(run, stream, "it was not begun"))
}

/// The stream, if the run has begun it and has pages of this part of it left to read.
pub(crate) fn reading(
    tx: &Transaction<'_>,
    run: RunId,
    stream: &StreamName,
    part: u32,
) -> Result<OpenStream, StoreError> {
    let open = begun(tx, run, stream)?;
    let mut left =
        tx.prepare_cached("SELECT 1 FROM part WHERE stream_id = ?1 AND number = ?2 AND NOT done")?;
    match left.exists(params![open.id, part])? {
        true if open.state == Progress::Reading => Ok(open),
        _ => Err(out_of_turn(run, stream, "a page came after the last one")),
    }
}

/// Moves the checkpoint of a part to where its next page begins, or to its end, and adds the parts that the page names.
pub(crate) fn advance(
    tx: &Transaction<'_>,
    open: &OpenStream,
    stream: &StreamName,
    part: u32,
    page: &Page,
) -> Result<(), StoreError> {
    let mut add = tx.prepare_cached(
        "INSERT INTO part (stream_id, number, cursor, done) VALUES (?1, ?2, ?3, 0)",
    )?;
    for (number, start) in (1_u32..).zip(&page.partitions) {
        meet(tx, open, stream, number, start)?;
        add.execute(params![open.id, number, start.as_str()])?;
    }
    if let Some(next) = &page.next {
        meet(tx, open, stream, part, next)?;
    }
    let (cursor, done) = (page.next.as_ref().map(Cursor::as_str), page.next.is_none());
    let mut moved = tx.prepare_cached(
        "UPDATE part SET cursor = ?3, done = ?4 WHERE stream_id = ?1 AND number = ?2",
    )?;
    moved.execute(params![open.id, part, cursor, done])?;
    if done && open.parts_left(tx)?.is_empty() {
        tx.execute(
            "UPDATE stream SET state = ?2 WHERE id = ?1",
            params![open.id, Word(Progress::Read)],
        )?;
    }
    Ok(())
}

/// Refuses a cursor that the part has had before: it leads back to where the read has been.
fn meet(
    tx: &Transaction<'_>,
    open: &OpenStream,
    stream: &StreamName,
    part: u32,
    cursor: &Cursor,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO cursor_met (stream_id, hash) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    match tx
        .prepare_cached(sql)?
        .execute(params![open.id, hash(part, cursor)])?
    {
        0 => Err(StoreError::RepeatedCursor(stream.clone())),
        _ => Ok(()),
    }
}

/// Keeps what a page says of whether rows change place.
pub(crate) fn note_signs(
    tx: &Transaction<'_>,
    open: &OpenStream,
    page: &Page,
    repeated: u64,
) -> Result<(), StoreError> {
    let sql = "UPDATE stream SET by_position = by_position OR ?2, repeated = repeated + ?3, unusable = unusable + ?4,
                      least_total = min(coalesce(least_total, ?5), coalesce(?5, least_total)),
                      most_total = max(coalesce(most_total, ?5), coalesce(?5, most_total))
               WHERE id = ?1";
    let unusable = Count(u64::try_from(page.rejected.len()).unwrap_or(u64::MAX));
    let total = page.total.map(Count);
    tx.prepare_cached(sql)?.execute(params![
        open.id,
        page.offset_paged,
        Count(repeated),
        unusable,
        total
    ])?;
    Ok(())
}

/// Whether there are signs that rows changed place while the generation was read.
fn shifted(tx: &Transaction<'_>, open: &OpenStream, census: &Census) -> Result<bool, StoreError> {
    let sql = "SELECT by_position, repeated > 0 OR least_total <> most_total, most_total - unusable FROM stream WHERE id = ?1";
    let (by_position, moved, expected) = tx.query_row(sql, [open.id], |row| {
        Ok((
            row.get::<_, bool>(0)?,
            row.get::<_, Option<bool>>(1)?,
            row.get::<_, Option<i64>>(2)?,
        ))
    })?;
    let counted = open.kind != StreamKind::Activity;
    let short =
        counted && expected.is_some_and(|expected| i64::try_from(census.found) != Ok(expected));
    Ok(by_position && (moved == Some(true) || short))
}

fn find(
    tx: &Transaction<'_>,
    source: i64,
    stream: &StreamName,
) -> Result<Option<OpenStream>, StoreError> {
    let mut statement =
        tx.prepare_cached(&format!("{SELECT} WHERE source_id = ?1 AND name = ?2"))?;
    Ok(statement
        .query_row(params![source, stream.as_str()], open_stream)
        .optional()?)
}

fn start_first(
    tx: &Transaction<'_>,
    source: i64,
    stream: &StreamName,
    kind: StreamKind,
    stamp: &str,
) -> Result<StreamStart, StoreError> {
    tx.execute(
        "INSERT INTO stream (source_id, name, kind, generation, stamp, state) VALUES (?1, ?2, ?3, 1, ?4, ?5)",
        params![source, stream.as_str(), Word(kind), stamp, Word(Progress::Reading)],
    )?;
    tx.execute(
        "INSERT INTO part (stream_id, number, done) VALUES (?1, 0, 0)",
        [tx.last_insert_rowid()],
    )?;
    Ok(StreamStart {
        generation: 1,
        from: ReadFrom::Beginning,
    })
}

fn start_over(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    stamp: &str,
) -> Result<StreamStart, StoreError> {
    let generation = stream.generation + 1;
    tx.execute("DELETE FROM cursor_met WHERE stream_id = ?1", [stream.id])?;
    tx.execute("DELETE FROM part WHERE stream_id = ?1", [stream.id])?;
    tx.execute(
        "INSERT INTO part (stream_id, number, done) VALUES (?1, 0, 0)",
        [stream.id],
    )?;
    let sql = "UPDATE stream SET generation = ?2, stamp = ?3, state = ?4, by_position = 0, repeated = 0, unusable = 0,
                      least_total = NULL, most_total = NULL WHERE id = ?1";
    tx.execute(
        sql,
        params![stream.id, generation, stamp, Word(Progress::Reading)],
    )?;
    Ok(StreamStart {
        generation,
        from: ReadFrom::Beginning,
    })
}

/// Cursors may be 16 KiB each and thousands a generation; 128 bits of a digest tell them apart.
fn hash(part: u32, cursor: &Cursor) -> Vec<u8> {
    let digest = Sha256::new()
        .chain_update(part.to_le_bytes())
        .chain_update(cursor.as_str())
        .finalize();
    digest.iter().copied().take(16).collect()
}

fn out_of_turn(run: RunId, stream: &StreamName, why: &'static str) -> StoreError {
    StoreError::OutOfTurn {
        run,
        stream: stream.clone(),
        why,
    }
}
