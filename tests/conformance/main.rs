//! The connectors against the real servers, independently written, with the server's own account of what it holds as the answer key.

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
