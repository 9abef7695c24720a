//! Why a call ended, found out from wasmtime's error and from what the host remembers.

use crate::host::Host;
use crate::limits::{Refused, TABLE_ELEMENTS, TABLE_LIMIT};
use crate::outcome::CallError;
use crate::text::plain;
use wasmtime::{Trap, WasmBacktrace};

/// Raised by the host to end a call that is over a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("over the limit {limit} = {value}")]
pub(crate) struct OverLimit {
    /// As a grant names it.
    pub(crate) limit: &'static str,
    /// Its value.
    pub(crate) value: u64,
}

/// Raised by the host to end a call that computes without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("computed for {ms} ms")]
pub(crate) struct Stuck {
    /// The limit.
    pub(crate) ms: u64,
}

/// Raised by an import that may not be called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{import} may not be called here")]
pub(crate) struct Impure {
    /// The import.
    pub(crate) import: &'static str,
    /// What it was called with.
    pub(crate) said: String,
}

/// Finds out why a call ended. What the host knows goes before what the engine reports: a guest that was refused memory traps on
/// `unreachable`.
pub(crate) fn explain(error: &wasmtime::Error, host: &Host) -> CallError {
    if let Some(OverLimit { limit, value }) = error.downcast_ref().copied() {
        return CallError::OverLimit { limit, value };
    }
    if let Some(Stuck { ms }) = error.downcast_ref().copied() {
        return CallError::Stuck { ms };
    }
    if let Some(Impure { import, said }) = error.downcast_ref().cloned() {
        return CallError::Impure { import, said };
    }
    // Of the exports only `describe` is not async. wasmtime does not even let it begin a call that may wait.
    if error.downcast_ref() == Some(&Trap::CannotBlockSyncTask) {
        return CallError::Impure {
            import: "an import that waits",
            said: String::new(),
        };
    }
    if error.is::<wasmtime::PoolConcurrencyLimitError>() {
        return CallError::Host(in_one_line(error));
    }
    let memory_bytes = host.memory_used().allowed();
    match host.memory_used().refused() {
        Some(Refused::Memory) => CallError::OverLimit {
            limit: "memory-bytes",
            value: memory_bytes,
        },
        Some(Refused::Table) => CallError::OverLimit {
            limit: TABLE_LIMIT,
            value: TABLE_ELEMENTS as u64,
        },
        None if handed_over_too_much(error) => CallError::OverLimit {
            limit: "memory-bytes",
            value: memory_bytes,
        },
        None => CallError::Trapped {
            message: trap_message(error),
            said: host.last_words().map(str::to_owned),
            evidence: host.evidence().cloned(),
        },
    }
}

/// Whether the guest gave more in one go than it may hold. wasmtime keeps the type of this error to itself.
fn handed_over_too_much(error: &wasmtime::Error) -> bool {
    error
        .root_cause()
        .to_string()
        .contains("fuel allocated for hostcalls has been exhausted")
}

/// What happened and where: `unreachable instruction executed, in parse < read`.
fn trap_message(error: &wasmtime::Error) -> String {
    let cause = error.root_cause().to_string();
    let cause = plain(cause.strip_prefix("wasm trap: ").unwrap_or(&cause), 500);
    let places = error
        .downcast_ref::<WasmBacktrace>()
        .map(named_frames)
        .unwrap_or_default();
    if places.is_empty() {
        cause
    } else {
        format!("{cause}, in {}", places.join(" < "))
    }
}

/// The innermost functions that have a name. wasmtime resolves and demangles names in the text of a backtrace only.
fn named_frames(backtrace: &WasmBacktrace) -> Vec<String> {
    let text = backtrace.to_string();
    let names = text
        .lines()
        .filter_map(|line| line.rsplit_once('!').map(|(_, name)| name));
    names
        .filter(|name| !name.starts_with("<wasm function"))
        .take(5)
        .map(|name| plain(name, 80))
        .collect()
}

/// An error of wasmtime's with its causes, fit to be shown.
pub(crate) fn in_one_line(error: &wasmtime::Error) -> String {
    plain(&format!("{error:#}"), 1_000)
}
