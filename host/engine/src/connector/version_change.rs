//! Applies decisions about the versions of a connector, and repeats a decision whose facts changed.

use crate::Error;
use jiff::Timestamp;
use purser_model::ConnectorName;
use purser_store::{Store, StoreError, VersionChange, VersionFacts};

/// The decisions that are made before a change gives up. Operators change versions by hand, so that
/// even one conflict is rare.
const MAX_DECISIONS: u32 = 5;

/// Reads the facts about a connector, decides on a change, and applies it. Decides again if another
/// process changed the facts in between.
pub(crate) fn decide_and_apply<T>(
    store: &Store,
    connector: &ConnectorName,
    mut decide: impl FnMut(&VersionFacts) -> Result<(VersionChange, T), Error>,
) -> Result<T, Error> {
    let mut decisions = 0;
    loop {
        let facts = store.version_facts(connector)?;
        let (change, decision) = decide(&facts)?;
        decisions += 1;

        match store.change_versions(&facts, &change, Timestamp::now()) {
            Err(StoreError::Conflict) if decisions < MAX_DECISIONS => {}
            result => return Ok(result.map(|()| decision)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use purser_model::RetryPolicy;
    use purser_store::{Alias, Create};

    fn open_store(dir: &tempfile::TempDir) -> Store {
        Store::open(dir.path().join("purser.db"), Create::IfMissing).unwrap()
    }

    /// Changes a fact that every decision rests on.
    fn change_a_fact(store: &Store) {
        let required = store.requires_signature().unwrap();
        store.require_signature(!required).unwrap();
    }

    #[test]
    fn change_is_decided_again_after_a_conflict() {
        let dir = tempfile::tempdir().unwrap();
        let store = open_store(&dir);
        let mut seen = Vec::new();

        decide_and_apply(&store, &"hub".parse().unwrap(), |facts| {
            if seen.is_empty() {
                change_a_fact(&store);
            }
            seen.push(facts.requires_signature);
            Ok((VersionChange::default(), ()))
        })
        .unwrap();

        assert_eq!(
            seen,
            [false, true],
            "the second decision sees the new facts"
        );
    }

    #[test]
    fn change_of_other_facts_is_not_a_conflict() {
        let dir = tempfile::tempdir().unwrap();
        let store = open_store(&dir);
        let mut decisions = 0;

        decide_and_apply(&store, &"hub".parse().unwrap(), |_| {
            decisions += 1;
            let alias = Alias {
                name: "crm".parse().unwrap(),
                application: "CRM".into(),
                connector: None,
                retry: RetryPolicy::default(),
                created_at: Timestamp::UNIX_EPOCH,
            };
            store.add_alias(&alias).unwrap();
            Ok((VersionChange::default(), ()))
        })
        .unwrap();

        assert_eq!(decisions, 1);
    }

    #[test]
    fn change_gives_up_when_facts_change_every_time() {
        let dir = tempfile::tempdir().unwrap();
        let store = open_store(&dir);
        let mut decisions = 0;

        let error = decide_and_apply(&store, &"hub".parse().unwrap(), |_| {
            decisions += 1;
            change_a_fact(&store);
            Ok((VersionChange::default(), ()))
        })
        .unwrap_err();

        assert!(
            matches!(error, Error::Store(StoreError::Conflict)),
            "{error}"
        );
        assert_eq!(decisions, MAX_DECISIONS);
    }
}
