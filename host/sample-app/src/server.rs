//! Starting and stopping the server.
//!
//! The server has a thread and a runtime of its own. Stopping it breaks every connection at once,
//! as a crash does.

use crate::api;
use crate::company::Company;
use crate::fault::Fault;
use crate::rate_limit::{RateLimit, TokenBucket};
use crate::response_log::ResponseLog;
use crate::state::{ServerState, SharedState};
use crate::workspace::Workspace;
use axum::serve::ListenerExt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

/// Options of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleOptions {
    /// The port to listen on; 0 for any free port.
    pub port: u16,
    /// The bearer token accepted.
    pub token: String,
    /// The most members of a page, regardless of the request.
    pub page_limit: usize,
    /// The rate limit; `None` for no limit.
    pub rate_limit: Option<RateLimit>,
    /// The faults from the start.
    pub faults: Vec<Fault>,
}

impl Default for SampleOptions {
    /// Returns the options of a server without faults.
    fn default() -> Self {
        Self {
            port: 0,
            token: "qb-sample-token-5e1f".into(),
            page_limit: 100,
            rate_limit: None,
            faults: Vec::new(),
        }
    }
}

impl SampleOptions {
    /// Returns the options of a typical server: it limits the rate of requests, and one of its
    /// pages fails at first.
    #[must_use]
    pub fn realistic() -> Self {
        Self {
            rate_limit: Some(RateLimit {
                burst: 40,
                per_second: 20,
            }),
            faults: vec![Fault::UnavailableOnce { page: 7 }],
            ..Self::default()
        }
    }
}

/// A server that listens. It stops when this is dropped.
pub struct RunningSample {
    address: SocketAddr,
    shared: Arc<SharedState>,
    thread: Option<JoinHandle<()>>,
}

/// Starts the application with the company's members on loopback.
///
/// # Errors
/// Fails if the port is taken or the system refuses a thread.
pub fn start(company: &Company, options: SampleOptions) -> io::Result<RunningSample> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;

    let now = Instant::now();
    let state = ServerState {
        workspace: Workspace::new(company),
        faults: options.faults,
        rate_limit: options.rate_limit.map(|limit| TokenBucket::new(limit, now)),
        responses: ResponseLog::default(),
        exports: Vec::new(),
        requests: 0,
        in_flight: 0,
        max_in_flight: 0,
    };
    let page_limit = options.page_limit.max(1);
    let shared = Arc::new(SharedState::new(options.token, page_limit, state));

    let thread = spawn(listener, Arc::clone(&shared))?;
    Ok(RunningSample {
        address,
        shared,
        thread: Some(thread),
    })
}

/// Serves requests on a new thread until the server is stopped.
fn spawn(listener: TcpListener, shared: Arc<SharedState>) -> io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let listener = {
        let _context = runtime.enter();
        tokio::net::TcpListener::from_std(listener)?
    };
    // Small responses must not wait for the client's delayed acknowledgement.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));

    let serve_until_stopped = async move {
        let router = api::router(Arc::clone(&shared));
        tokio::select! {
            _ = async { axum::serve(listener, router).await } => {}
            () = shared.stop.notified() => {}
        }
    };

    std::thread::Builder::new()
        .name("quayboard".into())
        .spawn(move || runtime.block_on(serve_until_stopped))
}

impl RunningSample {
    /// Returns the base URL of the API, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/api/v1", self.address)
    }

    /// Returns the bearer token accepted.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.shared.token
    }

    /// Returns the responses sent so far.
    #[must_use]
    pub fn responses(&self) -> ResponseLog {
        self.shared.lock().responses.clone()
    }

    /// Clears the counts of responses and of requests at once.
    pub fn clear_responses(&self) {
        let mut state = self.shared.lock();
        state.responses = ResponseLog::default();
        state.max_in_flight = state.in_flight;
    }

    /// Injects a fault from now on.
    pub fn inject(&self, fault: Fault) {
        self.shared.lock().faults.push(fault);
    }

    /// Removes all faults. A crashed server stays down.
    pub fn clear_faults(&self) {
        self.shared.lock().faults.clear();
    }

    /// Returns the number of requests received so far.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.shared.lock().requests
    }

    /// Returns the largest number of requests that were processed at once.
    #[must_use]
    pub fn max_in_flight(&self) -> u64 {
        self.shared.lock().max_in_flight
    }

    /// Stops the server, breaks every connection and waits for the thread to end.
    pub fn stop(&mut self) {
        self.shared.stop.notify_one();
        self.join();
    }

    /// Waits until the server crashes: for a process that is nothing but this server.
    pub fn wait(mut self) {
        self.join();
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            // The thread has no result, even if it panicked.
            drop(thread.join());
        }
    }
}

impl Drop for RunningSample {
    fn drop(&mut self) {
        self.stop();
    }
}
