//! Targets of `tests/fuzz` that need what is not public here.

#[path = "../../../../tests/fuzz/harness.rs"]
mod harness;
mod policy;
mod scrub;
