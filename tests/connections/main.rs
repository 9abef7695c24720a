//! Connecting, through the front door: every template, a real OAuth provider, tokens that expire under a run, processes that die, and keys
//! that change.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail loudly"
)]

mod canary;
mod consent;
mod desk;
mod echo;
mod health;
mod interruptions;
mod keys;
mod machines;
mod refused;
mod renewal;
mod templates;
