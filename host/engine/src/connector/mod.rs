//! Connectors: upload, inspection, grants, versions, signatures and compiled code.

mod compile_cache;
mod grant;
mod lookup;
mod publishers;
mod signature;
mod upload;
mod versions;
mod view;

pub use grant::{DifferenceView, Granted};
pub use publishers::{Policy, PublisherView, Publishers};
pub use signature::{KeyId, PublisherKey, SignatureError, Standing};
pub use upload::{Inspected, Previous, Uploaded};
pub use versions::{MovedView, RolledBack, StayedView};
pub use view::ConnectorView;

use crate::home::Home;
use crate::keys::Keys;
use crate::templates::Templates;
use compile_cache::ConnectorCache;
use once_cell::sync::OnceCell;
use purser_sandbox::{Compiler, Sandbox};
use purser_store::Store;
use std::sync::Arc;

/// Uploaded connectors, by digest, name and version, with the access granted to each.
pub struct Connectors {
    home: Arc<Home>,
    store: Arc<Store>,
    keys: Arc<Keys>,
    publishers: Arc<Publishers>,
    templates: Arc<Templates>,
    compiler: Compiler,
    sandbox: OnceCell<Arc<Sandbox>>,
    cache: ConnectorCache,
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
            cache: ConnectorCache::default(),
        }
    }
}
