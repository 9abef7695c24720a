//! Write a connector for Purser: a description, one async function for each stream, one for taking seats back.
//!
//! ```
//! # mod forty_lines { // the whole of a connector for a simple JSON interface
#![doc = include_str!("../examples/forty_lines.rs")]
//! # }
//! ```
//!
//! The same code runs in two places. Built for `wasm32-unknown-unknown` it is a WebAssembly component that imports `purser:connector/http`
//! and `purser:connector/log` and nothing else: no WASI, no clock, no files, no sockets. Built natively it runs under `cargo test` against
//! the scripted answers of the [`testing`] kit.
//!
//! | module | what it is for |
//! |---|---|
//! | [`Connector`], [`export!`] | what an author implements, and how it becomes a component |
//! | [`Client`], [`Response`] | requests, and what became of them |
//! | [`Rows`], [`json`] | decoding that names the field, and that rejects a bad row without its page |
//! | [`pagination`] | where the next page begins, and when there is none |
//! | [`download`] | files that are too large for an answer, a row at a time |
//! | [`each`] | asking about accounts one by one, several requests at once |
//! | [`settings`], [`time`], [`log`] | settings of the profile, timestamps and activity, the run's log |
//! | [`testing`] | scripted HTTP for plain `cargo test` |
//!
//! The types of the WIT package (`Account`, `Page`, `Failure`, `Description`, …) are the generated ones, so nothing is converted on the
//! way to the host; this crate adds constructors to them.

mod accounts;
#[doc(hidden)]
pub mod bindings;
mod client;
mod connector;
mod description;
pub mod download;
mod failure;
pub mod json;
mod link;
pub mod log;
pub mod pagination;
mod records;
mod response;
mod rows;
pub mod settings;
#[cfg(not(target_family = "wasm"))]
pub mod testing;
pub mod time;

pub use accounts::each;
pub use bindings::exports::purser::connector::actions::{
    AccountRef, Capability, CheckReport, CheckRequest, ReadRequest, ReclaimOutcome, ReclaimRequest,
    Setting,
};
pub use bindings::purser::connector::http::{Compression, Header, HttpError};
pub use bindings::purser::connector::types::{
    Account, AccountKind, AccountStatus, Action, Activity, Cursor, DataStream, Description, Email,
    Failure, LastActivity, Method, Page, Product, RateHint, RateLimitResponse, ReclaimMode,
    ReclaimOffer, Records, RejectedRow, RequestedAccess, Seat, SettingField, SettingType,
    SettingValue, StreamKind, Timestamp,
};
pub use client::{Client, RequestBuilder};
pub use connector::Connector;
#[doc(hidden)]
pub use connector::Exported;
pub use download::{Download, Downloaded};
pub use response::Response;
pub use rows::{Rows, rejected};
pub use settings::Settings;

/// The `futures` crate, for requests in flight at once (`try_join_all`): they cost one call of the connector and not one each.
pub use futures;

/// What nearly every connector uses.
pub mod prelude {
    pub use crate::{
        Account, AccountKind, AccountStatus, Action, Activity, Capability, CheckReport,
        CheckRequest, Client, Connector, DataStream, Description, Email, Failure, LastActivity,
        Method, Page, Product, ReadRequest, ReclaimMode, ReclaimOffer, ReclaimOutcome,
        ReclaimRequest, Response, Rows, Seat, SettingField, Settings, pagination, rejected, time,
    };
}
