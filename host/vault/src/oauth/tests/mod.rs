//! Tests of requests to the provider and of its responses.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod assertions;
mod consent;
mod keys;
mod refresh;
mod refusals;
mod responses;
mod revocation;
mod settings;
mod support;
mod unattended;
