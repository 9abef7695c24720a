//! The sandbox against guests written for it: honest ones, and one for each way to misbehave. A
//! guest is a core module in text, which the same tools make a component of that make one of a Rust
//! crate.
//!
//! A test may stop at the first thing that is not as it should be.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod describe;
mod guest;
mod hostile;
mod image;
mod inspect;
mod limits;
mod read;
mod world;
