//! Connectors that mean harm. Each attack comes to an end, is classed and blamed, costs a bounded amount of memory and time, and leaves
//! the sandbox as it was: an honest connector reads a page after each.
//!
//! | file | one concept |
//! |---|---|
//! | `modules/*.wat` | one attack each, with what it must come to in its first lines |
//! | `written` | runs those |
//! | `generated` | attacks too large to be written down, or that differ in one place only |
//! | `bombs` | what a compiler is fed to make it slow or large |
//! | `beside` | honest calls beside attacks, on one thread |
//! | `front` | the same attacks as files given to the command |
//! | `smith`, `mutate` | chance: modules made of random numbers, and our own connectors changed at random |
//! | `attack` | one attack from upload to answer, and what is demanded of it |
//! | `expectation` | the line `;; expect:` |
//! | `guest`, `image` | a connector in text, completed where the attack says nothing |
//! | `world` | the one sandbox, an application and a log |
//! | `process` | what the attack cost this process |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod attack;
mod beside;
mod bombs;
mod expectation;
mod front;
mod generated;
mod guest;
mod image;
mod mutate;
mod process;
mod smith;
mod world;
mod written;
