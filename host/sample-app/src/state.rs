//! The state of the server, shared by all requests.

use crate::export::Export;
use crate::fault::Fault;
use crate::rate_limit::TokenBucket;
use crate::response_log::ResponseLog;
use crate::scope::Scope;
use crate::workspace::Workspace;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The state that changes while the server runs.
pub(crate) struct ServerState {
    /// The members and plans.
    pub(crate) workspace: Workspace,
    /// The faults injected so far.
    pub(crate) faults: Vec<Fault>,
    /// The rate limit; absent for none.
    pub(crate) rate_limit: Option<TokenBucket>,
    /// The responses sent so far.
    pub(crate) responses: ResponseLog,
    /// The exports started so far.
    pub(crate) exports: Vec<Export>,
    /// The number of requests received so far, with or without a response.
    pub(crate) requests: u64,
    /// The number of requests being processed.
    pub(crate) in_flight: u64,
    /// The largest value of `in_flight` so far.
    pub(crate) max_in_flight: u64,
}

impl ServerState {
    /// Lets members leave and join before the page at an offset, as the faults demand, each once.
    pub(crate) fn apply_membership_faults(&mut self, page_offset: usize) {
        let workspace = &mut self.workspace;

        self.faults.retain(|fault| match *fault {
            Fault::MemberLeavesBefore { offset } if page_offset >= offset => {
                workspace.remove_first_member();
                false
            }
            Fault::MemberJoinsBefore { offset } if page_offset >= offset => {
                workspace.insert_first_member();
                false
            }
            _ => true,
        });
    }

    /// Returns true if the token has a scope.
    pub(crate) fn has_scope(&self, scope: Scope) -> bool {
        !self.faults.contains(&Fault::ScopeMissing(scope))
    }
}

/// The parts of the server that all requests share.
pub(crate) struct SharedState {
    /// The bearer token accepted.
    pub(crate) token: String,
    /// The most members of a page.
    pub(crate) page_limit: usize,
    /// The signal to stop the server.
    pub(crate) stop: Notify,
    state: Mutex<ServerState>,
}

impl SharedState {
    /// Creates the shared state.
    pub(crate) fn new(token: String, page_limit: usize, state: ServerState) -> Self {
        Self {
            token,
            page_limit,
            stop: Notify::new(),
            state: Mutex::new(state),
        }
    }

    /// Locks the state.
    pub(crate) fn lock(&self) -> MutexGuard<'_, ServerState> {
        // No code panics while it holds the lock, so a poisoned lock is still consistent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
