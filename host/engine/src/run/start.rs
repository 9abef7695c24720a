//! Start of runs: one connection after the other, parked runs resumed, the end recorded.

use super::cancel;
use super::error::StreamError;
use super::events::{RunEvent, RunObserver};
use super::plan::RunPlan;
use super::reader::StreamReader;
use super::request::RunRequest;
use super::service::Runs;
use crate::connection::ConnectionCredential;
use crate::{Error, outcome};
use jiff::Timestamp;
use purser_egress::ConnectionClient;
use purser_model::{
    Blame, Connection, ConnectionState, NextStep, Outcome, OutcomeClass, ProfileName, Run, RunId,
    RunState, plausibility,
};
use purser_store::Source;
use std::time::Duration;

/// One connection on its way through a run.
struct RunTarget<'a> {
    plan: &'a RunPlan,
    request: &'a RunRequest,
    connection: &'a Connection,
    source: Source,
    observer: &'a dyn RunObserver,
}

/// State of a source before a run: the parked run to resume, or the run to leave as it is.
enum Parked {
    /// Nothing to wait for; the parked run to resume, if there is one.
    Ready(Option<Box<Run>>),
    /// The run stays as it is: parked or cancelled.
    Leave(RunId),
}

impl Runs {
    /// Runs a profile on each of its connections in turn.
    ///
    /// A run that fails is recorded with its outcome and is no error here: the records read are
    /// kept, and the next run continues from the checkpoint. A parked run is resumed when its time
    /// has come; nothing is sent before.
    ///
    /// # Errors
    /// The run cannot start: no such profile, no grant, no usable connection, or another run of the
    /// profile is in progress.
    pub async fn start(
        &self,
        request: RunRequest,
        observer: &dyn RunObserver,
    ) -> Result<Vec<Run>, Error> {
        let profile = self.store.profile(&request.profile)?;
        let _lock = self.home.lock_profile(&profile.name)?;
        let connections = self.connections_to_run(&profile, request.connection.as_ref())?;
        if request.connection.is_none() {
            for connection in &self.profiles.find(&profile.name)?.needs_attention {
                observer.event(RunEvent::ConnectionSkipped { connection });
            }
        }

        let plan = self.plan(profile, &request).await?;
        let mut runs = Vec::new();
        for connection in &connections {
            let target = RunTarget {
                plan: &plan,
                request: &request,
                connection,
                source: Source {
                    profile: plan.profile.name.clone(),
                    connection: connection.name.clone(),
                },
                observer,
            };
            let run = self.store.run(self.run_connection(&target).await?)?;
            if let Some(recording) = &plan.recording {
                recording.record_end(&run);
            }
            runs.push(run);
        }
        Ok(runs)
    }

    async fn run_connection(&self, target: &RunTarget<'_>) -> Result<RunId, Error> {
        let parked = match self.wait_if_parked(target).await? {
            Parked::Ready(parked) => parked,
            Parked::Leave(id) => return Ok(id),
        };

        // why: refusals that need no request come before there is a run to record
        let credential = self.connections.credential(target.connection)?;
        let client =
            self.connections
                .client(target.connection, &credential, &target.plan.description)?;

        // why: a use that a wrong clock stored would hide every right one
        let latest = plausibility::latest_plausible(Timestamp::now());
        self.store.forget_activity_after(&target.source, latest)?;
        let id = self.begin_or_resume(target, parked)?;
        let mut guard = RunGuard {
            runs: self,
            id,
            ended: false,
        };
        let end = self.read_streams(target, id, &client).await;

        let (state, outcome) = match end {
            Ok(()) => (RunState::Complete, None),
            Err(StreamError::Parked(until, outcome)) => {
                guard.ended = true;
                let outcome = target.plan.subject.complete(outcome);
                let outcome = parked_outcome(outcome, &target.source.profile, until);
                self.store.park_run(id, until, &outcome)?;
                return Ok(id);
            }
            Err(error) => failed_state(error, target.connection, &credential),
        };
        let outcome = outcome.map(|outcome| target.plan.subject.complete(outcome));
        if state != RunState::Cancelled {
            self.record_health(target.connection, outcome.as_ref())?;
        }

        guard.finish(state, outcome.as_ref())?;
        Ok(id)
    }

    /// Waits for the time of a parked run, if the request says so.
    async fn wait_if_parked(&self, target: &RunTarget<'_>) -> Result<Parked, Error> {
        let Some(run) = self.store.parked_run(&target.source)? else {
            return Ok(Parked::Ready(None));
        };
        let Some(until) = run.parked_until else {
            return Ok(Parked::Ready(Some(Box::new(run))));
        };

        let wait = Duration::try_from(until.duration_since(Timestamp::now())).unwrap_or_default();
        if !wait.is_zero() && !target.request.wait_for_rate_limit {
            return Ok(Parked::Leave(run.id));
        }
        target.observer.event(RunEvent::Parked {
            connection: &target.connection.name,
            wait,
        });

        // why: it stays parked meanwhile, so that a process that takes over sends nothing early
        tokio::select! {
            () = tokio::time::sleep(wait) => Ok(Parked::Ready(Some(Box::new(run)))),
            () = self.cancelled(run.id) => {
                self.finish_cancelled(run.id)?;
                Ok(Parked::Leave(run.id))
            }
        }
    }

