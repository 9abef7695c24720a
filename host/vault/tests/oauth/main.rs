//! What the provider is sent, and what is made of its answers.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod answers;
mod assertions;
mod consent;
mod keys;
mod machine;
mod refusals;
mod renewal;
mod revocation;
mod settings;
mod support;
