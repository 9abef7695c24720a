//! Resource limits of the process that compiles.

use nix::sys::resource::{Resource, setrlimit};

/// Limits of a compiling process, enforced by the kernel.
pub(super) struct ProcessLimits {
    /// Processor time, in seconds.
    pub(super) cpu_seconds: u64,
    /// Address space, in bytes.
    pub(super) memory_bytes: u64,
}

/// A connector of 20 MB, with an interpreter inside, takes about ten seconds.
pub(super) const PROCESS_LIMITS: ProcessLimits = ProcessLimits {
    cpu_seconds: 60,
    memory_bytes: 4 << 30,
};

impl ProcessLimits {
    /// Applies the limits to this process. Core dumps and files are not allowed at all.
    pub(super) fn apply(&self) -> nix::Result<()> {
        for (resource, limit) in [
            (Resource::RLIMIT_CPU, self.cpu_seconds),
            (Resource::RLIMIT_AS, self.memory_bytes),
            (Resource::RLIMIT_CORE, 0),
            (Resource::RLIMIT_FSIZE, 0),
        ] {
            setrlimit(resource, limit, limit)?;
        }
        Ok(())
    }
}
