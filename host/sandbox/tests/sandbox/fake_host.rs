//! A host for tests: a sandbox, a scripted application, and a log.

use crate::guest::Guest;
use futures::future::BoxFuture;
use futures::{FutureExt as _, TryFutureExt as _};
use purser_model::{Download, HttpError, Limits, Page, Request, Response, Settings, StreamKind};
use purser_sandbox::{
    Call, CallError, Connector, IncomingResponse, Level, Outbound, ReadRequest, RunLog, Sandbox,
};
use std::sync::{Arc, Mutex, OnceLock};

/// Returns the sandbox of all tests. A process has one, so damage by a hostile guest shows in a
/// later test.
pub(crate) fn sandbox() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(|| Sandbox::new().unwrap())
}

/// Returns the response of the application to a request.
type Respond =
    Box<dyn Fn(Request) -> BoxFuture<'static, Result<Response, HttpError>> + Send + Sync>;

/// A scripted application, and a log.
pub(crate) struct FakeHost {
    respond: Respond,
    pub(crate) requests: Mutex<Vec<Request>>,
    pub(crate) lines: Mutex<Vec<(Level, String)>>,
}

impl FakeHost {
    /// Returns a host whose application responds to each request with `respond`.
    pub(crate) fn new(
        respond: impl Fn(Request) -> BoxFuture<'static, Result<Response, HttpError>>
        + Send
        + Sync
        + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            respond: Box::new(respond),
            requests: Mutex::default(),
            lines: Mutex::default(),
        })
    }

    /// Returns a host whose application gives every request the same response.
    pub(crate) fn responding(response: Result<Response, HttpError>) -> Arc<Self> {
        Self::new(move |_| std::future::ready(response.clone()).boxed())
    }

    /// Returns a host whose application responds with 200 and an empty body.
    pub(crate) fn ok() -> Arc<Self> {
        Self::responding(Ok(Response {
            status: 200,
            headers: vec![],
            body: vec![],
        }))
    }

    /// Returns the context of a call with these limits.
    pub(crate) fn call(self: &Arc<Self>, limits: Limits) -> Call {
        Call {
            limits,
            settings: Settings::new(),
            outbound: Arc::clone(self) as Arc<dyn Outbound>,
            log: Arc::clone(self) as Arc<dyn RunLog>,
        }
    }
}

impl Outbound for FakeHost {
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        self.requests.lock().unwrap().push(request.clone());
        (self.respond)(request)
    }
    fn download(
        &self,
        download: Download,
    ) -> BoxFuture<'static, Result<IncomingResponse, HttpError>> {
        self.send(download.request).map_ok(Into::into).boxed()
    }
}

impl RunLog for FakeHost {
    fn line(&self, level: Level, message: String) {
        self.lines.lock().unwrap().push((level, message));
    }
}

/// Compiles a valid guest.
pub(crate) fn compile(guest: &Guest) -> Connector {
    sandbox().compile(&guest.build()).unwrap()
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

/// Reads the first page with default limits and an application that responds with 200.
pub(crate) async fn read(guest: &Guest) -> Result<Page, CallError> {
    read_within(guest, Limits::default(), &FakeHost::ok()).await
}

/// Reads the first page within these limits.
pub(crate) async fn read_within(
    guest: &Guest,
    limits: Limits,
    host: &Arc<FakeHost>,
) -> Result<Page, CallError> {
    compile(guest).read(host.call(limits), users()).await
}
