//! The world around a call: a sandbox, an application that answers, a log that can be read.

use crate::guest::Guest;
use futures::future::BoxFuture;
use futures::{FutureExt as _, TryFutureExt as _};
use purser_model::{Download, HttpError, Limits, Page, Request, Response, Settings, StreamKind};
use purser_sandbox::{
    Call, CallError, Connector, Incoming, Level, Outbound, ReadRequest, RunLog, Sandbox,
};
use std::sync::{Arc, Mutex, OnceLock};

/// One sandbox for all tests, as a process has one: what a hostile guest broke would show in the
/// next test.
pub(crate) fn sandbox() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(|| Sandbox::new().unwrap())
}

/// What an application answers.
type Answer = Box<dyn Fn(Request) -> BoxFuture<'static, Result<Response, HttpError>> + Send + Sync>;

/// An application and a log.
pub(crate) struct World {
    answer: Answer,
    pub(crate) requests: Mutex<Vec<Request>>,
    pub(crate) lines: Mutex<Vec<(Level, String)>>,
}

impl World {
    /// One whose application answers each request in its own way.
    pub(crate) fn new(
        answer: impl Fn(Request) -> BoxFuture<'static, Result<Response, HttpError>>
        + Send
        + Sync
        + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            answer: Box::new(answer),
            requests: Mutex::default(),
            lines: Mutex::default(),
        })
    }

    /// One whose application answers each request alike, at once.
    pub(crate) fn that_says(answer: Result<Response, HttpError>) -> Arc<Self> {
        Self::new(move |_| std::future::ready(answer.clone()).boxed())
    }

    /// One whose application answers `200` with an empty body.
    pub(crate) fn fine() -> Arc<Self> {
        Self::that_says(Ok(Response {
            status: 200,
            headers: vec![],
            body: vec![],
        }))
    }

    /// A call in this world.
    pub(crate) fn call(self: &Arc<Self>, limits: Limits) -> Call {
        Call {
            limits,
            settings: Settings::new(),
            outbound: Arc::clone(self) as Arc<dyn Outbound>,
            log: Arc::clone(self) as Arc<dyn RunLog>,
        }
    }
}

impl Outbound for World {
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        self.requests.lock().unwrap().push(request.clone());
        (self.answer)(request)
    }
    fn download(&self, download: Download) -> BoxFuture<'static, Result<Incoming, HttpError>> {
        self.send(download.request).map_ok(Into::into).boxed()
    }
}

impl RunLog for World {
    fn line(&self, level: Level, message: String) {
        self.lines.lock().unwrap().push((level, message));
    }
}

/// Compiles a guest that is fit to be compiled.
pub(crate) fn compile(guest: &Guest) -> Connector {
    sandbox().compile(&guest.build()).unwrap()
}

/// A request for the first page of the stream `users`.
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

/// Reads the first page with default limits, in a world that is fine.
pub(crate) async fn read(guest: &Guest) -> Result<Page, CallError> {
    read_within(guest, Limits::default(), &World::fine()).await
}

/// Reads the first page.
pub(crate) async fn read_within(
    guest: &Guest,
    limits: Limits,
    world: &Arc<World>,
) -> Result<Page, CallError> {
    compile(guest).read(world.call(limits), users()).await
}
