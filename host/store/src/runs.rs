//! Runs: executions of a profile over a connection, their numbers, their log and the rows they could not use.

use crate::convert::{Count, Json, Millis, Text, Word};
use crate::{Store, StoreError, connections, profiles};
use purser_model::{
    Blame, ConnectionName, Counts, Outcome, OutcomeClass, ProfileName, RejectedRow, Run, RunId,
    RunState, StreamName, StreamRun, Timestamp,
};
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// Where records come from: a profile over one connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source {
    /// The profile.
    pub profile: ProfileName,
    /// The connection.
    pub connection: ConnectionName,
}

/// A source that was run at least once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSource {
    /// Which.
    pub source: Source,
    /// When a run of it last read every stream to its end.
    pub last_complete_at: Option<Timestamp>,
}

/// A line of a run's log. The store keeps the text as it is: cap it and scrub it first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When it was written.
    pub at: Timestamp,
    /// How much it matters: `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// What it says.
    pub text: String,
}

/// A row that a run could not use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The stream it came from.
    pub stream: StreamName,
    /// The row and the reason.
    pub row: RejectedRow,
}

/// How many rejected rows a run keeps to be looked at. All are counted.
const REJECTED_KEPT: u64 = 10_000;

impl Store {
    /// Begins a run of a source. An earlier run of it that is still marked running is marked as interrupted, and a parked one as superseded: the
    /// caller holds the lock that proves that nobody is working on them.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the profile or the connection, or the store cannot be written.
    pub fn begin_run(&self, source: &Source, at: Timestamp) -> Result<RunId, StoreError> {
        self.write(|tx| {
            profiles::find(tx, &source.profile)?;
            connections::find(tx, &source.connection)?;
            let names = [source.profile.as_str(), source.connection.as_str()];
            tx.execute("INSERT INTO source (profile, connection) VALUES (?1, ?2) ON CONFLICT DO NOTHING", names)?;
            let id = source_id(tx, source)?;
            let of = (Some(&source.profile), Some(&source.connection));
            end_open(tx, of, RunState::Running, &interruption(), Some(at))?;
            let another = superseded("another run of the profile was begun while it was parked");
            end_open(tx, of, RunState::Parked, &another, Some(at))?;
            let insert =
                "INSERT INTO run (source_id, profile, connection, state, started_at) VALUES (?1, ?2, ?3, ?4, ?5)";
            let [profile, connection] = names;
            tx.execute(insert, params![id, profile, connection, Word(RunState::Running), Millis(at)])?;
            Ok(RunId(tx.last_insert_rowid()))
        })
    }

