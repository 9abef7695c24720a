//! Fuzz targets of `tests/fuzz` that need private items of this crate.

#[path = "../../../../tests/fuzz/harness.rs"]
mod harness;
mod policy;
mod scrub;
