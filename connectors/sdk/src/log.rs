//! Words for the run's log, which the host caps and scrubs. Use the macros [`debug!`](crate::debug), [`info!`](crate::info),
//! [`warn!`](crate::warn) and [`error!`](crate::error); they take what `format!` takes.

pub use crate::bindings::purser::connector::log::Level;

#[cfg(target_family = "wasm")]
thread_local! {
    static QUIET: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Does something of which the log is told nothing.
#[cfg(target_family = "wasm")]
pub(crate) fn quietly<T>(act: impl FnOnce() -> T) {
    QUIET.set(true);
    act();
    QUIET.set(false);
}

/// Adds a line to the run's log. Natively it goes to what [`testing::Trial::log`](crate::testing) gives.
pub fn write(level: Level, message: &str) {
    #[cfg(target_family = "wasm")]
    if !QUIET.get() {
        crate::bindings::purser::connector::log::write(level, message);
    }
    #[cfg(not(target_family = "wasm"))]
    crate::testing::record(level, message);
}

/// Adds a line of no importance to the run's log.
#[macro_export]
macro_rules! debug {
    ($($words:tt)+) => { $crate::log::write($crate::log::Level::Debug, &format!($($words)+)) };
}

/// Adds a line to the run's log.
#[macro_export]
macro_rules! info {
    ($($words:tt)+) => { $crate::log::write($crate::log::Level::Info, &format!($($words)+)) };
}

/// Adds a line to the run's log that somebody should look at.
#[macro_export]
macro_rules! warn {
    ($($words:tt)+) => { $crate::log::write($crate::log::Level::Warn, &format!($($words)+)) };
}

/// Adds a line to the run's log about what went wrong.
#[macro_export]
macro_rules! error {
    ($($words:tt)+) => { $crate::log::write($crate::log::Level::Error, &format!($($words)+)) };
}
