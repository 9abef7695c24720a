//! Ending runs: those that a person does not want any more, and those whose process is gone.

use super::Runs;
use crate::Error;
use crate::outcome::told;
use jiff::Timestamp;
use purser_model::{Blame, Outcome, OutcomeClass, Run, RunId, RunState};
use purser_store::StoreError;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

/// How often a run looks whether it is to end.
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

/// How long a run that is to end is waited for.
const LONGEST_CANCEL: Duration = Duration::from_secs(10);

impl Runs {
    /// Ends a run: at once, keeping its checkpoint. Where another process works on it, that one is asked to, and waited for.
    ///
    /// # Errors
    /// When there is no such run, it has ended, or nobody answers.
    pub async fn cancel(&self, id: RunId) -> Result<Run, Error> {
        let run = self.store.run(id)?;
        let asked_at = Timestamp::now();
        self.store
            .ask_to_cancel(id, asked_at)
            .map_err(|error| ended_already(error, &run))?;
        let deadline = Instant::now() + LONGEST_CANCEL;
        while self.store.run(id)?.state.is_open() {
            match self.home.lock_profile(&run.profile) {
                // Nobody works on it: it is parked, or its process is gone.
                Ok(_lock) if self.store.run(id)?.state.is_open() => self.finish_cancelled(id)?,
                Ok(_) | Err(Error::AlreadyRunning(_)) if Instant::now() < deadline => {
                    sleep(BETWEEN_LOOKS).await
                }
                Ok(_) | Err(Error::AlreadyRunning(_)) => {
                    return Err(Error::refused(
                        format!("run {id} was asked to end, and has not answered yet"),
                        "whoever runs it may be stopped or very busy; it ends as soon as it goes on",
                    ));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(self.store.run(id)?)
    }

    /// Ends a run that this process works on, or nobody.
    pub(crate) fn finish_cancelled(&self, id: RunId) -> Result<(), Error> {
        Ok(self
            .store
            .finish_run(id, RunState::Cancelled, Some(&outcome()), Timestamp::now())?)
    }

    /// Waits until a person wants the run ended. Whoever asks may be another process, so that it is looked up in the database.
    pub(crate) async fn told_to_cancel(&self, id: RunId) {
        let mut look = interval(BETWEEN_LOOKS);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            look.tick().await;
            // What cannot be read now is read in a moment.
            if self.store.is_to_be_cancelled(id).unwrap_or(false) {
                return;
            }
        }
    }

    /// Marks runs as interrupted whose process is gone: the operating system has given back their lock.
    pub(crate) fn bury(&self, runs: &[Run]) -> Result<(), Error> {
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

/// What the record of a run says that a person ended.
pub(crate) fn outcome() -> Outcome {
    told(
        OutcomeClass::Cancelled,
        Blame::Operator,
        "the run was cancelled; what it had read is kept".into(),
        "run the profile again: it takes over from the checkpoint",
    )
}

fn ended_already(error: StoreError, run: &Run) -> Error {
    match error {
        StoreError::RunEnded(id) => Error::refused(
            format!("run {id} has ended already: it is {}", run.state.as_str()),
            "`purser runs list` shows which runs are under way",
        ),
        error => error.into(),
    }
}
