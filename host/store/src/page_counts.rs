//! Counts of a committed page.

/// The counts of a committed page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Committed {
    /// Records stored, changed or not.
    pub records: u64,
    /// Rows that an earlier page of the same generation had; among the rejected.
    pub repeated: u64,
    /// Rejected rows.
    pub rejected: u64,
    /// Rows that no earlier page of the generation had: records, and rejected rows with an
    /// identifier.
    pub fresh: u64,
}

/// The rejected rows of a page, by what they say about the completeness of the read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RejectedCounts {
    /// Rows that no earlier page of the generation had, as far as can be told.
    pub(crate) fresh: u64,
    /// Rows that an earlier page had.
    pub(crate) repeated: u64,
    /// Rows without an identifier; among the fresh.
    pub(crate) unidentified: u64,
    /// Rows with the identifier of another row of the page; among the fresh.
    pub(crate) duplicates: u64,
}
