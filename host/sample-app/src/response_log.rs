//! Counts of the server's responses.

use std::collections::BTreeMap;

/// Numbers of responses by request, such as `GET /members?limit=100`, and status.
///
/// Tests use it to check that no page was fetched twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResponseLog(BTreeMap<String, BTreeMap<u16, u64>>);

impl ResponseLog {
    /// Counts one response.
    pub(crate) fn record(&mut self, request: String, status: u16) {
        *self
            .0
            .entry(request)
            .or_default()
            .entry(status)
            .or_default() += 1;
    }

    /// Returns the number of all responses.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.values().flat_map(BTreeMap::values).sum()
    }

    /// Returns the number of responses with a status.
    #[must_use]
    pub fn with_status(&self, status: u16) -> u64 {
        self.0
            .values()
            .filter_map(|statuses| statuses.get(&status))
            .sum()
    }

    /// Returns the number of responses with a status to requests that start with a prefix, such as
    /// `GET /members`.
    #[must_use]
    pub fn count(&self, prefix: &str, status: u16) -> u64 {
        self.0
            .iter()
            .filter(|(request, _)| request.starts_with(prefix))
            .filter_map(|(_, statuses)| statuses.get(&status))
            .sum()
    }

    /// Returns the requests that succeeded more than once, such as pages fetched twice.
    #[must_use]
    pub fn repeated(&self) -> Vec<&str> {
        let successes =
            |statuses: &BTreeMap<u16, u64>| statuses.range(200..300).map(|(_, n)| n).sum::<u64>();

        self.0
            .iter()
            .filter(|(_, statuses)| successes(statuses) > 1)
            .map(|(request, _)| request.as_str())
            .collect()
    }
}
