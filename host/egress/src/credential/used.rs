//! Credentials used on this client, kept so that responses are scrubbed of old tokens too.

use crate::scrub::Scrubber;
use parking_lot::Mutex;
use purser_model::HttpError;
use purser_vault::{Credential, Secret};
use std::sync::Arc;

/// The number of credentials that are kept at least. A run of a day uses that many tokens if they
/// are refreshed every hour and a half.
const MIN_KEPT: usize = 16;

/// The credentials that responses of one client are scrubbed of.
pub(crate) struct UsedCredentials(Mutex<UsedState>);

struct UsedState {
    /// Ordered by last use, the most recent last.
    entries: Vec<UsedEntry>,
    /// Matches the patterns of all entries. Rebuilt when an entry is added, not for each request.
    scrubber: Arc<Scrubber>,
}

struct UsedEntry {
    /// Held, so that no other credential can be allocated at its address.
    credential: Arc<Credential>,
    /// The patterns of the credential, sorted.
    patterns: Vec<Secret>,
    /// Its reference count is the number of requests that use the entry, plus one.
    uses: Arc<()>,
}

/// A credential in use. Responses are scrubbed of it at least until this is dropped.
pub(crate) struct CredentialInUse {
    pub credential: Arc<Credential>,
    _uses: Arc<()>,
}

impl Default for UsedCredentials {
    fn default() -> Self {
        Self(Mutex::new(UsedState {
            entries: Vec::new(),
            scrubber: Arc::default(),
        }))
    }
}

impl UsedCredentials {
    /// Scrubs responses of a credential from now on. Must be called before the credential is sent.
    ///
    /// # Errors
    /// Fails if its patterns are too many for the scrubber. The credential must not be sent then.
    pub(crate) fn register(
        &self,
        credential: &Arc<Credential>,
    ) -> Result<CredentialInUse, HttpError> {
        let mut state = self.0.lock();
        let known = state
            .entries
            .iter()
            .position(|entry| Arc::ptr_eq(&entry.credential, credential));
        let uses = match known {
            Some(index) => state.mark_most_recent(index),
            None => state.add(credential)?,
        };

        Ok(CredentialInUse {
            credential: Arc::clone(credential),
            _uses: uses,
        })
    }

    /// Returns the scrubber for all credentials registered so far.
    pub(crate) fn scrubber(&self) -> Arc<Scrubber> {
        Arc::clone(&self.0.lock().scrubber)
    }
}

impl UsedState {
    fn mark_most_recent(&mut self, index: usize) -> Arc<()> {
        let entry = self.entries.remove(index);
        let uses = Arc::clone(&entry.uses);
        self.entries.push(entry);
        uses
    }

    fn add(&mut self, credential: &Arc<Credential>) -> Result<Arc<()>, HttpError> {
        let patterns = credential.redaction_patterns();
        // A source may build an equal credential each time it is asked.
        let equal = self
            .entries
            .iter()
            .position(|entry| same_patterns(&entry.patterns, &patterns));
        if let Some(index) = equal {
            if let Some(entry) = self.entries.get_mut(index) {
                entry.credential = Arc::clone(credential);
            }
            return Ok(self.mark_most_recent(index));
        }

        let all_patterns = self
            .entries
            .iter()
            .flat_map(|entry| &entry.patterns)
            .chain(&patterns);
        self.scrubber = Arc::new(Scrubber::new(all_patterns)?);
        let uses = Arc::new(());
        self.entries.push(UsedEntry {
            credential: Arc::clone(credential),
            patterns,
            uses: Arc::clone(&uses),
        });

        self.evict();
        Ok(uses)
    }

    /// Drops the oldest entries that no request uses. The scrubber matches them until it is
    /// rebuilt.
    fn evict(&mut self) {
        let mut surplus = self.entries.len().saturating_sub(MIN_KEPT);
        self.entries.retain(|entry| {
            let is_evicted = surplus > 0 && Arc::strong_count(&entry.uses) == 1;
            surplus -= usize::from(is_evicted);
            !is_evicted
        });
    }
}

/// Compares two sorted lists of patterns.
fn same_patterns(one: &[Secret], other: &[Secret]) -> bool {
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .all(|(one, other)| one.expose() == other.expose())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential(number: usize) -> Arc<Credential> {
        let value = Secret::new(format!("token-number-{number};"));
        Arc::new(Credential::new(vec![("x-key".into(), value)], Vec::new(), Vec::new()).unwrap())
    }

    /// True if the scrubber finds the credential of that number.
    fn scrubs(used: &UsedCredentials, number: usize) -> bool {
        used.scrubber().text(&format!("<token-number-{number};>")) == "<[credential]>"
    }

    #[test]
    fn scrubber_is_rebuilt_only_for_a_new_credential() {
        let used = UsedCredentials::default();

        assert!(!scrubs(&used, 1));

        let one = credential(1);
        used.register(&one).unwrap();

        assert!(scrubs(&used, 1));

        let before = used.scrubber();
        used.register(&one).unwrap();

        assert!(Arc::ptr_eq(&before, &used.scrubber()));

        used.register(&credential(1)).unwrap();

        assert!(
            Arc::ptr_eq(&before, &used.scrubber()),
            "the same again, at another address"
        );

        used.register(&credential(2)).unwrap();

        assert!(!Arc::ptr_eq(&before, &used.scrubber()));
        assert!(scrubs(&used, 1) && scrubs(&used, 2));
    }

    #[test]
    fn most_recent_credentials_and_those_in_use_are_kept() {
        let used = UsedCredentials::default();
        let first = used.register(&credential(0)).unwrap();
        drop(used.register(&credential(1)).unwrap());

        for number in 2..100 {
            used.register(&credential(number)).unwrap();
        }

        assert!(scrubs(&used, 0), "in use");
        assert!(!scrubs(&used, 1));
        assert!((100 - MIN_KEPT + 1..100).all(|number| scrubs(&used, number)));
        assert!(used.0.lock().entries.len() <= MIN_KEPT);

        drop(first);
        used.register(&credential(100)).unwrap();
        used.register(&credential(101)).unwrap();

        assert!(!scrubs(&used, 0), "evicted once it is not in use");
    }

    #[test]
    fn reuse_makes_a_credential_most_recent() {
        let used = UsedCredentials::default();
        let old = credential(0);
        used.register(&old).unwrap();

        for number in 1..MIN_KEPT {
            used.register(&credential(number)).unwrap();
        }

        used.register(&old).unwrap();

        for number in MIN_KEPT..MIN_KEPT + 2 {
            used.register(&credential(number)).unwrap();
        }

        assert!(scrubs(&used, 0) && !scrubs(&used, 1));
    }
}
