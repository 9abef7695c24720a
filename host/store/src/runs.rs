//! Runs: executions of a profile over a connection, with their state and their numbers.

use crate::convert::{Count, Json, Millis, Text, Word};
use crate::open_runs::{RunsOf, end_interrupted, end_parked, running_source};
use crate::rows::OutcomeRow;
use crate::source::source_id;
use crate::{Source, Store, StoreError, connections, profiles};
use purser_model::{Counts, Outcome, ProfileName, Run, RunId, RunState, StreamRun, Timestamp};
use rusqlite::{OptionalExtension, Row, Transaction, params};

impl Store {
    /// Begins a run of a source. Marks an earlier run that is still running as interrupted, and a
    /// parked one as superseded. The caller holds the profile's lock, which proves that no process
    /// works on them.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the profile or the connection.
    pub fn begin_run(&self, source: &Source, at: Timestamp) -> Result<RunId, StoreError> {
        self.write(|tx| {
            profiles::find(tx, &source.profile)?;
            connections::find(tx, &source.connection)?;

            let id = ensure_source(tx, source)?;
            let earlier = RunsOf {
                profile: Some(&source.profile),
                connection: Some(&source.connection),
            };
            end_interrupted(tx, earlier, at)?;
            let why = "another run of the profile was begun while it was parked";
            end_parked(tx, earlier, why, Some(at))?;

            tx.execute(
                "INSERT INTO run (source_id, profile, connection, state, started_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    id,
                    source.profile.as_str(),
                    source.connection.as_str(),
                    Word(RunState::Running),
                    Millis(at)
                ],
            )?;
            Ok(RunId(tx.last_insert_rowid()))
        })
    }

    /// Marks every run of a profile that is still running as interrupted. The caller holds the
    /// profile's lock, which proves that no process works on them.
    pub fn end_abandoned(&self, profile: &ProfileName, at: Timestamp) -> Result<(), StoreError> {
        let runs = RunsOf {
            profile: Some(profile),
            connection: None,
        };
        self.write(|tx| end_interrupted(tx, runs, at))
    }

    /// Returns the parked run of a source, if there is one.
    pub fn parked_run(&self, source: &Source) -> Result<Option<Run>, StoreError> {
        self.read(|tx| {
            let sql =
                "SELECT * FROM run WHERE source_id = ?1 AND state = ?2 ORDER BY id DESC LIMIT 1";
            let id = source_id(tx, source)?;

            let found = tx
                .query_row(sql, params![id, Word(RunState::Parked)], run_from_row)
                .optional()?;
            found.map(|run| with_streams(tx, run)).transpose()
        })
    }

    /// Parks a running run until an instant. It has not ended; [`Store::resume_run`] continues it.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`] if it is not running.
    pub fn park_run(
        &self,
        run: RunId,
        until: Timestamp,
        outcome: &Outcome,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            running_source(tx, run)?;

            tx.execute(
                "UPDATE run SET state = ?2, parked_until = ?3, outcome = ?4 WHERE id = ?1",
                params![
                    run.0,
                    Word(RunState::Parked),
                    Millis(until),
                    Json(OutcomeRow::from(outcome))
                ],
            )?;
            Ok(())
        })
    }

    /// Resumes a parked run. The caller holds the profile's lock.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`] if it is not parked.
    pub fn resume_run(&self, run: RunId) -> Result<(), StoreError> {
        let sql = "UPDATE run SET state = ?2, parked_until = NULL, outcome = NULL
                   WHERE id = ?1 AND state = ?3";
        let running = Word(RunState::Running);
        let parked = Word(RunState::Parked);

        match self.write(|tx| Ok(tx.execute(sql, params![run.0, running, parked])?))? {
            0 => Err(StoreError::RunEnded(run)),
            _ => Ok(()),
        }
    }

    /// Asks the process that works on a run, or that will resume it, to end it.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`] if it is neither running nor parked.
    pub fn ask_to_cancel(&self, run: RunId, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE run SET cancel_asked_at = ?2 WHERE id = ?1 AND state IN (?3, ?4)";
        let running = Word(RunState::Running);
        let parked = Word(RunState::Parked);

        match self.write(|tx| Ok(tx.execute(sql, params![run.0, Millis(at), running, parked])?))? {
            0 => Err(StoreError::RunEnded(run)),
            _ => Ok(()),
        }
    }

    /// Returns true if a person asked to cancel the run.
    pub fn is_to_be_cancelled(&self, run: RunId) -> Result<bool, StoreError> {
        self.read(|tx| {
            let sql = "SELECT 1 FROM run WHERE id = ?1 AND cancel_asked_at IS NOT NULL";
            Ok(tx.prepare_cached(sql)?.exists([run.0])?)
        })
    }

    /// Ends a run that is running or parked.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`] if it is neither.
    pub fn finish_run(
        &self,
        run: RunId,
        state: RunState,
        outcome: Option<&Outcome>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE run SET state = ?2, ended_at = ?3, outcome = ?4, parked_until = NULL
                   WHERE id = ?1 AND state IN (?5, ?6)";
        let values = params![
            run.0,
            Word(state),
            Millis(at),
            outcome.map(OutcomeRow::from).map(Json),
            Word(RunState::Running),
            Word(RunState::Parked)
        ];

        match self.write(|tx| Ok(tx.execute(sql, values)?))? {
            0 => Err(StoreError::RunEnded(run)),
            _ => Ok(()),
        }
    }

    /// Returns the run of this number.
    pub fn run(&self, id: RunId) -> Result<Run, StoreError> {
        self.read(|tx| {
            let found = tx
                .query_row("SELECT * FROM run WHERE id = ?1", [id.0], run_from_row)
                .optional()?;
            let run = found.ok_or_else(|| StoreError::not_found("run", id))?;

            with_streams(tx, run)
        })
    }

    /// Returns the latest runs of one profile, or of all, newest first.
    pub fn runs(&self, profile: Option<&ProfileName>, limit: u32) -> Result<Vec<Run>, StoreError> {
        self.read(|tx| {
            let sql =
                "SELECT * FROM run WHERE profile = ?1 OR ?1 IS NULL ORDER BY id DESC LIMIT ?2";
            let mut statement = tx.prepare(sql)?;
            let profile = profile.map(ProfileName::as_str);

            let rows = statement.query_map(params![profile, limit], run_from_row)?;
            rows.map(|row| with_streams(tx, row?)).collect()
        })
    }

    /// Returns every source that was run and whose connection still exists.
    pub fn sources(&self) -> Result<Vec<Source>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT profile, connection FROM source ORDER BY profile, connection";
            let mut statement = tx.prepare(sql)?;
            let rows = statement.query_map((), |row| {
                Ok(Source {
                    profile: row.get::<_, Text<_>>(0)?.0,
                    connection: row.get::<_, Text<_>>(1)?.0,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// Finds the row of a source, and inserts it for the first run.
fn ensure_source(tx: &Transaction<'_>, source: &Source) -> Result<Option<i64>, StoreError> {
    tx.execute(
        "INSERT INTO source (profile, connection) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        [source.profile.as_str(), source.connection.as_str()],
    )?;
    source_id(tx, source)
}

fn run_from_row(row: &Row<'_>) -> rusqlite::Result<Run> {
    let outcome = row.get::<_, Option<Json<OutcomeRow>>>("outcome")?;

    Ok(Run {
        id: RunId(row.get("id")?),
        profile: row.get::<_, Text<_>>("profile")?.0,
        connection: row.get::<_, Text<_>>("connection")?.0,
        state: row.get::<_, Word<_>>("state")?.0,
        started_at: row.get::<_, Millis>("started_at")?.0,
        ended_at: row.get::<_, Option<Millis>>("ended_at")?.map(|at| at.0),
        parked_until: row.get::<_, Option<Millis>>("parked_until")?.map(|at| at.0),
        outcome: outcome.map(|row| row.0.into()),
        streams: Vec::new(),
    })
}

fn with_streams(tx: &Transaction<'_>, run: Run) -> Result<Run, StoreError> {
    let mut statement =
        tx.prepare_cached("SELECT * FROM stream_run WHERE run_id = ?1 ORDER BY id")?;
    let streams = statement
        .query_map([run.id.0], stream_run_from_row)?
        .collect::<Result<_, _>>()?;

    Ok(Run { streams, ..run })
}

fn stream_run_from_row(row: &Row<'_>) -> rusqlite::Result<StreamRun> {
    let count = |column: &str| row.get::<_, Count>(column).map(|count| count.0);

    Ok(StreamRun {
        stream: row.get::<_, Text<_>>("stream")?.0,
        kind: row.get::<_, Word<_>>("kind")?.0,
        complete: row.get("complete")?,
        resumed: row.get("resumed")?,
        counts: Counts {
            pages: count("pages")?,
            records: count("records")?,
            rejected: count("rejected")?,
            requests: count("requests")?,
            retries: count("retries")?,
            waited_ms: count("waited_ms")?,
            removed: count("removed")?,
            repeated: count("repeated")?,
            with_warnings: count("with_warnings")?,
            missing: count("missing")?,
        },
    })
}
