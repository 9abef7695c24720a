//! Service for runs.

use crate::connection::Connections;
use crate::connector::Connectors;
use crate::home::Home;
use crate::profile::Profiles;
use purser_store::Store;
use std::sync::Arc;

/// Runs of profiles.
pub struct Runs {
    pub(super) home: Arc<Home>,
    pub(super) store: Arc<Store>,
    pub(super) connectors: Arc<Connectors>,
    pub(super) connections: Arc<Connections>,
    pub(super) profiles: Arc<Profiles>,
}

impl Runs {
    pub(crate) const fn new(
        home: Arc<Home>,
        store: Arc<Store>,
        connectors: Arc<Connectors>,
        connections: Arc<Connections>,
        profiles: Arc<Profiles>,
    ) -> Self {
        Self {
            home,
            store,
            connectors,
            connections,
            profiles,
        }
    }
}
