//! The store on SQLite: the conformance suite, and what only a file can do.

// Tests may fail loudly, and their helpers are tests too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod backend;
#[path = "../conformance/mod.rs"]
mod conformance;
mod damage;
mod kill;
mod opening;
#[path = "../support/test_dir.rs"]
mod test_dir;
mod writes;
