//! What Purser remembers, in one SQLite file. The only crate that knows SQL: methods say what the product does.
//!
//! The house, from the ground up:
//! - `open`: the [`Store`], how a file becomes one, and its transactions; `header` tells a foreign file before SQLite touches it, `schema`
//!   applies the append-only migrations, `convert` maps the model's types to columns, `error` says what can go wrong and whose fault it is;
//! - `connectors`, and `lifecycle`, `rollback` and `retire`, what becomes of their versions; `publishers`, who
//!   vouches for them; `templates`, `aliases`, `connections`, `profiles`: what operators set up;
//! - `tokens`: what is renewed, by one process at a time; `vault`: which key all secrets are sealed with;
//! - `runs`: executions, their numbers, log and rejected rows;
//! - `checkpoints`: where a stream's read stands, when it is complete, and what may be concluded from that;
//! - `records`: a page and its cursor, committed together; below it accounts, activity and products;
//! - `people`, `entitlements`: what is imported to reconcile with.
//!
//! **Durability.** The write-ahead log with `synchronous = NORMAL`: a commit that was acknowledged is in the kernel's hands and survives
//! the death of the process by any signal. A power cut may take the last commits, never half of one, and never the file; as records and
//! cursor are one commit, what was lost is read again.
//!
//! **Blocking.** Every method blocks, and one runs at a time per `Store`. Call them from a blocking thread. Other processes may have the
//! same file open: they wait for each other for some seconds, then get [`StoreError::Busy`].
//!
//! **Time.** The store has no clock. Whoever calls says when.

mod aliases;
mod checkpoints;
mod connections;
mod connectors;
mod convert;
mod entitlements;
mod error;
mod header;
mod lifecycle;
mod open;
mod people;
#[cfg(test)]
#[path = "../tests/store/place.rs"]
mod place;
mod profiles;
mod publishers;
mod records;
mod retire;
mod rollback;
mod runs;
mod schema;
mod templates;
mod tokens;
mod vault;

pub use aliases::Alias;
pub use checkpoints::{Completion, Part, ReadFrom, Shifts, ShrinkGuard, StreamStart};
pub use connections::SealedCredential;
pub use connectors::{NewConnector, NewSignature, StoredConnector, Upload};
pub use entitlements::EntitlementImport;
pub use error::StoreError;
pub use lifecycle::{Granted, Moved, Moves, Rights, Serves, Stayed};
pub use open::{Create, Store};
pub use people::{PeopleImport, Roster};
pub use publishers::Publisher;
pub use records::{Committed, Effort, HalfWay, PartPage};
pub use runs::{KnownSource, LogLine, Rejection, Source};
pub use tokens::{LEASE, Lease, NewToken, Renewal, StoredToken};
pub use vault::SecretOf;