    /// Marks every run of a profile that is still marked running as interrupted. The caller holds the profile's lock, which proves that nobody
    /// is working on it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn end_abandoned(&self, profile: &ProfileName, at: Timestamp) -> Result<(), StoreError> {
        self.write(|tx| {
            end_open(
                tx,
                (Some(profile), None),
                RunState::Running,
                &interruption(),
                Some(at),
            )
        })
    }

    /// The parked run of a source, if there is one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn parked_run(&self, source: &Source) -> Result<Option<Run>, StoreError> {
        self.read(|tx| {
            let sql =
                "SELECT * FROM run WHERE source_id = ?1 AND state = ?2 ORDER BY id DESC LIMIT 1";
            let id = source_id(tx, source)?;
            let found = tx
                .query_row(sql, params![id, Word(RunState::Parked)], run)
                .optional()?;
            found.map(|run| with_streams(tx, run)).transpose()
        })
    }

    /// Leaves a run for later. It is not running any more, and has not ended.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`] when it is not running, or the store cannot be written.
    pub fn park_run(
        &self,
        run: RunId,
        until: Timestamp,
        outcome: &Outcome,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            running_source(tx, run)?;
            let sql = "UPDATE run SET state = ?2, parked_until = ?3, outcome = ?4 WHERE id = ?1";
            tx.execute(
                sql,
                params![run.0, Word(RunState::Parked), Millis(until), Json(outcome)],
            )?;
            Ok(())
        })
    }

    /// Goes on with a parked run. The caller holds the profile's lock.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`] when it is not parked, or the store cannot be written.
    pub fn take_up_run(&self, run: RunId) -> Result<(), StoreError> {
        self.write(|tx| {
            let sql = "UPDATE run SET state = ?2, parked_until = NULL, outcome = NULL WHERE id = ?1 AND state = ?3";
            match tx.execute(sql, params![run.0, Word(RunState::Running), Word(RunState::Parked)])? {
                0 => Err(StoreError::RunEnded(run)),
                _ => Ok(()),
            }
        })
    }

    /// Asks whoever works on a run, or will go on with it, to end it.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`] when it is neither running nor parked, or the store cannot be written.
    pub fn ask_to_cancel(&self, run: RunId, at: Timestamp) -> Result<(), StoreError> {
        self.write(|tx| {
            let sql = "UPDATE run SET cancel_asked_at = ?2 WHERE id = ?1 AND state IN (?3, ?4)";
            let (running, parked) = (Word(RunState::Running), Word(RunState::Parked));
            match tx.execute(sql, params![run.0, Millis(at), running, parked])? {
                0 => Err(StoreError::RunEnded(run)),
                _ => Ok(()),
            }
        })
    }

    /// Whether a run is to be ended.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_to_be_cancelled(&self, run: RunId) -> Result<bool, StoreError> {
        self.read(|tx| {
            let sql = "SELECT 1 FROM run WHERE id = ?1 AND cancel_asked_at IS NOT NULL";
            Ok(tx.prepare_cached(sql)?.exists([run.0])?)
        })
    }

    /// Ends a run that is running or parked.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`] when it is neither, or the store cannot be written.
    pub fn finish_run(
        &self,
        run: RunId,
        state: RunState,
        outcome: Option<&Outcome>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            let sql = "UPDATE run SET state = ?2, ended_at = ?3, outcome = ?4, parked_until = NULL
                       WHERE id = ?1 AND state IN (?5, ?6)";
            let (running, parked) = (Word(RunState::Running), Word(RunState::Parked));
            match tx.execute(
                sql,
                params![
                    run.0,
                    Word(state),
                    Millis(at),
                    outcome.map(Json),
                    running,
                    parked
                ],
            )? {
                0 => Err(StoreError::RunEnded(run)),
                _ => Ok(()),
            }
        })
    }

    /// The run of this number.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the store cannot be read.
    pub fn run(&self, id: RunId) -> Result<Run, StoreError> {
        self.read(|tx| {
            let found = tx
                .query_row("SELECT * FROM run WHERE id = ?1", [id.0], run)
                .optional()?;
            with_streams(tx, found.ok_or_else(|| StoreError::not_found("run", id))?)
        })
    }

    /// The latest runs, of one profile or of all, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn runs(&self, profile: Option<&ProfileName>, limit: u32) -> Result<Vec<Run>, StoreError> {
        self.read(|tx| {
            let sql =
                "SELECT * FROM run WHERE profile = ?1 OR ?1 IS NULL ORDER BY id DESC LIMIT ?2";
            let mut statement = tx.prepare(sql)?;
            let rows =
                statement.query_map(params![profile.map(ProfileName::as_str), limit], run)?;
            rows.map(|row| with_streams(tx, row?)).collect()
        })
    }

    /// Adds lines to a run's log, ended or not.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the store cannot be written.
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

    /// A run's log, in the order in which it was written.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the store cannot be read.
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

    /// The rows that a run could not use, the first 10,000 of them. Its counts tell how many there were.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the store cannot be read.
    pub fn rejected_rows(&self, run: RunId) -> Result<Vec<Rejection>, StoreError> {
        self.read(|tx| {
            require_run(tx, run)?;
            let sql = "SELECT stream, row, reason FROM rejected_row WHERE run_id = ?1 ORDER BY id";
            let mut statement = tx.prepare(sql)?;
            let rows = statement.query_map([run.0], |row| {
                let stream = row.get::<_, Text<_>>(0)?.0;
                Ok(Rejection {
                    stream,
                    row: RejectedRow {
                        row: row.get(1)?,
                        reason: row.get(2)?,
                    },
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Every source that was run and whose connection still exists.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sources(&self) -> Result<Vec<KnownSource>, StoreError> {
        self.read(|tx| {
            let sql =
                "SELECT profile, connection, (SELECT max(ended_at) FROM run WHERE source_id = source.id AND state = ?1)
                       FROM source ORDER BY profile, connection";
            let mut statement = tx.prepare(sql)?;
            let rows = statement.query_map([Word(RunState::Complete)], |row| {
                let source = Source { profile: row.get::<_, Text<_>>(0)?.0, connection: row.get::<_, Text<_>>(1)?.0 };
                Ok(KnownSource { source, last_complete_at: row.get::<_, Option<Millis>>(2)?.map(|at| at.0) })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// The number of a source, if it was ever run.
pub(crate) fn source_id(tx: &Transaction<'_>, source: &Source) -> Result<Option<i64>, StoreError> {
    let mut statement =
        tx.prepare_cached("SELECT id FROM source WHERE profile = ?1 AND connection = ?2")?;
    Ok(statement
        .query_row(
            [source.profile.as_str(), source.connection.as_str()],
            |row| row.get(0),
        )
        .optional()?)
}

/// The source of a run, if the run is still the one that may write to it.
pub(crate) fn running_source(tx: &Transaction<'_>, run: RunId) -> Result<i64, StoreError> {
    let mut statement =
        tx.prepare_cached("SELECT source_id FROM run WHERE id = ?1 AND state = ?2")?;
    let found: Option<Option<i64>> = statement
        .query_row(params![run.0, Word(RunState::Running)], |row| row.get(0))
        .optional()?;
    found.flatten().ok_or(StoreError::RunEnded(run))
}

/// Keeps rejected rows, as many as the run still has room for. To be called before they are counted.
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
    let room = usize::try_from(REJECTED_KEPT.saturating_sub(counted.0)).unwrap_or(0);
    let mut insert = tx.prepare_cached(
        "INSERT INTO rejected_row (run_id, stream, row, reason) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for rejected in rows.iter().take(room) {
        insert.execute(params![
            run.0,
            stream.as_str(),
            rejected.row,
            rejected.reason
        ])?;
    }
    Ok(())
}

fn require_run(tx: &Transaction<'_>, run: RunId) -> Result<(), StoreError> {
    let found = tx
        .query_row("SELECT 1 FROM run WHERE id = ?1", [run.0], |_| Ok(()))
        .optional()?;
    found.ok_or_else(|| StoreError::not_found("run", run))
}

/// Ends every run in this state of a profile, through a connection, or both.
fn end_open(
    tx: &Transaction<'_>,
    (profile, connection): (Option<&ProfileName>, Option<&ConnectionName>),
    state: RunState,
    why: &Outcome,
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let sql = "UPDATE run SET state = ?3, ended_at = ?4, outcome = ?5, parked_until = NULL
               WHERE state = ?6 AND source_id IN
                     (SELECT id FROM source WHERE profile = coalesce(?1, profile) AND connection = coalesce(?2, connection))";
    let (profile, connection) = (
        profile.map(ProfileName::as_str),
        connection.map(ConnectionName::as_str),
    );
    let failed = Word(RunState::Failed);
    tx.execute(
        sql,
        params![
            profile,
            connection,
            failed,
            at.map(Millis),
            Json(why),
            Word(state)
        ],
    )?;
    Ok(())
}

/// Ends the parked runs of a profile or a connection that is about to be forgotten: nobody will take them up.
pub(crate) fn end_parked(
    tx: &Transaction<'_>,
    profile: Option<&ProfileName>,
    connection: Option<&ConnectionName>,
) -> Result<(), StoreError> {
    let why = superseded("its profile or connection was deleted while it was parked");
    end_open(tx, (profile, connection), RunState::Parked, &why, None)
}

fn superseded(message: &str) -> Outcome {
    let (class, message) = (OutcomeClass::Superseded, message.into());
    Outcome {
        class,
        blame: Blame::Operator,
        message,
        next_step: None,
    }
}

fn interruption() -> Outcome {
    Outcome {
        class: OutcomeClass::Interrupted,
        blame: Blame::Host,
        message: "the process that ran it ended before the run did".into(),
        next_step: Some("Run the profile again: it goes on at the checkpoint.".into()),
    }
}

fn run(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        id: RunId(row.get("id")?),
        profile: row.get::<_, Text<_>>("profile")?.0,
        connection: row.get::<_, Text<_>>("connection")?.0,
        state: row.get::<_, Word<_>>("state")?.0,
        started_at: row.get::<_, Millis>("started_at")?.0,
        ended_at: row.get::<_, Option<Millis>>("ended_at")?.map(|at| at.0),
        parked_until: row.get::<_, Option<Millis>>("parked_until")?.map(|at| at.0),
        outcome: row
            .get::<_, Option<Json<_>>>("outcome")?
            .map(|outcome| outcome.0),
        streams: Vec::new(),
    })
}

fn with_streams(tx: &Transaction<'_>, run: Run) -> Result<Run, StoreError> {
    let mut statement =
        tx.prepare_cached("SELECT * FROM stream_run WHERE run_id = ?1 ORDER BY id")?;
    let streams = statement
        .query_map([run.id.0], stream_run)?
        .collect::<Result<_, _>>()?;
    Ok(Run { streams, ..run })
}

fn stream_run(row: &Row<'_>) -> rusqlite::Result<StreamRun> {
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
        },
    })
}
