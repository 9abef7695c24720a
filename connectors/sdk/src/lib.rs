//! SDK for Purser connectors: a description, one async function for the streams, one for taking
//! seats back.
//!
//! ```
//! # mod forty_lines { // a complete connector for a simple JSON API
#![doc = include_str!("../examples/forty_lines.rs")]
//! # }
//! ```
//!
//! The same code runs in two places. Built for `wasm32-unknown-unknown`, it is a WebAssembly
//! component with the imports `purser:connector/http` and `purser:connector/log`, and without WASI:
//! no clock, no files, no sockets. Built natively, it runs under `cargo test` against the scripted
//! responses of the [`testing`] kit.
//!
//! | module | purpose |
//! |---|---|
//! | [`Connector`], [`export!`] | the trait to implement, and the macro that exports it |
//! | [`Client`], [`Response`] | requests and responses |
//! | [`Rows`], [`json`] | decoding that reads odd fields, names faulty ones, and rejects a row instead of its page |
//! | [`pagination`] | the cursor of the next page |
//! | [`download`] | files that exceed the size of a response, row by row |
//! | [`map_accounts`] | requests per account, several at once |
//! | [`settings`], [`time`], [`log`] | settings of the profile, timestamps and activity, the run's log |
//! | [`testing`] | scripted HTTP for plain `cargo test` |
//!
//! The `examples` folder has a connector for each common case: cursor and offset paging, an export
//! that is downloaded, activity per account, and authentication with OAuth or a custom header.
//!
//! The types of the WIT package (`Account`, `Page`, `Failure`, `Description`, …) are the generated
//! ones, so nothing is converted on the way to the host. This crate adds constructors.

mod accounts;
#[doc(hidden)]
pub mod bindings;
mod checked;
mod client;
mod connector;
mod description;
pub mod download;
mod error_message;
mod failure;
mod instant;
pub mod json;
mod link;
pub mod log;
mod method;
mod offset_window;
pub mod pagination;
mod records;
mod reference;
mod response;
mod rows;
pub mod settings;
#[cfg(not(target_family = "wasm"))]
pub mod testing;
pub mod time;

pub use accounts::map_accounts;
pub use bindings::exports::purser::connector::actions::{
    AccountRef, Capability, CheckReport, CheckRequest, ReadRequest, ReclaimOutcome, ReclaimRequest,
    Setting,
};
pub use bindings::purser::connector::http::{Compression, Header, HttpError};
pub use bindings::purser::connector::types::{
    Account, AccountKind, AccountStatus, Action, Activity, Cursor, DataStream, Description, Email,
    Failure, LastActivity, Method, Page, Pending, Product, RateLimit, RateLimitResponse,
    ReclaimMode, ReclaimOffer, Records, RejectedRow, RequestedAccess, Seat, SettingField,
    SettingType, SettingValue, StreamKind, Timestamp,
};
pub use client::{Client, RequestBuilder};
pub use connector::Connector;
#[doc(hidden)]
pub use connector::Exported;
pub use download::{Download, DownloadResponse};
pub use response::Response;
pub use rows::{Rows, rejected};
pub use settings::Settings;

/// The `futures` crate, for requests in flight at once (`try_join_all`).
pub use futures;

/// The items that nearly every connector uses.
pub mod prelude {
    pub use crate::{
        Account, AccountKind, AccountStatus, Action, Activity, Capability, CheckReport,
        CheckRequest, Client, Connector, DataStream, Description, Email, Failure, LastActivity,
        Method, Page, Product, ReadRequest, ReclaimMode, ReclaimOffer, ReclaimOutcome,
        ReclaimRequest, Response, Rows, Seat, SettingField, Settings, pagination, rejected, time,
    };
}
