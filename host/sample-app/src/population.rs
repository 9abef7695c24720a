//! The parameters that a company is generated from.

use jiff::Timestamp;

/// The parameters that a company is generated from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Population {
    /// The seed of the random numbers. The same seed gives the same company.
    pub seed: u64,
    /// The number of accounts in the application.
    pub members: usize,
    /// The instant from which days are counted back; cut to whole seconds.
    pub now: Timestamp,
}
