//! Checkpoints: the state of a stream's read, and the conclusions that a complete read allows.
//!
//! A read from the beginning is a *generation*. Run after run continues it while its *fingerprint*
//! stays the same: the engine's digest of everything a cursor depends on. Every row that a read
//! reports is marked with its generation. A generation can be *completed* once its last page was
//! committed. Completion deletes the rows that earlier generations saw and this one did not,
//! unless they are suspiciously many.
//!
//! A stream is read in *partitions*, each with a checkpoint of its own: the one that begins at the
//! beginning of the stream, and those that its first page names. The last page of the stream was
//! committed when every partition had its last.
//!
//! The state of a stream says which step comes next:
//! ```text
//!            last page            complete_stream
//! reading ───────────────▶ read ─────────────────▶ complete      begin_stream on complete or
//!                             └──────────────────▶ refused       refused, or with another
//!                                                                fingerprint, starts a new
//!                                                                generation in reading
//! ```

use crate::convert::{Count, Millis, Word};
use crate::open_runs::running_source;
use crate::open_stream::{self, OpenStream, Progress, StreamStart, open_stream, out_of_order};
use crate::records::{self, GenerationCounts};
use crate::{Store, StoreError};
use purser_model::{RunId, StreamKind, StreamName, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};

/// The generation that a run reads, and the point to start at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRead {
    /// The generation that the run's pages belong to, counted up from 1.
    pub generation: i64,
    /// The point to start reading at.
    pub start: StreamStart,
}

impl StreamRead {
    /// Returns true if the run continues from the checkpoint of an earlier one.
    #[must_use]
    pub const fn resumed(&self) -> bool {
        !matches!(self.start, StreamStart::Beginning)
    }
}

/// The treatment of a read whose rows changed place, so that it may have missed some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShiftPolicy {
    /// Leaves the stream incomplete, to be read again.
    ReadAgain,
    /// Completes the stream after several reads with shifts. Deletes only the rows that no
    /// generation from this one on has seen.
    Since(i64),
}

/// A limit on the deletions of a complete read that no person confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShrinkGuard {
    /// Per cent of the rows of the last complete generation. With 100, a read may delete all rows,
    /// unless it found none.
    pub max_percent: u8,
}

/// The result of completing a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// The stream is complete.
    Complete {
        /// Accounts or products deleted because the read no longer has them.
        removed: u64,
    },
    /// Rows changed place during the read. Nothing was deleted; [`Store::restart_stream`] begins
    /// the next read.
    Shifted,
    /// The guard refused the deletions. Nothing was deleted, and the next run reads the stream from
    /// the beginning.
    ShrinkRefused {
        /// Rows of `had` that the read did not find.
        would_remove: u64,
        /// Rows of the last complete generation.
        had: u64,
    },
}

impl Store {
    /// Begins a stream in a run. Continues its unfinished generation if that has the same
    /// fingerprint, and starts a new one otherwise.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`], or [`StoreError::WrongKind`] if the stream had another kind.
    pub fn begin_stream(
        &self,
        run: RunId,
        stream: &StreamName,
        kind: StreamKind,
        fingerprint: &str,
    ) -> Result<StreamRead, StoreError> {
        self.write(|tx| {
            let source = running_source(tx, run)?;
            let known = open_stream::find(tx, source, stream)?;

            // why: a resumed run asks again for the streams that it completed before it was parked
            if let Some(known) = &known
                && known.is_complete(fingerprint)
                && is_completed_by(tx, run, stream)?
            {
                return Ok(StreamRead {
                    generation: known.generation,
                    start: StreamStart::Done,
                });
            }

            let read = match known {
                None => start_first(tx, source, stream, kind, fingerprint)?,
                Some(known) if known.kind != kind => {
                    return Err(StoreError::WrongKind {
                        stream: stream.clone(),
                        expected: known.kind,
                        found: kind,
                    });
                }
                Some(known) => match known.unfinished(tx, fingerprint)? {
                    Some(start) => StreamRead {
                        generation: known.generation,
                        start,
                    },
                    None => start_over(tx, &known, fingerprint)?,
                },
            };

            tx.execute(
                "INSERT INTO stream_run (run_id, stream, kind, resumed) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
                params![run.0, stream.as_str(), Word(kind), read.resumed()],
            )?;
            Ok(read)
        })
    }

    /// Starts a new generation in the middle of a run, because the application no longer accepts
    /// the checkpoint or rows shifted.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`], or [`StoreError::OutOfOrder`] if the run has not begun the stream.
    pub fn restart_stream(
        &self,
        run: RunId,
        stream: &StreamName,
    ) -> Result<StreamRead, StoreError> {
        self.write(|tx| {
            let open = open_stream(tx, run, stream)?;
            start_over(tx, &open, &open.fingerprint)
        })
    }

