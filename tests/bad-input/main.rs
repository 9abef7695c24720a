//! Whatever is wrong gives one clear error, with blame and next step, and leaves what was stored as it was.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod files;
mod homes;
mod modules;
mod upstream;
