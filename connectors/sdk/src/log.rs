//! The log of a run, which the host limits and scrubs.
//!
//! Use the macros [`debug!`](crate::debug), [`info!`](crate::info), [`warn!`](crate::warn) and
//! [`error!`](crate::error). They accept the arguments of `format!`.

pub use crate::bindings::purser::connector::log::Level;

#[cfg(target_family = "wasm")]
thread_local! {
    static SUPPRESSED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Runs `act` and drops the lines that it logs.
#[cfg(target_family = "wasm")]
pub(crate) fn suppressed<T>(act: impl FnOnce() -> T) {
    SUPPRESSED.set(true);
    act();
    SUPPRESSED.set(false);
}

/// Adds a line to the run's log. In a native build, [`testing::TestHost::log`](crate::testing)
/// returns it.
pub fn write(level: Level, message: &str) {
    #[cfg(target_family = "wasm")]
    if !SUPPRESSED.get() {
        crate::bindings::purser::connector::log::write(level, message);
    }
    #[cfg(not(target_family = "wasm"))]
    crate::testing::record(level, message);
}

/// Logs details for the author of the connector.
#[macro_export]
macro_rules! debug {
    ($($words:tt)+) => { $crate::log::write($crate::log::Level::Debug, &format!($($words)+)) };
}

/// Logs progress, for the person who follows the run.
#[macro_export]
macro_rules! info {
    ($($words:tt)+) => { $crate::log::write($crate::log::Level::Info, &format!($($words)+)) };
}

/// Logs a problem that the run survives.
#[macro_export]
macro_rules! warn {
    ($($words:tt)+) => { $crate::log::write($crate::log::Level::Warn, &format!($($words)+)) };
}

/// Logs a failure.
#[macro_export]
macro_rules! error {
    ($($words:tt)+) => { $crate::log::write($crate::log::Level::Error, &format!($($words)+)) };
}
