//! The cause of a failed call, from wasmtime's error and from the state of the call.

use crate::call_state::CallState;
use crate::interrupt::{EpochDeadline, ImportDuringDescribe, OverLimit};
use crate::limits::{Refused, TABLE_ELEMENTS, TABLE_LIMIT};
use crate::outcome::CallError;
use crate::text::{MAX_ERROR, one_line, plain};
use wasmtime::{Trap, WasmBacktrace};

/// Finds the cause of a failed call.
///
/// The state of the call takes precedence over the engine's error: a guest whose memory request was
/// refused traps on `unreachable`.
pub(crate) fn cause(error: &wasmtime::Error, state: &CallState) -> CallError {
    if let Some(interrupt) = interrupt(error) {
        return interrupt;
    }
    if error.is::<wasmtime::PoolConcurrencyLimitError>() {
        return CallError::Host(one_line(error, MAX_ERROR));
    }

    let memory_limit = CallError::OverLimit {
        limit: "memory-bytes",
        value: state.memory().allowed(),
    };
    match state.memory().refused() {
        Some(Refused::Memory) => memory_limit,
        Some(Refused::Table) => CallError::OverLimit {
            limit: TABLE_LIMIT,
            value: TABLE_ELEMENTS as u64,
        },
        None if passed_too_much(error) => memory_limit,
        None => CallError::Trapped {
            message: trap_message(error),
            last_error_log: state.last_error_log().map(str::to_owned),
            evidence: state.evidence().cloned(),
        },
    }
}

/// Returns the reason for which the host itself ended the call, if it did.
fn interrupt(error: &wasmtime::Error) -> Option<CallError> {
    if let Some(OverLimit { limit, value }) = error.downcast_ref().copied() {
        return Some(CallError::OverLimit { limit, value });
    }
    if let Some(EpochDeadline { ms }) = error.downcast_ref().copied() {
        return Some(CallError::EpochDeadline { ms });
    }
    if let Some(ImportDuringDescribe { import, arguments }) = error.downcast_ref().cloned() {
        return Some(CallError::ImportDuringDescribe { import, arguments });
    }

    // Only `describe` is not async, and wasmtime refuses a waiting import in it before the call.
    (error.downcast_ref() == Some(&Trap::CannotBlockSyncTask)).then(|| {
        CallError::ImportDuringDescribe {
            import: "an import that waits",
            arguments: String::new(),
        }
    })
}

/// True if the guest passed more in one call than it may hold. The type of this error is private to
/// wasmtime, so its text is compared.
fn passed_too_much(error: &wasmtime::Error) -> bool {
    error
        .root_cause()
        .to_string()
        .contains("fuel allocated for hostcalls has been exhausted")
}

/// Returns the cause and the place: `unreachable instruction executed, in parse < read`.
fn trap_message(error: &wasmtime::Error) -> String {
    let cause = error.root_cause().to_string();
    let cause = plain(cause.strip_prefix("wasm trap: ").unwrap_or(&cause), 500);

    let frames = error
        .downcast_ref::<WasmBacktrace>()
        .map(named_frames)
        .unwrap_or_default();
    if frames.is_empty() {
        cause
    } else {
        format!("{cause}, in {}", frames.join(" < "))
    }
}

/// Returns the innermost functions that have a name. wasmtime resolves and demangles names only in
/// the text of a backtrace.
fn named_frames(backtrace: &WasmBacktrace) -> Vec<String> {
    backtrace
        .to_string()
        .lines()
        .filter_map(|line| line.rsplit_once('!').map(|(_, name)| name))
        .filter(|name| !name.starts_with("<wasm function"))
        .take(5)
        .map(|name| plain(name, 80))
        .collect()
}
