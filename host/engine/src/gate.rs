//! The one way out of the sandbox: what a connector asks for goes to the connection's channel under the action's permit, and what it says
//! goes, scrubbed, to the run's log.

use crate::ahead::Ahead;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use purser_egress::{Channel, Effort, Permit};
use purser_model::{Action, Grant, HttpError, Request, Response, Settings};
use purser_sandbox::{Call, Level, Outbound, RunLog};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A line of a run's log, before it has a run.
pub(crate) type Line = (Timestamp, Level, String);

/// What one call sent and said.
pub(crate) struct Gate {
    channel: Channel,
    permit: Arc<Permit>,
    spent: Arc<Mutex<Effort>>,
    ahead: Arc<Ahead>,
    lines: Mutex<Vec<Line>>,
}

impl Gate {
    pub(crate) fn new(channel: &Channel, action: Action, grant: &Arc<Grant>) -> Arc<Self> {
        Self::following(&Arc::default(), channel, action, grant)
    }

    /// One of calls that follow one another, of which each may send ahead for the next.
    pub(crate) fn following(ahead: &Arc<Ahead>, channel: &Channel, action: Action, grant: &Arc<Grant>) -> Arc<Self> {
        let permit = Arc::new(Permit { action, grant: Arc::clone(grant) });
        let (channel, ahead) = (channel.clone(), Arc::clone(ahead));
        Arc::new(Self { channel, permit, spent: Arc::default(), ahead, lines: Mutex::default() })
    }

    /// The call that goes out through this gate.
    pub(crate) fn call(self: &Arc<Self>, settings: &Settings) -> Call {
        Call {
            limits: self.permit.grant.limits.clone(),
            settings: settings.clone(),
            outbound: Arc::clone(self) as Arc<dyn Outbound>,
            log: Arc::clone(self) as Arc<dyn RunLog>,
        }
    }

    /// What was spent since this was last asked.
    pub(crate) fn take_effort(&self) -> Effort {
        mem::take(&mut *locked(&self.spent))
    }

    /// What was said since this was last asked.
    pub(crate) fn take_lines(&self) -> Vec<Line> {
        mem::take(&mut *locked(&self.lines))
    }
}

impl Outbound for Gate {
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        let (channel, permit, spent) = (self.channel.clone(), Arc::clone(&self.permit), Arc::clone(&self.spent));
        let ahead = Arc::clone(&self.ahead);
        async move {
            let allowance = permit.grant.limits.response_bytes_total.saturating_sub(locked(&spent).body_bytes);
            let (answer, effort) = match ahead.answer(&request).await {
                Some(answered) => answered,
                None => channel.send(&permit, request, allowance).await,
            };
            let mut spent = locked(&spent);
            spent.attempts += effort.attempts;
            spent.retries += effort.retries;
            spent.waited += effort.waited;
            spent.body_bytes += effort.body_bytes;
            answer
        }
        .boxed()
    }

    fn announce(&self, request: Request) {
        self.ahead.send(&self.channel, &self.permit, request);
    }
}

impl RunLog for Gate {
    fn line(&self, level: Level, message: String) {
        locked(&self.lines).push((Timestamp::now(), level, self.channel.scrub(&message)));
    }
}

/// A panic elsewhere leaves numbers and lines as usable as they were.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
