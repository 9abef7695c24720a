//! The log of a run and the rows that it rejected.

use crate::convert::{Count, Millis, Text};
use crate::{Store, StoreError};
use purser_model::{RejectedRow, RunId, StreamName, Timestamp};
use rusqlite::{Transaction, params};

/// A line of a run's log. The store keeps the text as it is: cap it and scrub it first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// The instant at which it was written.
    pub at: Timestamp,
    /// The severity: `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// The message.
    pub text: String,
}

/// A row that a run could not use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The stream that it came from.
    pub stream: StreamName,
    /// The row and the reason.
    pub row: RejectedRow,
}

/// The rejected rows that are stored for one run. All are counted; a person who looks for the cause
/// never reads more than the first few, and a broken feed must not fill the disk.
const MAX_REJECTED_ROWS: u64 = 10_000;

impl Store {
    /// Appends lines to the log of a run, ended or not.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the run.
    pub fn log_lines(&self, run: RunId, lines: &[LogLine]) -> Result<(), StoreError> {
        self.write(|tx| {
            require_run(tx, run)?;

            let mut insert = tx.prepare_cached(
                "INSERT INTO run_log (run_id, at, level, text) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for line in lines {
                insert.execute(params![run.0, Millis(line.at), line.level, line.text])?;
            }
            Ok(())
        })
    }

    /// Returns the log of a run, in the order in which it was written.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the run.
    pub fn run_log(&self, run: RunId) -> Result<Vec<LogLine>, StoreError> {
        self.read(|tx| {
            require_run(tx, run)?;

            let mut statement =
                tx.prepare("SELECT at, level, text FROM run_log WHERE run_id = ?1 ORDER BY id")?;
            let lines = statement.query_map([run.0], |row| {
                Ok(LogLine {
                    at: row.get::<_, Millis>(0)?.0,
                    level: row.get(1)?,
                    text: row.get(2)?,
                })
            })?;
            Ok(lines.collect::<Result<_, _>>()?)
        })
    }

    /// Returns the first 10,000 rows that a run rejected. Its counts say how many there were.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the run.
    pub fn rejected_rows(&self, run: RunId) -> Result<Vec<Rejection>, StoreError> {
        self.read(|tx| {
            require_run(tx, run)?;

            let sql = "SELECT stream, row, reason, external_id FROM rejected_row WHERE run_id = ?1 ORDER BY id";
            let mut statement = tx.prepare(sql)?;
            let rows = statement.query_map([run.0], |row| {
                Ok(Rejection {
                    stream: row.get::<_, Text<_>>(0)?.0,
                    row: RejectedRow {
                        row: row.get(1)?,
                        reason: row.get(2)?,
                        id: row.get(3)?,
                    },
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// Stores rejected rows while the run has room for them. Call it before they are counted.
pub(crate) fn keep_rejected(
    tx: &Transaction<'_>,
    run: RunId,
    stream: &StreamName,
    rows: &[RejectedRow],
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }

    let sql = "SELECT coalesce(sum(rejected), 0) FROM stream_run WHERE run_id = ?1";
    let counted: Count = tx
        .prepare_cached(sql)?
        .query_row([run.0], |row| row.get(0))?;
    let room = usize::try_from(MAX_REJECTED_ROWS.saturating_sub(counted.0)).unwrap_or(0);

    let mut insert = tx.prepare_cached(
        "INSERT INTO rejected_row (run_id, stream, external_id, row, reason)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for RejectedRow { id, row, reason } in rows.iter().take(room) {
        insert.execute(params![run.0, stream.as_str(), id, row, reason])?;
    }
    Ok(())
}

fn require_run(tx: &Transaction<'_>, run: RunId) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached("SELECT 1 FROM run WHERE id = ?1")?;

    if statement.exists([run.0])? {
        Ok(())
    } else {
        Err(StoreError::not_found("run", run))
    }
}