    /// Completes a stream whose last page was committed: deletes the rows that it no longer has.
    /// Refuses if that is more than the guard allows, and always if the read found nothing after
    /// one that found something. Activity is never deleted.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`], or [`StoreError::OutOfOrder`] if pages are left.
    pub fn complete_stream(
        &self,
        run: RunId,
        stream: &StreamName,
        guard: ShrinkGuard,
        shift_policy: ShiftPolicy,
        at: Timestamp,
    ) -> Result<Completion, StoreError> {
        self.write(|tx| {
            let open = open_stream(tx, run, stream)?;
            if open.progress != Progress::Read {
                let why = "it cannot be completed before its last page is committed";
                return Err(out_of_order(run, stream, why));
            }

            let seen_since = match shift_policy {
                ShiftPolicy::ReadAgain => open.generation,
                ShiftPolicy::Since(generation) => generation,
            };
            let completed = open.completed_generation.unwrap_or(0);
            let counts = records::generation_counts(tx, &open, completed, seen_since)?;

            if shift_policy == ShiftPolicy::ReadAgain && has_shifted(tx, &open, &counts)? {
                return Ok(Completion::Shifted);
            }

            // why: the generation ends here either way, and the next one may use the same cursors
            tx.execute("DELETE FROM cursor_seen WHERE stream_id = ?1", [open.id])?;

            if guard.refuses(&counts) {
                tx.execute(
                    "UPDATE stream SET state = ?2 WHERE id = ?1",
                    params![open.id, Word(Progress::Refused)],
                )?;
                return Ok(Completion::ShrinkRefused {
                    would_remove: counts.missing,
                    had: counts.had,
                });
            }

            let removed = records::delete_unseen(tx, &open, seen_since)?;
            mark_complete(tx, &open, at)?;
            count_complete(tx, run, stream, removed)?;
            Ok(Completion::Complete { removed })
        })
    }
}

impl ShrinkGuard {
    fn refuses(self, counts: &GenerationCounts) -> bool {
        let emptied = counts.had > 0 && counts.found == 0;
        let missing = counts.missing.saturating_mul(100);
        let allowed = counts.had.saturating_mul(u64::from(self.max_percent));

        emptied || missing > allowed
    }
}

fn is_completed_by(
    tx: &Transaction<'_>,
    run: RunId,
    stream: &StreamName,
) -> Result<bool, StoreError> {
    let sql = "SELECT complete FROM stream_run WHERE run_id = ?1 AND stream = ?2";
    let complete: Option<bool> = tx
        .query_row(sql, params![run.0, stream.as_str()], |row| row.get(0))
        .optional()?;
    Ok(complete == Some(true))
}

/// Returns true if there are signs that rows changed place while the generation was read.
///
/// Only a stream paged by offset can miss rows that way. The signs: a row came twice, the total
/// changed between pages, or the rows found are not as many as the total says.
fn has_shifted(
    tx: &Transaction<'_>,
    open: &OpenStream,
    counts: &GenerationCounts,
) -> Result<bool, StoreError> {
    let sql = "SELECT offset_paged, repeated > 0 OR least_total <> most_total,
                      most_total - unusable
               FROM stream WHERE id = ?1";
    let (offset_paged, moved, expected) = tx.query_row(sql, [open.id], |row| {
        Ok((
            row.get::<_, bool>(0)?,
            row.get::<_, Option<bool>>(1)?,
            row.get::<_, Option<i64>>(2)?,
        ))
    })?;

    // why: rows of activity are merged by account and product, so they cannot be counted
    let countable = open.kind != StreamKind::Activity;
    let differs =
        countable && expected.is_some_and(|expected| i64::try_from(counts.found) != Ok(expected));

    Ok(offset_paged && (moved == Some(true) || differs))
}

fn mark_complete(tx: &Transaction<'_>, open: &OpenStream, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE stream SET state = ?2, completed_generation = generation, completed_at = ?3
               WHERE id = ?1";
    tx.execute(sql, params![open.id, Word(Progress::Complete), Millis(at)])?;
    Ok(())
}

fn count_complete(
    tx: &Transaction<'_>,
    run: RunId,
    stream: &StreamName,
    removed: u64,
) -> Result<(), StoreError> {
    let sql = "UPDATE stream_run SET complete = 1, removed = removed + ?3
               WHERE run_id = ?1 AND stream = ?2";
    tx.execute(sql, params![run.0, stream.as_str(), Count(removed)])?;
    Ok(())
}

fn start_first(
    tx: &Transaction<'_>,
    source: i64,
    stream: &StreamName,
    kind: StreamKind,
    fingerprint: &str,
) -> Result<StreamRead, StoreError> {
    tx.execute(
        "INSERT INTO stream (source_id, name, kind, generation, fingerprint, state)
         VALUES (?1, ?2, ?3, 1, ?4, ?5)",
        params![
            source,
            stream.as_str(),
            Word(kind),
            fingerprint,
            Word(Progress::Reading)
        ],
    )?;
    add_first_partition(tx, tx.last_insert_rowid())?;

    Ok(StreamRead {
        generation: 1,
        start: StreamStart::Beginning,
    })
}

fn start_over(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    fingerprint: &str,
) -> Result<StreamRead, StoreError> {
    let generation = stream.generation + 1;

    tx.execute("DELETE FROM cursor_seen WHERE stream_id = ?1", [stream.id])?;
    tx.execute("DELETE FROM partition WHERE stream_id = ?1", [stream.id])?;
    add_first_partition(tx, stream.id)?;

    let sql = "
        UPDATE stream SET
            generation = ?2, fingerprint = ?3, state = ?4, offset_paged = 0, repeated = 0,
            unusable = 0, least_total = NULL, most_total = NULL
        WHERE id = ?1";
    let reading = Word(Progress::Reading);
    tx.execute(sql, params![stream.id, generation, fingerprint, reading])?;

    Ok(StreamRead {
        generation,
        start: StreamStart::Beginning,
    })
}

fn add_first_partition(tx: &Transaction<'_>, stream: i64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO partition (stream_id, number, done) VALUES (?1, 0, 0)",
        [stream],
    )?;
    Ok(())
}
