//! The one sandbox, and the world around a call: an application that answers, a log that can be read.

use futures::future::BoxFuture;
use futures::{FutureExt as _, TryFutureExt as _};
use purser_model::{Download, HttpError, Limits, Request, Response, Settings, StreamKind};
use purser_sandbox::{Call, Connector, Incoming, Level, Outbound, ReadRequest, RunLog, Sandbox};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

/// One sandbox for all attacks, as a process has one: what one attack broke would show in the next.
pub(crate) fn sandbox() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(|| Sandbox::new().unwrap())
}

/// The honest connector, compiled once.
pub(crate) fn honest() -> &'static Connector {
    static HONEST: OnceLock<Connector> = OnceLock::new();
    HONEST.get_or_init(|| sandbox().compile(&crate::guest::honest()).unwrap())
}

/// How the application answers.
#[derive(Debug, Clone)]
pub(crate) enum Answers {
    /// With this body, at once.
    With(Vec<u8>),
    /// With nothing, after this long.
    After(Duration),
    /// Never.
    Never,
}

/// An application and a log.
pub(crate) struct World {
    answers: Answers,
    pub(crate) requests: AtomicU64,
    pub(crate) lines: Mutex<Vec<String>>,
}

impl World {
    pub(crate) fn that(answers: Answers) -> Arc<Self> {
        Arc::new(Self {
            answers,
            requests: AtomicU64::new(0),
            lines: Mutex::default(),
        })
    }

    /// One whose application answers `200` with an empty body.
    pub(crate) fn fine() -> Arc<Self> {
        Self::that(Answers::With(vec![]))
    }

    /// A call in this world.
    pub(crate) fn call(self: &Arc<Self>, limits: Limits) -> Call {
        let (outbound, log): (Arc<dyn Outbound>, Arc<dyn RunLog>) = (self.clone(), self.clone());
        Call {
            limits,
            settings: Settings::new(),
            outbound,
            log,
        }
    }
}

impl Outbound for World {
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let answers = self.answers.clone();
        async move {
            // The request is kept until it is answered, as the real one is.
            let _request = request;
            let body = match answers {
                Answers::With(body) => body,
                Answers::After(pause) => tokio::time::sleep(pause).map(|()| vec![]).await,
                Answers::Never => std::future::pending().await,
            };
            Ok(Response {
                status: 200,
                headers: vec![],
                body,
            })
        }
        .boxed()
    }
    fn download(&self, download: Download) -> BoxFuture<'static, Result<Incoming, HttpError>> {
        self.send(download.request).map_ok(Into::into).boxed()
    }
}

impl RunLog for World {
    fn line(&self, _: Level, message: String) {
        self.lines.lock().unwrap().push(message);
    }
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
