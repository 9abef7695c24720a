//! Tests of the sandbox with valid guests, and with one guest for each kind of misbehaviour.
//!
//! A guest is a core module in text format. The tools that build Rust connectors turn it into a
//! component.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod describe;
mod fake_host;
mod guest;
mod hostile;
mod image;
mod inspect;
mod limits;
mod read;
