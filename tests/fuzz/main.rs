//! Fuzz targets: random mutations of all input that comes from outside, and the properties that
//! must hold for each.
//!
//! | file | input and property |
//! |---|---|
//! | `upload` | bytes of a component: refused with a reason and blame, never a host failure |
//! | `template` | a template file: an accepted one signs every request with its secret and does not leak it |
//! | `grant` | a grant file: an accepted one round-trips and allows exactly what its lines say |
//! | `import`, `csv_files` | CSV: all rows or none, and counts that add up |
//! | `host/sandbox/src/convert/fuzz.rs` | a connector's description: within all limits, and printable |
//! | `host/egress/src/tests/fuzz.rs` | URLs: requests only to granted targets; responses: no credential in any known form |
//! | `harness`, `mutate` | the runner, its duration, and random mutations of the `seeds` |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod csv_files;
mod grant;
#[path = "../hostile/guest.rs"]
#[allow(dead_code, reason = "only a part of the module is used here")]
mod guest;
mod harness;
#[path = "../hostile/image.rs"]
#[allow(dead_code, reason = "only a part of the module is used here")]
mod image;
mod import;
mod template;
mod upload;
