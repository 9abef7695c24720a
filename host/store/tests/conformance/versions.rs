//! Versions of a connector: facts, changes, disabling and deleting.

use super::fixture::{
    COMPONENT, TestStore, add_connector, alias, at, connection, grant, name, not_found, profile,
    sealed,
};
use purser_model::{Digest, Grant, Limits};
use purser_store::{Alias, StoreError, VersionChange};

fn grant_of(line: &str) -> Grant {
    Grant {
        rules: vec![line.parse().unwrap()],
        limits: Limits::default(),
    }
}

/// A store with the profile `hub` at version 1.0.0, and a version 2.0.0.
fn two_versions() -> (TestStore, Digest, Digest) {
    let test = TestStore::ready();
    let second = add_connector(&test.store, b"second", "2.0.0");
    (test, Digest::of(COMPONENT), second)
}

/// A change that grants a version, and moves the profile `hub` to it.
fn grant_and_move(digest: Digest) -> VersionChange {
    VersionChange {
        grant: Some((digest, grant_of("read:users GET /users"))),
        moves: vec![(name("hub"), digest)],
    }
}

#[test]
fn version_facts_list_versions_by_upload_and_profiles_with_their_alias() {
    let (test, first, second) = two_versions();

    let facts = test.store.version_facts(&name("jupyterhub")).unwrap();

    let digests: Vec<_> = facts
        .versions
        .iter()
        .map(|version| version.digest)
        .collect();
    assert_eq!(digests, [first, second]);
    assert_eq!(facts.profiles.len(), 1);
    assert_eq!(facts.profiles[0].profile, profile("hub"));
    assert_eq!(facts.profiles[0].application, "JupyterHub");
    let connections = [(name("acme"), name("api-key-header"))];
    assert_eq!(facts.profiles[0].connections, connections);
    assert!(!facts.requires_signature);
}

#[test]
fn version_facts_of_an_unknown_name_are_empty() {
    let test = TestStore::ready();

    let facts = test.store.version_facts(&name("unknown")).unwrap();

    assert!(facts.versions.is_empty());
    assert!(facts.profiles.is_empty());
}

#[test]
fn version_change_grants_and_moves_together() {
    let (test, _, second) = two_versions();
    let store = &test.store;
    let facts = store.version_facts(&name("jupyterhub")).unwrap();

    store
        .change_versions(&facts, &grant_and_move(second), at(8))
        .unwrap();

    let granted = store.connector(&second).unwrap();
    assert_eq!(granted.grant, Some(grant_of("read:users GET /users")));
    assert_eq!(granted.granted_at, Some(at(8)));
    assert_eq!(granted.profiles, [name("hub")]);
    assert_eq!(store.profile(&name("hub")).unwrap().digest, second);
}

#[test]
fn version_change_based_on_old_facts_is_a_conflict_and_changes_nothing() {
    type Edit = fn(&TestStore, Digest);
    let edits: [(&str, Edit); 8] = [
        ("a new version", |test, _| {
            add_connector(&test.store, b"third", "3.0.0");
        }),
        ("a grant", |test, second| {
            grant(&test.store, &second, &Grant::default());
        }),
        ("a disabled version", |test, second| {
            test.store.disable_connector(&second, at(7)).unwrap();
        }),
        ("a new profile", |test, _| {
            test.store.add_profile(&profile("other")).unwrap();
        }),
        ("a deleted profile", |test, _| {
            test.store.delete_profile(&name("hub")).unwrap();
        }),
        ("a new connection", |test, _| {
            let other = connection("other");
            test.store.add_connection(&other, sealed(b"")).unwrap();
        }),
        ("a deleted connection", |test, _| {
            test.store.delete_connection(&name("acme")).unwrap();
        }),
        ("the signature policy", |test, _| {
            test.store.require_signature(true).unwrap();
        }),
    ];

    for (what, edit) in edits {
        let (test, first, second) = two_versions();
        let facts = test.store.version_facts(&name("jupyterhub")).unwrap();
        edit(&test, second);
        let before = test.store.connector(&second).unwrap();

        let error = test
            .store
            .change_versions(&facts, &grant_and_move(second), at(8))
            .unwrap_err();

        assert!(matches!(error, StoreError::Conflict), "{what}: {error}");
        assert_eq!(test.store.connector(&second).unwrap(), before, "{what}");
        if let Ok(profile) = test.store.profile(&name("hub")) {
            assert_eq!(profile.digest, first, "{what}");
        }
    }
}

