//! Runs: every stream of every usable connection of a profile, accounts first, each from its
//! checkpoint.
//!
//! A run goes from its request to the committed row through these files:
//!
//! | step | file |
//! |---|---|
//! | request → plan | `request`, `plan` |
//! | one connection: park, resume, record the end | `start`, `cancel` |
//! | one stream: passes and completion | `stream`, `verdict` |
//! | partitions, or batches of accounts | `partitions`, `accounts` |
//! | one page: calls and retries | `page` |
//! | commit of pages with their cursors | `sink`, `stall` |

mod accounts;
mod cancel;
mod error;
mod events;
mod fetched;
mod history;
mod instants;
mod page;
mod partitions;
mod plan;
mod reader;
mod request;
mod service;
mod sink;
mod stall;
mod start;
mod stream;
mod undeclared;
mod verdict;

pub use events::{RunEvent, RunObserver};
pub use history::{LogLine, RejectedRowView, RunDetail};
pub use request::RunRequest;
pub use service::Runs;
