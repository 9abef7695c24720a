//! What strangers and slips of the hand feed Purser with: bytes changed by chance, and what must hold whatever they are.
//!
//! | file | what is fed, and what must hold |
//! |---|---|
//! | `upload` | a module's bytes: refused with a reason and blamed, never on the host |
//! | `template` | a template's file: what is accepted signs every request with its secret, and shows it nowhere |
//! | `grant` | a grant's file: what is accepted reads back as itself, and allows what its lines say and nothing else |
//! | `import` | CSV: all of it or nothing, and the counts add up |
//! | `host/sandbox/src/convert/fuzz.rs` | a connector's description: within every bound, and fit to be shown |
//! | `host/egress/src/tests/fuzz.rs` | URLs: nothing leaves but to where the grant says; answers: no credential in any form that is known |
//! | `harness`, `mutate` | what they are run by, and how long; inputs made by chance of the `seeds` |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod grant;
#[path = "../hostile/guest.rs"]
#[allow(
    dead_code,
    reason = "of what makes connectors there, a part is needed here"
)]
mod guest;
mod harness;
#[path = "../hostile/image.rs"]
#[allow(dead_code, reason = "as above")]
mod image;
mod import;
mod template;
mod upload;
