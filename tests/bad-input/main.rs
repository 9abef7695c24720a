//! Wrong input of every kind gives one clear error, with blame and next step, and changes nothing
//! that was stored.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod files;
mod filters;
mod homes;
mod imports;
mod modules;
mod odd_responses;
mod upstream;
