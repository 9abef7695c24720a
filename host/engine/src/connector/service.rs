//! Service for connectors.

use super::loaded::LoadedConnectors;
use super::publishers::Publishers;
use crate::home::Home;
use crate::keys::Keys;
use crate::templates::Templates;
use once_cell::sync::OnceCell;
use purser_sandbox::{Compiler, Sandbox};
use purser_store::Store;
use std::sync::Arc;

/// Uploaded connectors, by digest, name and version, with the access granted to each.
pub struct Connectors {
    pub(super) home: Arc<Home>,
    pub(super) store: Arc<Store>,
    pub(super) keys: Arc<Keys>,
    pub(super) publishers: Arc<Publishers>,
    pub(super) templates: Arc<Templates>,
    pub(super) compiler: Compiler,
    pub(super) sandbox: OnceCell<Arc<Sandbox>>,
    pub(super) loaded: LoadedConnectors,
}

impl Connectors {
    pub(crate) fn new(
        home: Arc<Home>,
        store: Arc<Store>,
        keys: Arc<Keys>,
        publishers: Arc<Publishers>,
        templates: Arc<Templates>,
        compiler: Compiler,
    ) -> Self {
        Self {
            home,
            store,
            keys,
            publishers,
            templates,
            compiler,
            sandbox: OnceCell::new(),
            loaded: LoadedConnectors::default(),
        }
    }
}
