//! Target of connectors.

/// Target of connectors: WebAssembly without a system interface.
pub const TARGET: &str = "wasm32-unknown-unknown";
