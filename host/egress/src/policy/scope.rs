//! The permission that requests are sent under.

use purser_model::{Action, Grant};
use std::sync::Arc;

/// The permission of a caller: an action, and the grant that says what the action may send.
#[derive(Debug, Clone)]
pub struct RequestScope {
    /// The action that the requests are made for.
    pub action: Action,
    /// The rules for each action, and the limits of requests and responses.
    pub grant: Arc<Grant>,
}
