//! Service for connections.

use super::rate_limiters::RateLimiters;
use crate::Error;
use crate::connector::Connectors;
use crate::keys::Keys;
use crate::templates::Templates;
use once_cell::sync::OnceCell;
use purser_egress::Egress;
use purser_store::Store;
use std::sync::Arc;
use tokio::sync::RwLock;

/// Connections to applications, with their credentials.
pub struct Connections {
    pub(super) store: Arc<Store>,
    pub(super) keys: Arc<Keys>,
    pub(super) templates: Arc<Templates>,
    pub(super) connectors: Arc<Connectors>,
    egress: OnceCell<Egress>,
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
            egress: OnceCell::new(),
            rate_limiters: RateLimiters::default(),
            refreshes: Arc::default(),
        }
    }

    /// Returns the egress, opened at the first request.
    pub(super) fn egress(&self) -> Result<&Egress, Error> {
        self.egress.get_or_try_init(|| Ok(Egress::new()))
    }
}
