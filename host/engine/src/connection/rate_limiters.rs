//! Rate limiters of connections: one per connection and process, shared by all runs that use it.

use jiff::Timestamp;
use parking_lot::Mutex;
use purser_egress::RateLimiter;
use purser_model::{Connection, ConnectionName, RateHint};
use std::collections::HashMap;
use std::sync::{Arc, Weak};

/// Identity of a limiter. The creation time tells a connection from an earlier one of its name.
type Key = (ConnectionName, Timestamp, Option<RateHint>);

/// Rate limiters in use.
#[derive(Default)]
pub(crate) struct RateLimiters(Mutex<HashMap<Key, Weak<RateLimiter>>>);

impl RateLimiters {
    /// Returns the limiter of a connection, shared with every other user of the connection.
    pub(crate) fn shared(
        &self,
        connection: &Connection,
        rate: Option<RateHint>,
    ) -> Arc<RateLimiter> {
        let mut limiters = self.0.lock();
        limiters.retain(|_, limiter| limiter.strong_count() > 0);

        let key = (connection.name.clone(), connection.created_at, rate);
        let entry = limiters.entry(key).or_default();
        entry.upgrade().unwrap_or_else(|| {
            let limiter = Arc::new(RateLimiter::new(rate));
            *entry = Arc::downgrade(&limiter);
            limiter
        })
    }
}
