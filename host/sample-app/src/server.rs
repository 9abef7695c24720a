//! Starting and stopping the server.
//!
//! It runs on a thread and a runtime of its own, so that killing it breaks every connection off at once, as a crash would.

use crate::answers::Answers;
use crate::api;
use crate::company::Company;
use crate::export::Export;
use crate::fault::{Fault, Scope};
use crate::limiter::{Limiter, Rate};
use crate::paging::Paging;
use crate::workspace::Workspace;
use axum::serve::ListenerExt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;
use tokio::sync::Notify;

/// How the server behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleOptions {
    /// The port to listen on; 0 for any that is free.
    pub port: u16,
    /// The bearer token that it accepts.
    pub token: String,
    /// The most members of a page, whatever the request asks for.
    pub page_limit: usize,
    /// How often it may be asked; `None` for as often as one likes.
    pub rate: Option<Rate>,
    /// What is wrong with it from the start.
    pub faults: Vec<Fault>,
}

impl Default for SampleOptions {
    /// A server that works.
    fn default() -> Self {
        Self {
            port: 0,
            token: "qb-sample-token-5e1f".into(),
            page_limit: 100,
            rate: None,
            faults: Vec::new(),
        }
    }
}

impl SampleOptions {
    /// A server as one meets it: it limits the rate of requests, and one of its pages fails at first.
    #[must_use]
    pub fn realistic() -> Self {
        let rate = Rate {
            burst: 40,
            per_second: 20,
        };
        Self {
            rate: Some(rate),
            faults: vec![Fault::UnavailableOnce { page: 7 }],
            ..Self::default()
        }
    }
}

/// What changes while the server runs.
pub(crate) struct Live {
    pub(crate) workspace: Workspace,
    pub(crate) faults: Vec<Fault>,
    pub(crate) limiter: Option<Limiter>,
    pub(crate) answers: Answers,
    /// Those that were asked for.
    pub(crate) exports: Vec<Export>,
    /// Requests that came in, answered or not.
    pub(crate) requests: u64,
    /// Requests that are being answered, and the most that were at any time.
    pub(crate) at_once: (u64, u64),
}

impl Live {
    /// Members come and go as the faults say, each once.
    pub(crate) fn move_about(&mut self, paging: &Paging) {
        let at = paging.offset().unwrap_or(0);
        let workspace = &mut self.workspace;
        self.faults.retain(|fault| match *fault {
            Fault::LeavesBefore { offset } if at >= offset => {
                workspace.first_leaves();
                false
            }
            Fault::JoinsBefore { offset } if at >= offset => {
                workspace.somebody_joins();
                false
            }
            _ => true,
        });
    }

    /// Whether the token has a scope.
    pub(crate) fn grants(&self, scope: Scope) -> bool {
        !self.faults.contains(&Fault::ScopeMissing(scope))
    }
}

/// What all requests share.
pub(crate) struct Shared {
    pub(crate) token: String,
    pub(crate) page_limit: usize,
    pub(crate) died: Notify,
    live: Mutex<Live>,
}

impl Shared {
    /// The state. No code panics while it holds the lock, so a poisoned one is as good as another.
    pub(crate) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A server that listens. It stops when this is dropped.
pub struct RunningSample {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// Starts the application with the company's members on loopback.
///
/// # Errors
/// When the port is taken or the system refuses a thread.
pub fn start(company: &Company, options: SampleOptions) -> io::Result<RunningSample> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let live = Live {
        workspace: Workspace::new(company),
        faults: options.faults,
        limiter: options.rate.map(|rate| Limiter::new(rate, Instant::now())),
        answers: Answers::default(),
        exports: Vec::new(),
        requests: 0,
        at_once: (0, 0),
    };
    let shared = Arc::new(Shared {
        token: options.token,
        page_limit: options.page_limit.max(1),
        died: Notify::new(),
        live: Mutex::new(live),
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let listener = {
        let _context = runtime.enter();
        tokio::net::TcpListener::from_std(listener)?
    };
    let serving = Arc::clone(&shared);
    let thread = std::thread::Builder::new()
        .name("quayboard".into())
        .spawn(move || {
            runtime.block_on(async {
            // Small answers must not wait for the client's delayed acknowledgement.
            let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
            tokio::select! {
                _ = async { axum::serve(listener, api::routes(Arc::clone(&serving))).await } => {}
                () = serving.died.notified() => {}
            }
        });
        })?;
    Ok(RunningSample {
        address,
        shared,
        thread: Some(thread),
    })
}

impl RunningSample {
    /// Where the API is, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/api/v1", self.address)
    }

    /// The token that it accepts.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.shared.token
    }

    /// What it was asked so far, and how it answered.
    #[must_use]
    pub fn answers(&self) -> Answers {
        self.shared.live().answers.clone()
    }

    /// Forgets what it was asked so far, and how much of it at once.
    pub fn forget_answers(&self) {
        let mut live = self.shared.live();
        live.answers = Answers::default();
        live.at_once.1 = live.at_once.0;
    }

    /// Makes it misbehave from now on. Requests are counted from its start.
    pub fn inject(&self, fault: Fault) {
        self.shared.live().faults.push(fault);
    }

    /// Makes it work again. A dead server stays dead.
    pub fn heal(&self) {
        self.shared.live().faults.clear();
    }

    /// Requests that came in so far.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.shared.live().requests
    }

    /// The most requests that were being answered at once.
    #[must_use]
    pub fn most_at_once(&self) -> u64 {
        self.shared.live().at_once.1
    }

    /// Stops it and breaks every connection off, and waits until that is done.
    pub fn stop(&mut self) {
        self.shared.died.notify_one();
        if let Some(thread) = self.thread.take() {
            // The thread has nothing to say, even if it panicked.
            drop(thread.join());
        }
    }

    /// Waits until it dies: what a process does that is nothing but this server.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Drop for RunningSample {
    fn drop(&mut self) {
        self.stop();
    }
}
