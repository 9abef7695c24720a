//! The linear memory of this instance.

/// Returns the whole memory, in parts small enough for a request.
#[cfg(target_family = "wasm")]
pub(crate) fn parts() -> Vec<Vec<u8>> {
    const PAGE: usize = 64 << 10;
    const PART: usize = 8;
    let pages = core::arch::wasm32::memory_size(0);

    // Copies extend the memory at its end, and do not change the parts before.
    (0..pages)
        .step_by(PART)
        .map(|first| copy(first * PAGE, PART.min(pages - first) * PAGE))
        .collect()
}

/// Copies a range of the memory.
#[cfg(target_family = "wasm")]
#[allow(
    unsafe_code,
    reason = "an instance may read all of its own memory, and that is what is looked at here"
)]
fn copy(from: usize, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length);
    for address in from..from + length {
        // SAFETY: all addresses below the size of the memory are readable, and nothing else runs in
        // this instance meanwhile.
        bytes.push(unsafe { core::ptr::with_exposed_provenance::<u8>(address).read_volatile() });
    }
    bytes
}

/// Returns nothing on other targets.
#[cfg(not(target_family = "wasm"))]
pub(crate) const fn parts() -> Vec<Vec<u8>> {
    Vec::new()
}
