//! Connectors that are loaded in this process.

use parking_lot::Mutex;
use purser_model::Digest;
use purser_sandbox::Connector;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Loaded connectors, by the digest of their bytes. Profiles that run the same connector share its
/// machine code, which is several times as large as the component.
#[derive(Default)]
pub(super) struct LoadedConnectors(Mutex<HashMap<Digest, Arc<OnceCell<Connector>>>>);

impl LoadedConnectors {
    /// Returns the cell for `digest`. The first caller loads the connector; others wait for it.
    pub(super) fn cell(&self, digest: Digest) -> Arc<OnceCell<Connector>> {
        Arc::clone(self.0.lock().entry(digest).or_default())
    }

    /// Unloads a connector. Calls in progress continue.
    pub(super) fn unload(&self, digest: &Digest) {
        self.0.lock().remove(digest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_bytes_share_one_cell_until_they_are_unloaded() {
        let loaded = LoadedConnectors::default();
        let one = Digest::of(b"one");
        let other = Digest::of(b"other");

        let cell = loaded.cell(one);
        assert!(Arc::ptr_eq(&cell, &loaded.cell(one)));
        assert!(!Arc::ptr_eq(&cell, &loaded.cell(other)));

        loaded.unload(&one);
        assert!(!Arc::ptr_eq(&cell, &loaded.cell(one)));
    }
}
