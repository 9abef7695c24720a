//! Diagnostics for developers of Purser: on standard error, and only if `PURSER_LOG` is set.

use std::io::{self, IsTerminal as _};
use tracing_subscriber::EnvFilter;

/// Variable with the log filter, such as `debug` or `purser_egress=trace`.
const VARIABLE: &str = "PURSER_LOG";

/// Starts logging if the variable is set.
pub(crate) fn start() {
    if std::env::var_os(VARIABLE).is_none() {
        return;
    }

    let filter = EnvFilter::builder().with_env_var(VARIABLE).from_env_lossy();
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();

    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(colour)
        .init();
}
