//! Managing connectors as an operator: versions, grants, rollback, signatures.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod lifecycle;
mod signatures;
mod versions;
