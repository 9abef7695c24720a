//! Service for connections.

use super::rate_limiters::RateLimiters;
use crate::connector::Connectors;
use crate::keys::Keys;
use crate::templates::Templates;
use purser_egress::Egress;
use purser_store::Store;
use std::sync::{Arc, OnceLock};
use tokio::sync::RwLock;

/// Connections to applications, with their credentials.
pub struct Connections {
    pub(super) store: Arc<Store>,
    pub(super) keys: Arc<Keys>,
    pub(super) templates: Arc<Templates>,
    pub(super) connectors: Arc<Connectors>,
    egress: OnceLock<Egress>,
    pub(super) rate_limiters: RateLimiters,
    /// Held for reading by every token refresh that must be stored before the process ends.
    pub(super) refreshes: Arc<RwLock<()>>,
}

impl Connections {
    pub(crate) fn new(
        store: Arc<Store>,
        keys: Arc<Keys>,
        templates: Arc<Templates>,
        connectors: Arc<Connectors>,
    ) -> Self {
        Self {
            store,
            keys,
            templates,
            connectors,
            egress: OnceLock::new(),
            rate_limiters: RateLimiters::default(),
            refreshes: Arc::default(),
        }
    }

    /// Returns the egress, opened at the first request.
    pub(super) fn egress(&self) -> &Egress {
        self.egress.get_or_init(Egress::new)
    }
}
