//! Everything that Purser stores, in one SQLite file. The only crate that knows SQL.
//!
//! The store says what is stored. It keeps references intact (a connector that profiles run is not
//! deleted, a run that ended writes nothing); whether a change is allowed is the engine's decision.
//!
//! The files, from the bottom up:
//! - `open`: the [`Store`], opening its file, and transactions; `header` recognises foreign files
//!   before SQLite touches them, `schema` applies the append-only migrations, `convert` and `rows`
//!   map the model's types to columns and JSON, `error` lists what can go wrong;
//! - `connectors`, `versions`, `disable`: uploaded components, and changes of version;
//!   `publishers`: signatures; `templates`, `aliases`, `connections`, `profiles`: what operators
//!   set up;
//! - `tokens`: refreshed by one process at a time; `vault`: the key that all secrets are sealed
//!   with;
//! - `source`, `open_runs`, `runs`, `run_log`: executions, their numbers, log and rejected rows;
//! - `open_stream`, `advance`, `records`: a page and its cursor, committed together; below
//!   `records` accounts, activity and products;
//! - `checkpoints`: the state of a stream's read; `completion`: the evidence that it found every
//!   row; `removal`: accounts that are gone; `read_state`: the completeness of the last reads of a
//!   source;
//! - `people`, `entitlements`: imported to reconcile with.
//!
//! **Durability.** The write-ahead log with `synchronous = NORMAL`: an acknowledged commit survives
//! the death of the process by any signal. A power cut may take the last commits, but never half of
//! one and never the file. As records and cursor are one commit, what was lost is read again.
//!
//! **Blocking.** Every method blocks, and one runs at a time per `Store`. Call them from a blocking
//! thread. Other processes may have the same file open: they wait for each other for some seconds,
//! then get [`StoreError::Busy`].
//!
//! **Errors.** Any method can fail with [`StoreError::Busy`], [`StoreError::DiskFull`],
//! [`StoreError::ReadOnly`], [`StoreError::Io`] or [`StoreError::Damaged`]. The methods list only
//! the errors of their own. A method that fails has changed nothing, unless it says otherwise.
//!
//! **Time.** The store has no clock. The caller passes the instant.

mod advance;
mod aliases;
mod checkpoints;
mod completion;
mod connections;
mod connectors;
mod convert;
mod disable;
mod entitlements;
mod error;
mod header;
mod import_mode;
mod open;
mod open_runs;
mod open_stream;
mod page_counts;
mod people;
mod profiles;
mod publishers;
mod read_state;
mod records;
mod removal;
mod rows;
mod run_log;
mod runs;
mod schema;
mod source;
mod templates;
#[cfg(test)]
#[path = "../tests/support/test_dir.rs"]
mod test_dir;
mod tokens;
mod vault;
mod versions;

pub use aliases::Alias;
pub use checkpoints::StreamRead;
pub use completion::{Completion, CompletionTerms, ShiftPolicy, ShrinkGuard};
pub use connections::SealedCredential;
pub use connectors::{NewConnector, NewSignature, StoredConnector, Upload};
pub use entitlements::EntitlementImport;
pub use error::StoreError;
pub use import_mode::ImportMode;
pub use open::{Create, Store};
pub use open_stream::{Partition, StreamStart};
pub use page_counts::Committed;
pub use people::{Leaver, PeopleImport, Roster};
pub use publishers::Publisher;
pub use records::{KnownAccount, PartialCommit, PartitionPage};
pub use removal::{Removal, RemovalHold};
pub use run_log::{LogLine, Rejection};
pub use source::Source;
pub use tokens::{LEASE, Lease, NewToken, StoredToken, TokenRefresh};
pub use vault::SecretOwner;
pub use versions::{ProfileFacts, VersionChange, VersionFacts};
