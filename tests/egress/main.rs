//! Attacks on the way out, each through the front door: the command runs a connector that sends whatever it is told to against an
//! application that misbehaves. Each attack comes to an end, is classed and blamed, costs a bounded amount of memory and time, and tells
//! nobody the credential: neither the connector, whose memory is searched, nor another host, nor whoever reads what is printed or kept. An
//! honest run succeeds after each.
//!
//! | file | one concept |
//! |---|---|
//! | `attacks/*/*.http` | one attack each, with what it must come to in its first lines |
//! | `written` | runs those |
//! | `notation` | how they are written |
//! | `attack` | one attack from the command to what is left of it, and what is demanded of it |
//! | `front` | Purser with the connector, connected to the application |
//! | `courier.wat` | the connector |
//! | `upstream` | the application, and another host beside it |
//! | `spelling` | the credential in every form in which it could come back |
//! | `process` | what the command cost |
//! | `names` | host names that lead where they should not |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod attack;
mod front;
#[allow(
    dead_code,
    reason = "the attacks of connectors, which it is shared with, need more of it"
)]
#[path = "../hostile/guest.rs"]
mod guest;
#[allow(
    dead_code,
    reason = "the attacks of connectors, which it is shared with, need more of it"
)]
#[path = "../hostile/image.rs"]
mod image;
mod names;
mod notation;
mod process;
mod spelling;
mod upstream;
mod written;
