//! Modes of an import.

/// The way of storing an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportMode {
    /// Stores it.
    Store,
    /// Counts what would change, and changes nothing.
    DryRun,
}
