//! The pace at which a connection's application is asked: one for all runs of this process that read it, whichever profile they are of.

use crate::Purser;
use jiff::Timestamp;
use purser_egress::Pace;
use purser_model::{Connection, ConnectionName, RateHint};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// A connection, which may be deleted and made again under its name, and how often a connector says that it may be asked.
type Key = (ConnectionName, Timestamp, Option<RateHint>);

/// The paces in use.
#[derive(Default)]
pub(crate) struct Paces(Mutex<HashMap<Key, Weak<Pace>>>);

impl Purser {
    /// The pace of a connection, shared with whoever else keeps to it.
    pub(crate) fn pace(&self, connection: &Connection, rate: Option<RateHint>) -> Arc<Pace> {
        let mut paces = self.paces.0.lock().unwrap_or_else(PoisonError::into_inner);
        paces.retain(|_, pace| pace.strong_count() > 0);
        let entry = paces
            .entry((connection.name.clone(), connection.created_at, rate))
            .or_default();
        entry.upgrade().unwrap_or_else(|| {
            let pace = Arc::new(Pace::new(rate));
            *entry = Arc::downgrade(&pace);
            pace
        })
    }
}
