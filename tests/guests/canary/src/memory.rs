//! The linear memory of this instance.

/// All of it, in parts small enough for a request.
#[cfg(target_family = "wasm")]
pub(crate) fn parts() -> Vec<Vec<u8>> {
    const PAGE: usize = 64 << 10;
    const PART: usize = 8;
    let pages = core::arch::wasm32::memory_size(0);
    // What is copied is there before the copies are: they only add to the end of the memory.
    (0..pages)
        .step_by(PART)
        .map(|first| copy(first * PAGE, PART.min(pages - first) * PAGE))
        .collect()
}

/// A copy of a stretch of the memory.
#[cfg(target_family = "wasm")]
#[allow(
    unsafe_code,
    reason = "an instance may read all of its own memory, and that is what is looked at here"
)]
fn copy(from: usize, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length);
    for address in from..from + length {
        // SAFETY: every address below the size of the memory can be read; nothing else runs in this instance meanwhile.
        bytes.push(unsafe { core::ptr::with_exposed_provenance::<u8>(address).read_volatile() });
    }
    bytes
}

/// There is none elsewhere.
#[cfg(not(target_family = "wasm"))]
pub(crate) const fn parts() -> Vec<Vec<u8>> {
    Vec::new()
}
