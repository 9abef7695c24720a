//! Managing connectors as an operator: versions, grants, rollback, signatures.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod foreign_connector;
mod grants;
mod lifecycle;
mod signatures;
mod versions;