#[test]
fn version_change_ignores_changes_that_no_decision_rests_on() {
    let (test, _, second) = two_versions();
    let store = &test.store;
    let facts = store.version_facts(&name("jupyterhub")).unwrap();

    let other = Alias {
        application: "Other".into(),
        ..alias("other")
    };
    store.add_alias(&other).unwrap();
    test.begin_run();

    store
        .change_versions(&facts, &grant_and_move(second), at(8))
        .unwrap();
}

#[test]
fn version_change_that_names_unknown_things_changes_nothing() {
    let (test, first, second) = two_versions();
    let store = &test.store;
    let facts = store.version_facts(&name("jupyterhub")).unwrap();
    let unknown = Digest::of(b"unknown");
    let apply = |change: VersionChange| store.change_versions(&facts, &change, at(8));

    let mut to_unknown = grant_and_move(second);
    to_unknown.moves.push((name("hub"), unknown));
    assert_eq!(not_found(apply(to_unknown)), format!("connector {unknown}"));

    let mut of_unknown = grant_and_move(second);
    of_unknown.moves.push((name("x"), second));
    assert_eq!(not_found(apply(of_unknown)), "profile x");

    let granted = apply(grant_and_move(unknown));
    assert_eq!(not_found(granted), format!("connector {unknown}"));

    assert_eq!(store.connector(&second).unwrap().grant, None);
    assert_eq!(store.profile(&name("hub")).unwrap().digest, first);
}

#[test]
fn connector_of_profiles_is_not_deleted() {
    let (test, first, _) = two_versions();
    test.store.add_profile(&profile("second")).unwrap();

    let error = test.store.delete_connector(&first).unwrap_err();

    let text = error.to_string();
    assert!(text.contains("in use by profiles hub, second"), "{text}");
    let profiles = test.store.connector(&first).unwrap().profiles;
    assert_eq!(profiles, [name("hub"), name("second")]);
}

#[test]
fn connector_of_a_published_profile_is_not_disabled() {
    let (test, first, _) = two_versions();
    test.store.publish_profile(&name("hub"), at(9)).unwrap();

    let error = test.store.disable_connector(&first, at(9)).unwrap_err();

    let text = error.to_string();
    assert!(text.contains("in use by profile hub"), "{text}");
    assert_eq!(test.store.connector(&first).unwrap().disabled_at, None);
}

#[test]
fn connector_of_a_draft_is_disabled_and_enabled_again() {
    let (test, first, _) = two_versions();

    let disabled = test.store.disable_connector(&first, at(9)).unwrap();
    let enabled = test.store.enable_connector(&first).unwrap();

    assert_eq!(disabled.disabled_at, Some(at(9)));
    assert_eq!(enabled.disabled_at, None);
}

#[test]
fn connector_deleted_while_disabled_comes_back_enabled() {
    let (test, first, second) = two_versions();
    let store = &test.store;
    store.disable_connector(&second, at(9)).unwrap();

    store.delete_connector(&second).unwrap();
    assert_eq!(
        not_found(store.connector(&second)),
        format!("connector {second}")
    );
    assert!(store.connector(&first).unwrap().latest);

    add_connector(store, b"second", "2.0.0");
    assert_eq!(store.connector(&second).unwrap().disabled_at, None);
}
