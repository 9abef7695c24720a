//! The completeness of the last reads of a source.

use crate::convert::{Count, Millis, Text, Word};
use crate::open_stream::Progress;
use crate::source::source_id;
use crate::{Source, Store, StoreError};
use purser_model::{ReadState, StreamKind, StreamName, Timestamp};
use rusqlite::{Row, Transaction, params};

/// The last read of a stream of accounts.
struct StreamState {
    name: StreamName,
    complete: bool,
    completed_at: Option<Timestamp>,
    rejected: u64,
}

impl Store {
    /// Returns the completeness of the accounts of a source. Empty before its first run.
    pub fn read_state(&self, source: &Source) -> Result<ReadState, StoreError> {
        self.read(|tx| {
            let Some(source) = source_id(tx, source)? else {
                return Ok(ReadState::default());
            };
            let streams = account_streams(tx, source)?;
            let (with_warnings, missing) = account_counts(tx, source)?;

            Ok(ReadState {
                complete_at: oldest(&streams),
                rejected: streams.iter().map(|stream| stream.rejected).sum(),
                incomplete: streams
                    .into_iter()
                    .filter(|stream| !stream.complete)
                    .map(|stream| stream.name)
                    .collect(),
                with_warnings,
                missing,
            })
        })
    }
}

/// Returns the completion of the read that ended first; `None` if a stream never had one.
fn oldest(streams: &[StreamState]) -> Option<Timestamp> {
    let completed: Option<Vec<_>> = streams.iter().map(|stream| stream.completed_at).collect();
    completed?.into_iter().min()
}

fn account_streams(tx: &Transaction<'_>, source: i64) -> Result<Vec<StreamState>, StoreError> {
    let sql = "SELECT name, state, completed_at, unusable FROM stream
               WHERE source_id = ?1 AND kind = ?2 ORDER BY name";
    let mut statement = tx.prepare_cached(sql)?;
    let values = params![source, Word(StreamKind::Accounts)];

    let rows = statement.query_map(values, stream_state)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn stream_state(row: &Row<'_>) -> rusqlite::Result<StreamState> {
    Ok(StreamState {
        name: row.get::<_, Text<_>>(0)?.0,
        complete: row.get::<_, Word<Progress>>(1)?.0 == Progress::Complete,
        completed_at: row.get::<_, Option<Millis>>(2)?.map(|at| at.0),
        rejected: row.get::<_, Count>(3)?.0,
    })
}

/// Counts the accounts with warnings, and those that are missing.
fn account_counts(tx: &Transaction<'_>, source: i64) -> Result<(u64, u64), StoreError> {
    let sql = "SELECT count(*) FILTER (WHERE warnings <> '[]'), count(missing_since)
               FROM account WHERE source_id = ?1";

    Ok(tx.query_row(sql, [source], |row| {
        Ok((row.get::<_, Count>(0)?.0, row.get::<_, Count>(1)?.0))
    })?)
}
