//! What the server was asked, and how it answered.

use std::collections::BTreeMap;

/// Counts of answers by request (`GET /members?limit=100`) and status. A test reads from it that no page was fetched twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers(BTreeMap<String, BTreeMap<u16, u64>>);

impl Answers {
    /// Adds one answer.
    pub(crate) fn add(&mut self, request: String, status: u16) {
        *self
            .0
            .entry(request)
            .or_default()
            .entry(status)
            .or_default() += 1;
    }

    /// All answers.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.values().flat_map(BTreeMap::values).sum()
    }

    /// Answers with this status.
    #[must_use]
    pub fn with_status(&self, status: u16) -> u64 {
        self.0
            .values()
            .filter_map(|statuses| statuses.get(&status))
            .sum()
    }

    /// Answers with this status to requests that begin so, such as `GET /members`.
    #[must_use]
    pub fn to(&self, prefix: &str, status: u16) -> u64 {
        let matching = self
            .0
            .iter()
            .filter(|(request, _)| request.starts_with(prefix));
        matching
            .filter_map(|(_, statuses)| statuses.get(&status))
            .sum()
    }

    /// Requests that succeeded more than once: pages that were fetched twice.
    #[must_use]
    pub fn repeated(&self) -> Vec<&str> {
        let repeated = self.0.iter().filter(|(_, statuses)| {
            statuses
                .range(200..300)
                .map(|(_, count)| count)
                .sum::<u64>()
                > 1
        });
        repeated.map(|(request, _)| request.as_str()).collect()
    }
}
