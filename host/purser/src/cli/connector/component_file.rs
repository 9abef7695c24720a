//! Component files, read with a bound on their size.

use crate::cli::{Failure, input};
use std::path::Path;

/// Largest file that is read as a component. Connectors written in Rust have a few hundred KiB,
/// connectors that contain an interpreter tens of MiB.
const MAX_COMPONENT_BYTES: u64 = 128 << 20;

/// Reads a component from a file, or from standard input for `-`.
pub(super) fn read_component(path: &Path) -> Result<Vec<u8>, Failure> {
    input::read(path, MAX_COMPONENT_BYTES)
}
