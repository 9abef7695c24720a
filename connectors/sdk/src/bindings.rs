//! What wit-bindgen makes of the WIT package. The rest of the crate re-exports these types as its own, so that nothing is converted on
//! the way from a connector to the host.

// Generated code answers to the generator's rules. The package documents its items, the modules between them it does not.
#![allow(
    missing_docs,
    unsafe_code,
    unreachable_pub,
    clippy::all,
    clippy::indexing_slicing,
    clippy::panic
)]

wit_bindgen::generate!({
    path: "../../wit",
    world: "connector",
    additional_derives: [PartialEq],
    // It holds a handle, of which there is no second one to compare it with.
    additional_derives_ignore: ["incoming-response"],
    default_bindings_module: "purser_sdk::bindings",
    export_macro_name: "export_actions",
    pub_export_macro: true,
});
