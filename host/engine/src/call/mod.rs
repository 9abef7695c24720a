//! Outbound side of one connector call: requests go through the connection's client within the
//! scope of the action, and log lines go, scrubbed, to the run's log.

mod prefetch;

pub(crate) use prefetch::Prefetch;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::Timestamp;
use parking_lot::Mutex;
use purser_egress::{ByteBudget, ConnectionClient, RequestScope, StreamingResponse};
use purser_model::RequestStats;
use purser_model::{Action, Download, Grant, HttpError, Request, Response, Settings};
use purser_sandbox::{Call, IncomingResponse, Level, Outbound, RunLog};
use std::mem;
use std::sync::Arc;

/// Line of a log, not yet attributed to a run.
pub(crate) type Line = (Timestamp, Level, String);

/// Client, scope, statistics and log of one action's calls.
pub(crate) struct CallContext {
    client: ConnectionClient,
    scope: Arc<RequestScope>,
    stats: Mutex<RequestStats>,
    prefetch: Arc<Prefetch>,
    lines: Mutex<Vec<Line>>,
}

impl CallContext {
    /// Creates the context of a single call.
    pub(crate) fn new(client: &ConnectionClient, action: Action, grant: &Arc<Grant>) -> Arc<Self> {
        Self::following(&Arc::default(), client, action, grant)
    }

    /// Creates the context of one of several successive calls, each of which may prefetch for the
    /// next.
    pub(crate) fn following(
        prefetch: &Arc<Prefetch>,
        client: &ConnectionClient,
        action: Action,
        grant: &Arc<Grant>,
    ) -> Arc<Self> {
        let scope = RequestScope {
            action,
            grant: Arc::clone(grant),
        };

        Arc::new(Self {
            client: client.clone(),
            scope: Arc::new(scope),
            stats: Mutex::default(),
            prefetch: Arc::clone(prefetch),
            lines: Mutex::default(),
        })
    }

    /// Returns the call that goes out through this context.
    pub(crate) fn call(self: &Arc<Self>, settings: &Settings) -> Call {
        Call {
            limits: self.scope.grant.limits.clone(),
            settings: settings.clone(),
            outbound: Arc::new(CallOutbound::new(self)),
            log: Arc::clone(self) as Arc<dyn RunLog>,
        }
    }

    /// Returns the statistics since the last call of this method.
    pub(crate) fn take_stats(&self) -> RequestStats {
        mem::take(&mut *self.stats.lock())
    }

    /// Returns the log lines since the last call of this method.
    pub(crate) fn take_lines(&self) -> Vec<Line> {
        mem::take(&mut *self.lines.lock())
    }

    fn count(&self, sent: &RequestStats) {
        *self.stats.lock() += *sent;
    }
}

impl RunLog for CallContext {
    fn line(&self, level: Level, message: String) {
        let text = self.client.scrub(&message);
        self.lines.lock().push((Timestamp::now(), level, text));
    }
}

/// Requests of one call. All that are in flight share the byte budgets.
struct CallOutbound {
    context: Arc<CallContext>,
    bodies: Arc<ByteBudget>,
    downloads: Arc<ByteBudget>,
}

impl CallOutbound {
    fn new(context: &Arc<CallContext>) -> Self {
        let limits = &context.scope.grant.limits;
        let bodies = ByteBudget::new("response-bytes-total", limits.response_bytes_total);
        let downloads = ByteBudget::new("download-bytes", limits.download_bytes);

        Self {
            context: Arc::clone(context),
            bodies: Arc::new(bodies),
            downloads: Arc::new(downloads),
        }
    }
}

impl Outbound for CallOutbound {
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        let context = Arc::clone(&self.context);
        let bodies = Arc::clone(&self.bodies);

        async move {
            let (response, stats) = match context.prefetch.take(&request).await {
                Some(prefetched) => prefetched,
                None => context.client.send(&context.scope, request, &bodies).await,
            };
            context.count(&stats);
            response
        }
        .boxed()
    }

    fn prefetch(&self, request: Request) {
        let CallContext {
            client,
            scope,
            prefetch,
            ..
        } = &*self.context;
        prefetch.send(client, scope, request);
    }

    fn download(
        &self,
        download: Download,
    ) -> BoxFuture<'static, Result<IncomingResponse, HttpError>> {
        let context = Arc::clone(&self.context);
        let bodies = Arc::clone(&self.bodies);
        let downloads = Arc::clone(&self.downloads);

        async move {
            let (response, stats) = context
                .client
                .download(&context.scope, download, &bodies, &downloads)
                .await;
            context.count(&stats);

            response.map(|arrival| {
                let StreamingResponse {
                    status,
                    headers,
                    body,
                } = arrival;
                IncomingResponse {
                    status,
                    headers,
                    body,
                }
            })
        }
        .boxed()
    }
}
