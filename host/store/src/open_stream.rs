//! A stream that a run has begun: its state, its generation and the partitions left to read.

use crate::StoreError;
use crate::convert::Word;
use crate::open_runs::running_source;
use purser_model::{Cursor, RunId, StreamKind, StreamName};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

/// A partition of a stream that has pages left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// The number within the generation. Partition 0 begins at the beginning of the stream.
    pub number: u32,
    /// The cursor of its next page; absent for the beginning of the stream.
    pub cursor: Option<Cursor>,
}

/// The point to start reading a generation at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamStart {
    /// The beginning of the stream.
    Beginning,
    /// The cursors of the partitions that have pages left.
    Partitions(Vec<Partition>),
    /// The end: the last page was committed, and the stream only needs to be completed.
    End,
    /// Nothing to do: the run completed the stream before it was parked.
    Done,
}

/// The steps of a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Progress {
    /// Pages are left.
    Reading,
    /// The last page was committed.
    Read,
    /// The generation was completed.
    Complete,
    /// The shrink guard kept the generation from completion.
    Refused,
}

/// A stream as a running run sees it.
#[derive(Debug)]
pub(crate) struct OpenStream {
    pub(crate) id: i64,
    pub(crate) source_id: i64,
    pub(crate) kind: StreamKind,
    pub(crate) generation: i64,
    pub(crate) completed_generation: Option<i64>,
    pub(crate) fingerprint: String,
    pub(crate) progress: Progress,
}

const SELECT: &str =
    "SELECT id, source_id, kind, generation, completed_generation, fingerprint, state FROM stream";

impl OpenStream {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            source_id: row.get(1)?,
            kind: row.get::<_, Word<_>>(2)?.0,
            generation: row.get(3)?,
            completed_generation: row.get(4)?,
            fingerprint: row.get(5)?,
            progress: row.get::<_, Word<_>>(6)?.0,
        })
    }

    /// Returns true if the generation of this fingerprint was completed.
    pub(crate) fn is_complete(&self, fingerprint: &str) -> bool {
        self.progress == Progress::Complete && self.fingerprint == fingerprint
    }

    /// Returns the point to resume the generation at; `None` if it has ended or has another
    /// fingerprint.
    pub(crate) fn unfinished(
        &self,
        tx: &Transaction<'_>,
        fingerprint: &str,
    ) -> Result<Option<StreamStart>, StoreError> {
        if self.fingerprint != fingerprint {
            return Ok(None);
        }

        Ok(match self.progress {
            Progress::Complete | Progress::Refused => None,
            Progress::Read => Some(StreamStart::End),
            Progress::Reading => Some(match self.partitions_left(tx)?.as_slice() {
                [
                    Partition {
                        number: 0,
                        cursor: None,
                    },
                ] => StreamStart::Beginning,
                partitions => StreamStart::Partitions(partitions.to_vec()),
            }),
        })
    }

    /// Returns the partitions that have pages left, by number.
    pub(crate) fn partitions_left(
        &self,
        tx: &Transaction<'_>,
    ) -> Result<Vec<Partition>, StoreError> {
        let mut statement = tx.prepare_cached(
            "SELECT number, cursor FROM partition WHERE stream_id = ?1 AND NOT done ORDER BY number",
        )?;
        let rows = statement.query_map([self.id], |row| {
            Ok((row.get(0)?, row.get::<_, Option<String>>(1)?))
        })?;

        rows.map(|row| {
            let (number, cursor) = row?;
            let cursor = cursor.map(Cursor::new).transpose();

            Ok(Partition {
                number,
                cursor: cursor.map_err(|error| StoreError::Damaged(error.to_string()))?,
            })
        })
        .collect()
    }
}

/// Finds a stream of a source by name.
pub(crate) fn find(
    tx: &Transaction<'_>,
    source: i64,
    stream: &StreamName,
) -> Result<Option<OpenStream>, StoreError> {
    let mut statement =
        tx.prepare_cached(&format!("{SELECT} WHERE source_id = ?1 AND name = ?2"))?;

    Ok(statement
        .query_row(params![source, stream.as_str()], OpenStream::from_row)
        .optional()?)
}

/// Finds a stream that the run has begun.
pub(crate) fn open_stream(
    tx: &Transaction<'_>,
    run: RunId,
    stream: &StreamName,
) -> Result<OpenStream, StoreError> {
    let source = running_source(tx, run)?;
    let mut statement =
        tx.prepare_cached("SELECT 1 FROM stream_run WHERE run_id = ?1 AND stream = ?2")?;
    let begun = statement.exists(params![run.0, stream.as_str()])?;

    let found = if begun {
        find(tx, source, stream)?
    } else {
        None
    };
    found.ok_or_else(|| out_of_order(run, stream, "it was not begun"))
}

/// Finds a stream that the run has begun and that has pages of this partition left.
pub(crate) fn open_partition(
    tx: &Transaction<'_>,
    run: RunId,
    stream: &StreamName,
    partition: u32,
) -> Result<OpenStream, StoreError> {
    let open = open_stream(tx, run, stream)?;
    let sql = "SELECT 1 FROM partition WHERE stream_id = ?1 AND number = ?2 AND NOT done";
    let has_pages = tx
        .prepare_cached(sql)?
        .exists(params![open.id, partition])?;

    if has_pages && open.progress == Progress::Reading {
        Ok(open)
    } else {
        Err(out_of_order(run, stream, "a page came after the last one"))
    }
}

/// Builds the error for a step that came before the one it needs.
pub(crate) fn out_of_order(run: RunId, stream: &StreamName, why: &'static str) -> StoreError {
    StoreError::OutOfOrder {
        run,
        stream: stream.clone(),
        why,
    }
}
