//! The WIT package `purser:connector` as Rust types, generated from `wit/` at the root of the repository.
//!
//! Generated code answers to its generator, so the lints of this workspace do not apply to it.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    clippy::indexing_slicing,
    clippy::unwrap_used
)]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "connector",
    // A host function can end its call: that is how a limit acts which the WIT interface has no error for.
    imports: { default: trappable },
    // `describe` is no async function for the guest, but the host has to be able to interrupt it like any other.
    exports: { "purser:connector/actions.describe": async | store },
    with: { "purser:connector/http.body": crate::body::Body },
});

pub use exports::purser::connector::actions;
pub use purser::connector::{http, log, types};
