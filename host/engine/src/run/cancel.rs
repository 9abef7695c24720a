//! Cancellation of runs, and runs whose process is gone.

use super::service::Runs;
use crate::{Error, outcome};
use jiff::Timestamp;
use purser_model::{Blame, NextStep, Outcome, OutcomeClass, Run, RunId, RunState};
use purser_store::StoreError;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

/// Interval at which a run looks for its cancellation.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// Longest wait for a run in another process to end.
const MAX_CANCEL_WAIT: Duration = Duration::from_secs(10);

impl Runs {
    /// Cancels a run and keeps its checkpoint. A run of another process is asked to end and waited
    /// for.
    ///
    /// # Errors
    /// The run does not exist, has ended, or did not end in time.
    pub async fn cancel(&self, id: RunId) -> Result<Run, Error> {
        let run = self.store.run(id)?;
        self.store
            .ask_to_cancel(id, Timestamp::now())
            .map_err(|error| already_ended(error, &run))?;

        let deadline = Instant::now() + MAX_CANCEL_WAIT;
        while self.store.run(id)?.state.is_open() {
            match self.home.lock_profile(&run.profile) {
                // why: with the lock in hand no process works on it: it is parked, or abandoned
                Ok(_lock) if self.store.run(id)?.state.is_open() => self.finish_cancelled(id)?,
                Ok(_) | Err(Error::AlreadyRunning(_)) if Instant::now() < deadline => {
                    sleep(POLL_INTERVAL).await;
                }
                Ok(_) | Err(Error::AlreadyRunning(_)) => return Err(not_ended_yet(id)),
                Err(error) => return Err(error),
            }
        }

        Ok(self.store.run(id)?)
    }

    /// Marks a run as cancelled. Only for a run that this process works on, or none does.
    pub(super) fn finish_cancelled(&self, id: RunId) -> Result<(), Error> {
        let outcome = cancelled();
        Ok(self
            .store
            .finish_run(id, RunState::Cancelled, Some(&outcome), Timestamp::now())?)
    }

    /// Waits until a person cancels the run. The request may come from another process, so it is
    /// read from the database.
    pub(super) async fn cancelled(&self, id: RunId) {
        let mut poll = interval(POLL_INTERVAL);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);

        loop {
            poll.tick().await;
            // why: a failed read is repeated at the next tick
            if self.store.is_to_be_cancelled(id).unwrap_or(false) {
                return;
            }
        }
    }

    /// Marks runs whose process is gone as interrupted. The operating system released their lock.
    pub(super) fn mark_abandoned(&self, runs: &[Run]) -> Result<(), Error> {
        for run in runs.iter().filter(|run| run.state == RunState::Running) {
            match self.home.lock_profile(&run.profile) {
                Ok(_lock) => self.store.end_abandoned(&run.profile, Timestamp::now())?,
                Err(Error::AlreadyRunning(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Creates the outcome of a cancelled run.
pub(super) fn cancelled() -> Outcome {
    outcome::failed(
        OutcomeClass::Cancelled,
        Blame::Operator,
        "the run was cancelled; the records read are kept".into(),
        "run the profile again: it continues from the checkpoint",
    )
}

fn not_ended_yet(id: RunId) -> Error {
    Error::refused(
        format!("run {id} was asked to end and has not ended yet"),
        "its process may be stopped or very busy; the run ends as soon as it continues",
    )
}

fn already_ended(error: StoreError, run: &Run) -> Error {
    match error {
        StoreError::RunEnded(id) => Error::refused(
            format!("run {id} has ended already: it is {}", run.state.as_str()),
            NextStep::ListRuns,
        ),
        error => error.into(),
    }
}
