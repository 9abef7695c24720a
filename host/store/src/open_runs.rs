//! Runs that have not ended: the check that a run may still write, and the end of runs that no
//! process will continue.

use crate::StoreError;
use crate::convert::{Json, Millis, Word};
use crate::rows::OutcomeRow;
use purser_model::{
    Blame, ConnectionName, NextStep, Outcome, OutcomeClass, ProfileName, RunId, RunState, Timestamp,
};
use rusqlite::{OptionalExtension, Transaction, params};

/// Finds the source of a run, and refuses a run that may no longer write.
pub(crate) fn running_source(tx: &Transaction<'_>, run: RunId) -> Result<i64, StoreError> {
    let mut statement =
        tx.prepare_cached("SELECT source_id FROM run WHERE id = ?1 AND state = ?2")?;
    let found: Option<Option<i64>> = statement
        .query_row(params![run.0, Word(RunState::Running)], |row| row.get(0))
        .optional()?;

    found.flatten().ok_or(StoreError::RunEnded(run))
}

/// The runs of a profile, of a connection, or of both together.
#[derive(Clone, Copy, Default)]
pub(crate) struct RunsOf<'a> {
    /// The profile; absent for any.
    pub(crate) profile: Option<&'a ProfileName>,
    /// The connection; absent for any.
    pub(crate) connection: Option<&'a ConnectionName>,
}

/// Marks the running runs as interrupted. The caller holds the lock which proves that no process
/// works on them.
pub(crate) fn end_interrupted(
    tx: &Transaction<'_>,
    runs: RunsOf<'_>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let outcome = Outcome {
        class: OutcomeClass::Interrupted,
        blame: Blame::Host,
        message: "the process that ran it ended before the run did".into(),
        next_step: Some(NextStep::advice(
            "run the profile again; it continues at the checkpoint",
        )),
    };
    end_all(tx, runs, RunState::Running, &outcome, Some(at))
}

/// Ends the parked runs, because no process will resume them.
pub(crate) fn end_parked(
    tx: &Transaction<'_>,
    runs: RunsOf<'_>,
    why: &str,
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let outcome = Outcome {
        class: OutcomeClass::Superseded,
        blame: Blame::Operator,
        message: why.into(),
        next_step: None,
    };
    end_all(tx, runs, RunState::Parked, &outcome, at)
}

fn end_all(
    tx: &Transaction<'_>,
    runs: RunsOf<'_>,
    state: RunState,
    outcome: &Outcome,
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let sql = "
        UPDATE run SET state = ?3, ended_at = ?4, outcome = ?5, parked_until = NULL
        WHERE state = ?6 AND source_id IN (
            SELECT id FROM source
            WHERE profile = coalesce(?1, profile) AND connection = coalesce(?2, connection))";
    let profile = runs.profile.map(ProfileName::as_str);
    let connection = runs.connection.map(ConnectionName::as_str);
    let failed = Word(RunState::Failed);

    tx.execute(
        sql,
        params![
            profile,
            connection,
            failed,
            at.map(Millis),
            Json(OutcomeRow::from(outcome)),
            Word(state)
        ],
    )?;
    Ok(())
}
