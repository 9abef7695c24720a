//! Names of the WIT package that connectors implement.

/// The version of the WIT package `purser:connector` that this host offers.
pub const WIT_VERSION: &str = "0.1.0";

/// The beginning of the name of every interface of the package.
pub(crate) const PACKAGE: &str = "purser:connector/";

/// The interfaces that a connector may import.
pub(crate) const IMPORTS: [&str; 3] = ["types", "http", "log"];

/// The interface that a connector exports.
pub(crate) const EXPORT: &str = "actions";
