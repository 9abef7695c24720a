//! The store through its public methods, on real files.

// Tests may fail loudly, and their helpers are tests too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod checkpoints;
mod fixture;
mod imports;
mod interleavings;
mod kill;

mod opening;
mod partitions;
mod test_dir;
mod records;
mod runs;
mod setup;
mod templates;
mod tokens;
mod vault;
mod versions;
