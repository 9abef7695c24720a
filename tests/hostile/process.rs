//! Peak memory and panics of this process.

use std::fs;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Peak of resident memory since a moment. Zero on systems other than Linux.
pub(crate) struct PeakMemory {
    before: Option<u64>,
}

impl PeakMemory {
    /// Starts a measurement.
    pub(crate) fn begin() -> Self {
        // The value 5 resets the peak to the current size (proc_pid_clear_refs(5)).
        let reset = fs::write("/proc/self/clear_refs", "5").ok();
        Self {
            before: reset.and_then(|()| status("VmRSS:")),
        }
    }

    /// Returns the growth at the peak, in MiB.
    pub(crate) fn growth(&self) -> u64 {
        let peak = self
            .before
            .and_then(|before| Some(status("VmHWM:")?.saturating_sub(before)));
        peak.unwrap_or(0) >> 10
    }
}

/// Returns a field of this process's status, in KiB.
fn status(field: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Returns the number of panics so far, on all threads. The runtime catches a panic in a task,
/// which would remain unnoticed otherwise.
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
