//! What something cost this process: its peak of memory, and panics of the host's.

use std::fs;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The largest that this process was from a moment on. Linux only: elsewhere nothing is measured.
pub(crate) struct Peak {
    before: Option<u64>,
}

impl Peak {
    /// From now on.
    pub(crate) fn begin() -> Self {
        // 5 makes the peak what is resident now (proc_pid_clear_refs(5)).
        let reset = fs::write("/proc/self/clear_refs", "5").ok();
        Self {
            before: reset.and_then(|()| status("VmRSS:")),
        }
    }

    /// By how much it grew at most, in MiB.
    pub(crate) fn growth(&self) -> u64 {
        let peak = self
            .before
            .and_then(|before| Some(status("VmHWM:")?.saturating_sub(before)));
        peak.unwrap_or(0) >> 10
    }
}

/// A line of this process's status, in KiB.
fn status(field: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// How many panics there were, on whatever thread. One inside a task is caught by the runtime, and would not be seen otherwise.
pub(crate) fn panics() -> usize {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            PANICS.fetch_add(1, Ordering::SeqCst);
            usual(info);
        }));
    });
    PANICS.load(Ordering::SeqCst)
}
