//! Attacks by connectors. Each ends with the expected class and blame, within bounded memory and
//! time, and leaves the sandbox intact: an honest connector reads a page after each.
//!
//! | file | concept |
//! |---|---|
//! | `modules/*.wat` | the attacks, one in a file, with their expectations in the first lines |
//! | `module_files` | runs those files |
//! | `generated` | attacks that are too large for a file, or that differ in one place only |
//! | `compile_bombs`, `bomb_builders` | components that make compilation slow or large |
//! | `concurrency` | honest calls beside attacks, on one thread |
//! | `cli` | the same attacks as files for the command line |
//! | `random_modules`, `mutated_connectors` | random modules, and random changes of our own connectors |
//! | `attack` | runs one attack and checks its result |
//! | `expectation` | the line `;; expect:` |
//! | `guest`, `image` | a connector in text format, completed where the attack is silent |
//! | `fake_host` | the shared sandbox, and a fake application and log |
//! | `process` | memory and panics of this process |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod attack;
mod bomb_builders;
mod cli;
mod compile_bombs;
mod concurrency;
mod expectation;
mod fake_host;
mod generated;
mod guest;
mod image;
mod module_files;
mod mutated_connectors;
mod process;
mod random_modules;
