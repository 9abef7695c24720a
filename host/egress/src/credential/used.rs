//! The credentials that a channel has used: a renewed one comes back in answers, and so may the one before it.

use crate::scrub::Scrubber;
use purser_model::HttpError;
use purser_vault::{Credential, Secret};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many are looked for at least. A run that takes a day has that many tokens, if they are renewed every hour and a half.
const KEPT: usize = 16;

/// What a channel looks for in whatever comes back.
pub(crate) struct Known(Mutex<State>);

struct State {
    /// The one used last stands last.
    entries: Vec<Entry>,
    /// For the marks of all of them. Built when one of them changes, not for each request.
    scrubber: Arc<Scrubber>,
}

struct Entry {
    /// Held, so that another credential cannot come to lie at its address.
    credential: Arc<Credential>,
    marks: Vec<Secret>,
    /// Counts the requests that use it, and this entry.
    uses: Arc<()>,
}

/// A credential in use. Its marks are looked for until this is dropped, and most often much longer.
pub(crate) struct InUse {
    pub credential: Arc<Credential>,
    _uses: Arc<()>,
}

impl Known {
    /// Knows none yet.
    ///
    /// # Errors
    /// None, as there is nothing to look for.
    pub(crate) fn new() -> Result<Self, HttpError> {
        let scrubber = Arc::new(Scrubber::new([])?);
        Ok(Self(Mutex::new(State {
            entries: Vec::new(),
            scrubber,
        })))
    }

    /// Looks for a credential from now on. It must be called before the credential is sent.
    ///
    /// # Errors
    /// When the marks are too many to be looked for. The credential must not be sent then.
    pub(crate) fn learn(&self, credential: &Arc<Credential>) -> Result<InUse, HttpError> {
        let mut state = self.state();
        let uses = match state
            .entries
            .iter()
            .position(|entry| Arc::ptr_eq(&entry.credential, credential))
        {
            Some(index) => state.used_last(index),
            None => state.add(credential)?,
        };
        Ok(InUse {
            credential: Arc::clone(credential),
            _uses: uses,
        })
    }

    /// Finds the marks of all that are known now.
    pub(crate) fn scrubber(&self) -> Arc<Scrubber> {
        Arc::clone(&self.state().scrubber)
    }

    /// The state is replaced as a whole, so a panic elsewhere leaves it usable.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn used_last(&mut self, index: usize) -> Arc<()> {
        let entry = self.entries.remove(index);
        let uses = Arc::clone(&entry.uses);
        self.entries.push(entry);
        uses
    }

    fn add(&mut self, credential: &Arc<Credential>) -> Result<Arc<()>, HttpError> {
        let marks = credential.marks();
        // A source may build the same credential anew each time.
        if let Some(index) = self
            .entries
            .iter()
            .position(|entry| same(&entry.marks, &marks))
        {
            if let Some(entry) = self.entries.get_mut(index) {
                entry.credential = Arc::clone(credential);
            }
            return Ok(self.used_last(index));
        }
        let all = self
            .entries
            .iter()
            .flat_map(|entry| &entry.marks)
            .chain(&marks);
        self.scrubber = Arc::new(Scrubber::new(all)?);
        let uses = Arc::new(());
        self.entries.push(Entry {
            credential: Arc::clone(credential),
            marks,
            uses: Arc::clone(&uses),
        });
        self.forget();
        Ok(uses)
    }

    /// Lets go of the oldest that no request uses. The scrubber finds them until it is built the next time.
    fn forget(&mut self) {
        let mut surplus = self.entries.len().saturating_sub(KEPT);
        self.entries.retain(|entry| {
            let goes = surplus > 0 && Arc::strong_count(&entry.uses) == 1;
            surplus -= usize::from(goes);
            !goes
        });
    }
}

/// Marks are sorted.
fn same(one: &[Secret], other: &[Secret]) -> bool {
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

    fn finds(known: &Known, number: usize) -> bool {
        known.scrubber().text(&format!("<token-number-{number};>")) == "<[credential]>"
    }

    #[test]
    fn nothing_is_built_for_what_is_known() {
        let known = Known::new().unwrap();
        assert!(!finds(&known, 1));
        let one = credential(1);
        known.learn(&one).unwrap();
        assert!(finds(&known, 1));
        let before = known.scrubber();
        known.learn(&one).unwrap();
        assert!(Arc::ptr_eq(&before, &known.scrubber()));
        known.learn(&credential(1)).unwrap();
        assert!(
            Arc::ptr_eq(&before, &known.scrubber()),
            "the same again, at another address"
        );
        known.learn(&credential(2)).unwrap();
        assert!(!Arc::ptr_eq(&before, &known.scrubber()));
        assert!(finds(&known, 1) && finds(&known, 2));
    }

    #[test]
    fn the_latest_are_kept_and_all_in_use() {
        let known = Known::new().unwrap();
        let first = known.learn(&credential(0)).unwrap();
        drop(known.learn(&credential(1)).unwrap());
        for number in 2..100 {
            known.learn(&credential(number)).unwrap();
        }
        assert!(finds(&known, 0), "in use");
        assert!(!finds(&known, 1));
        assert!((100 - KEPT + 1..100).all(|number| finds(&known, number)));
        assert!(known.state().entries.len() <= KEPT);
        drop(first);
        known.learn(&credential(100)).unwrap();
        known.learn(&credential(101)).unwrap();
        assert!(!finds(&known, 0), "and let go then");
    }

    #[test]
    fn the_latest_are_those_used_last() {
        let known = Known::new().unwrap();
        let old = credential(0);
        known.learn(&old).unwrap();
        for number in 1..KEPT {
            known.learn(&credential(number)).unwrap();
        }
        known.learn(&old).unwrap();
        for number in KEPT..KEPT + 2 {
            known.learn(&credential(number)).unwrap();
        }
        assert!(finds(&known, 0) && !finds(&known, 1));
    }
}
