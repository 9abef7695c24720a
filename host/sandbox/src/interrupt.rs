//! Errors that the host raises inside a call to end it.

/// The call exceeded a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("over the limit {limit} = {value}")]
pub(crate) struct OverLimit {
    /// The name of the limit, as in a grant.
    pub(crate) limit: &'static str,
    /// Its value.
    pub(crate) value: u64,
}

/// The guest computed for too long without waiting for anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("computed for {ms} ms")]
pub(crate) struct EpochDeadline {
    /// The limit, in milliseconds.
    pub(crate) ms: u64,
}

/// `describe` called an import.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{import} may not be called here")]
pub(crate) struct ImportDuringDescribe {
    /// The name of the import.
    pub(crate) import: &'static str,
    /// The arguments of the call, as text.
    pub(crate) arguments: String,
}
