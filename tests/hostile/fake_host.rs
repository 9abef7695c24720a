//! Fakes for the host side of a call: an application with a set behaviour, and a log to inspect.
//! Also the shared sandbox.

use futures::future::BoxFuture;
use futures::{FutureExt as _, TryFutureExt as _};
use purser_model::{Download, HttpError, Limits, Request, Response, Settings, StreamKind};
use purser_sandbox::{
    Call, Connector, IncomingResponse, Level, Outbound, ReadRequest, RunLog, Sandbox,
};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

/// Returns the sandbox of all attacks, one for the process, so that damage would show in the next
/// attack.
pub(crate) fn sandbox() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(|| Sandbox::new().unwrap())
}

/// Returns the honest connector, compiled once.
pub(crate) fn honest() -> &'static Connector {
    static HONEST: OnceLock<Connector> = OnceLock::new();
    HONEST.get_or_init(|| sandbox().compile(&crate::guest::honest()).unwrap())
}

/// Behaviour of the application.
#[derive(Debug, Clone)]
pub(crate) enum Upstream {
    /// Responds at once with this body.
    Respond(Vec<u8>),
    /// Responds after this time with an empty body.
    RespondAfter(Duration),
    /// Never responds.
    Never,
}

/// A fake application and log.
pub(crate) struct FakeHost {
    upstream: Upstream,
    pub(crate) requests: AtomicU64,
    pub(crate) lines: Mutex<Vec<String>>,
}

impl FakeHost {
    pub(crate) fn new(upstream: Upstream) -> Arc<Self> {
        Arc::new(Self {
            upstream,
            requests: AtomicU64::new(0),
            lines: Mutex::default(),
        })
    }

    /// Creates a host whose application responds `200` with an empty body.
    pub(crate) fn responding_ok() -> Arc<Self> {
        Self::new(Upstream::Respond(vec![]))
    }

    /// Returns a call on this host.
    pub(crate) fn call(self: &Arc<Self>, limits: Limits) -> Call {
        let outbound: Arc<dyn Outbound> = self.clone();
        let log: Arc<dyn RunLog> = self.clone();

        Call {
            limits,
            settings: Settings::new(),
            outbound,
            log,
        }
    }
}

impl Outbound for FakeHost {
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let upstream = self.upstream.clone();

        async move {
            // The real egress holds the request until the response too.
            let _request = request;
            let body = match upstream {
                Upstream::Respond(body) => body,
                Upstream::RespondAfter(pause) => tokio::time::sleep(pause).map(|()| vec![]).await,
                Upstream::Never => std::future::pending().await,
            };

            Ok(Response {
                status: 200,
                headers: vec![],
                body,
            })
        }
        .boxed()
    }
    fn download(
        &self,
        download: Download,
    ) -> BoxFuture<'static, Result<IncomingResponse, HttpError>> {
        self.send(download.request).map_ok(Into::into).boxed()
    }
}

impl RunLog for FakeHost {
    fn line(&self, _: Level, message: String) {
        self.lines.lock().unwrap().push(message);
    }
}

/// Returns a request for the first page of the stream `users`.
pub(crate) fn users() -> ReadRequest {
    let stream = "users".parse().unwrap();

    ReadRequest {
        stream,
        kind: StreamKind::Accounts,
        cursor: None,
        since: None,
        page_size: 100,
        accounts: vec![],
    }
}
