//! Checkpoints: the state of a stream's read, and its beginning in a run.
//!
//! A read from the beginning is a *generation*. Run after run continues it while its *fingerprint*
//! stays the same: the engine's digest of everything a cursor depends on. Every row that a read
//! reports is marked with its generation. A generation can be *completed* once its last page was
//! committed (see `completion`).
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

use crate::convert::Word;
use crate::open_runs::running_source;
use crate::open_stream::{self, OpenStream, Progress, StreamStart, open_stream};
use crate::{Store, StoreError};
use purser_model::{RunId, StreamKind, StreamName};
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
                    None => {
                        // why: only passes of one run are compared with each other
                        let sql = "UPDATE stream SET previous_found = NULL WHERE id = ?1";
                        tx.execute(sql, [known.id])?;
                        start_over(tx, &known, fingerprint)?
                    }
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
    /// the checkpoint or rows shifted. The counts of the run begin again with it, except for those
    /// of requests and waits.
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
            forget_pass(tx, run, stream)?;
            start_over(tx, &open, &open.fingerprint)
        })
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

/// Deletes what a run stored about an earlier pass of a stream: its counts and rejected rows.
fn forget_pass(tx: &Transaction<'_>, run: RunId, stream: &StreamName) -> Result<(), StoreError> {
    let values = params![run.0, stream.as_str()];
    let sql = "
        UPDATE stream_run SET pages = 0, records = 0, rejected = 0, repeated = 0, with_warnings = 0
        WHERE run_id = ?1 AND stream = ?2";
    tx.execute(sql, values)?;

    let sql = "DELETE FROM rejected_row WHERE run_id = ?1 AND stream = ?2";
    tx.execute(sql, values)?;
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

    clear_seen(tx, stream)?;
    tx.execute("DELETE FROM partition WHERE stream_id = ?1", [stream.id])?;
    add_first_partition(tx, stream.id)?;

    let sql = "
        UPDATE stream SET
            generation = ?2, fingerprint = ?3, state = ?4, offset_paged = 0, repeated = 0,
            unusable = 0, reported = 0, unidentified = 0, duplicates = 0, least_total = NULL,
            most_total = NULL
        WHERE id = ?1";
    let reading = Word(Progress::Reading);
    tx.execute(sql, params![stream.id, generation, fingerprint, reading])?;

    Ok(StreamRead {
        generation,
        start: StreamStart::Beginning,
    })
}

/// Deletes the cursors and rejected rows that a generation met: the next one may have the same.
pub(crate) fn clear_seen(tx: &Transaction<'_>, stream: &OpenStream) -> Result<(), StoreError> {
    for table in ["cursor_seen", "rejected_seen"] {
        let sql = format!("DELETE FROM {table} WHERE stream_id = ?1");
        tx.execute(&sql, [stream.id])?;
    }
    Ok(())
}

fn add_first_partition(tx: &Transaction<'_>, stream: i64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO partition (stream_id, number, done) VALUES (?1, 0, 0)",
        [stream],
    )?;
    Ok(())
}
