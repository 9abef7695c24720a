//! The conformance suite of the store: everything that a backend must do, checked through the
//! store's public methods alone.
//!
//! A backend joins with a test binary of its own, as `tests/sqlite` is one. That binary includes
//! this folder (`#[path = "../conformance/mod.rs"] mod conformance;`) and has a module `backend`
//! with
//! - `Backend`: the type of the store, with the methods of [`purser_store::Store`];
//! - `Database`: one database; `Database::create()` makes an empty one, `open(&self) -> Backend`
//!   gives a handle to it, as another process would have, and dropping it deletes it.
//!
//! Nothing here names SQLite, a file or a table. Tests of those belong to the backend's own binary.

mod checkpoints;
mod completion;
pub(crate) mod fixture;
mod imports;
mod interleavings;
mod partitions;
mod read_state;
mod records;
mod removal;
mod runs;
mod setup;
mod templates;
mod tokens;
mod vault;
mod versions;
