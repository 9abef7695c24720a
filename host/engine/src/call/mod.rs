//! The one way out of the sandbox: what a connector asks for goes to the connection's channel under the action's permit, and what it says
//! goes, scrubbed, to the run's log.

mod prefetch;

pub(crate) use prefetch::Ahead;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use purser_egress::{Arrival, ByteBudget, Channel, Effort, Permit};
use purser_model::{Action, Download, Grant, HttpError, Limits, Request, Response, Settings};
use purser_sandbox::{Call, Incoming, Level, Outbound, RunLog};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A line of a run's log, before it has a run.
pub(crate) type Line = (Timestamp, Level, String);

/// What one call sent and said.
pub(crate) struct Gate {
    channel: Channel,
    permit: Arc<Permit>,
    spent: Mutex<Effort>,
    ahead: Arc<Ahead>,
    lines: Mutex<Vec<Line>>,
}

impl Gate {
    pub(crate) fn new(channel: &Channel, action: Action, grant: &Arc<Grant>) -> Arc<Self> {
        Self::following(&Arc::default(), channel, action, grant)
    }

    /// One of calls that follow one another, of which each may send ahead for the next.
    pub(crate) fn following(
        ahead: &Arc<Ahead>,
        channel: &Channel,
        action: Action,
        grant: &Arc<Grant>,
    ) -> Arc<Self> {
        let permit = Arc::new(Permit {
            action,
            grant: Arc::clone(grant),
        });
        let (channel, ahead) = (channel.clone(), Arc::clone(ahead));
        Arc::new(Self {
            channel,
            permit,
            spent: Mutex::default(),
            ahead,
            lines: Mutex::default(),
        })
    }

    /// The call that goes out through this gate.
    pub(crate) fn call(self: &Arc<Self>, settings: &Settings) -> Call {
        Call {
            limits: self.permit.grant.limits.clone(),
            settings: settings.clone(),
            outbound: Arc::new(Passage::through(self)),
            log: Arc::clone(self) as Arc<dyn RunLog>,
        }
    }

    fn spend(&self, effort: &Effort) {
        let mut spent = locked(&self.spent);
        spent.attempts += effort.attempts;
        spent.retries += effort.retries;
        spent.waited += effort.waited;
        spent.body_bytes += effort.body_bytes;
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

/// One call on its way through a gate, with what its limits leave of bytes. All that it has under way takes from that.
struct Passage {
    gate: Arc<Gate>,
    bodies: Arc<ByteBudget>,
    downloads: Arc<ByteBudget>,
}

impl Passage {
    fn through(gate: &Arc<Gate>) -> Self {
        let Limits {
            response_bytes_total,
            download_bytes,
            ..
        } = gate.permit.grant.limits;
        Self {
            gate: Arc::clone(gate),
            bodies: Arc::new(ByteBudget::new(
                "response-bytes-total",
                response_bytes_total,
            )),
            downloads: Arc::new(ByteBudget::new("download-bytes", download_bytes)),
        }
    }
}

impl Outbound for Passage {
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        let (gate, bodies) = (Arc::clone(&self.gate), Arc::clone(&self.bodies));
        async move {
            let (answer, effort) = match gate.ahead.answer(&request).await {
                Some(answered) => answered,
                None => gate.channel.send(&gate.permit, request, &bodies).await,
            };
            gate.spend(&effort);
            answer
        }
        .boxed()
    }

    fn prefetch(&self, request: Request) {
        self.gate
            .ahead
            .send(&self.gate.channel, &self.gate.permit, request);
    }

    fn download(&self, download: Download) -> BoxFuture<'static, Result<Incoming, HttpError>> {
        let (gate, bodies, downloads) = (
            Arc::clone(&self.gate),
            Arc::clone(&self.bodies),
            Arc::clone(&self.downloads),
        );
        async move {
            let (answer, effort) = gate
                .channel
                .download(&gate.permit, download, &bodies, &downloads)
                .await;
            gate.spend(&effort);
            answer.map(
                |Arrival {
                     status,
                     headers,
                     body,
                 }| Incoming {
                    status,
                    headers,
                    body,
                },
            )
        }
        .boxed()
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
