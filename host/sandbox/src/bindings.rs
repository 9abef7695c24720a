//! The WIT package `purser:connector` as Rust types, generated from `wit/` at the repository root.

// The lints of this workspace do not apply to generated code.
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
    // A host function can end its call. Limits without an error in the WIT package need that.
    imports: { default: trappable },
    // `describe` is not async for the guest, but the host must be able to interrupt it.
    exports: { "purser:connector/actions.describe": async | store },
    with: { "purser:connector/http.body": crate::body::Body },
});

pub use exports::purser::connector::actions;
pub use purser::connector::{http, log, types};