    /// Resumes the parked run, or begins a new one. A run of a single stream is always new.
    fn begin_or_resume(
        &self,
        target: &RunTarget<'_>,
        parked: Option<Box<Run>>,
    ) -> Result<RunId, Error> {
        match parked.filter(|_| target.request.stream.is_none()) {
            Some(run) => {
                self.store.resume_run(run.id)?;
                Ok(run.id)
            }
            None => Ok(self.store.begin_run(&target.source, Timestamp::now())?),
        }
    }

    async fn read_streams(
        &self,
        target: &RunTarget<'_>,
        id: RunId,
        client: &ConnectionClient,
    ) -> Result<(), StreamError> {
        let RunTarget {
            plan,
            request,
            connection,
            ..
        } = target;
        let reader = StreamReader {
            store: &self.store,
            run: id,
            source: &target.source,
            connector: &plan.connector,
            grant: &plan.grant,
            settings: &plan.settings,
            client,
            connection,
            account_streams: &plan.account_streams,
            fingerprint: plan.checkpoint_fingerprint(connection),
            since: request.since(),
            accept_shrink: request.accept_shrink,
            wait_for_rate_limit: request.wait_for_rate_limit,
            recording: plan.recording.as_ref(),
            observer: target.observer,
        };

        tokio::select! {
            end = reader.read_all(&plan.streams) => end,
            () = self.cancelled(id) => Err(StreamError::Cancelled),
        }
    }

    /// Records in the connection's state whether its credential works.
    fn record_health(
        &self,
        connection: &Connection,
        failed: Option<&Outcome>,
    ) -> Result<(), Error> {
        let (state, attention) = match failed {
            None => (ConnectionState::Active, None),
            Some(outcome) if outcome.class == OutcomeClass::AuthRejected => (
                ConnectionState::NeedsAttention,
                Some(outcome.message.as_str()),
            ),
            // why: any other failure says nothing about the credential
            Some(_) => return Ok(()),
        };

        let now = Timestamp::now();
        Ok(self
            .store
            .record_connection_state(&connection.name, state, now, attention)?)
    }
}

/// Returns the final state of a run that did not complete, and its outcome.
fn failed_state(
    error: StreamError,
    connection: &Connection,
    credential: &ConnectionCredential,
) -> (RunState, Option<Outcome>) {
    match error {
        StreamError::Cancelled => (RunState::Cancelled, Some(cancel::cancelled())),
        StreamError::Host(error) => {
            let outcome = outcome::from_error(OutcomeClass::Host, &error);
            (RunState::Failed, Some(outcome))
        }
        StreamError::Failed(mut outcome) | StreamError::Parked(_, mut outcome) => {
            if outcome.class == OutcomeClass::AuthRejected {
                outcome.next_step = Some(NextStep::AuthorizeConnection {
                    connection: connection.name.clone(),
                });
            }
            // why: a token that could not be refreshed is the cause of what the application refused
            let outcome = credential.refresh_failure().unwrap_or(outcome);
            (RunState::Failed, Some(outcome))
        }
    }
}

fn parked_outcome(outcome: Outcome, profile: &ProfileName, until: Timestamp) -> Outcome {
    // why: rounded up, because the shown second must not lie before the instant
    let until = until
        .round(
            jiff::TimestampRound::new()
                .smallest(jiff::Unit::Second)
                .mode(jiff::RoundMode::Ceil),
        )
        .unwrap_or(until);

    Outcome {
        message: format!("{}; the run is parked", outcome.message),
        next_step: Some(NextStep::ContinueRun {
            profile: profile.clone(),
            until,
        }),
        ..outcome
    }
}

/// Guard of a run in progress. Dropped before the end, as by an interrupt, it records that.
struct RunGuard<'a> {
    runs: &'a Runs,
    id: RunId,
    ended: bool,
}

impl RunGuard<'_> {
    fn finish(&mut self, state: RunState, outcome: Option<&Outcome>) -> Result<(), Error> {
        self.ended = true;
        Ok(self
            .runs
            .store
            .finish_run(self.id, state, outcome, Timestamp::now())?)
    }
}

impl Drop for RunGuard<'_> {
    fn drop(&mut self) {
        if self.ended {
            return;
        }

        let outcome = outcome::failed(
            OutcomeClass::Interrupted,
            Blame::Operator,
            "the run was interrupted; the records read are kept".into(),
            "run the profile again: it continues from the checkpoint",
        );
        // why: an error has no receiver here; the next run of the profile marks this one anyway
        drop(self.finish(RunState::Failed, Some(&outcome)));
    }
}
