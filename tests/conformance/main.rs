//! The connectors against real servers of independent authors. The data that a server was seeded
//! with is the answer key.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail loudly"
)]

mod imports;
mod jupyterhub;
mod reclaiming;
mod scim;
