//! Connectors as an operator takes them in: versions, grants, going back, disabling.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod lifecycle;
mod signatures;
mod versions;
