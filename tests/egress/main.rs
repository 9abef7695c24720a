//! Attacks by the application, run through the command line. The command runs a connector that
//! sends any request it is given, against an application that misbehaves. Each attack ends with
//! the expected class and blame, within bounded memory and time. The credential reaches neither
//! the connector, whose memory is searched, nor another host, nor any output or file. An honest
//! run succeeds after each attack.
//!
//! | file | concept |
//! |---|---|
//! | `attacks/*/*.http` | the attacks, one in a file, with their expectations in the first lines |
//! | `attack_files` | runs those files |
//! | `attack_format` | the format of those files |
//! | `placeholders`, `transformations` | placeholders in their texts, and changes of their bodies |
//! | `attack` | runs one attack and checks its result |
//! | `egress_env` | Purser with the relay connector, connected to the application |
//! | `relay.wat` | the connector |
//! | `upstream` | the application, and a second host beside it |
//! | `encodings` | the credential in every form in which an application could return it |
//! | `process` | time and memory of a command |
//! | `host_names` | host names that resolve to forbidden addresses |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod attack;
mod attack_files;
mod attack_format;
mod egress_env;
mod encodings;
#[allow(dead_code, reason = "only a part of the module is used here")]
#[path = "../hostile/guest.rs"]
mod guest;
mod host_names;
#[allow(dead_code, reason = "only a part of the module is used here")]
#[path = "../hostile/image.rs"]
mod image;
mod placeholders;
mod process;
mod transformations;
mod upstream;
