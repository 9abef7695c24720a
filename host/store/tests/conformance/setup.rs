//! Connectors, aliases, connections, profiles and publishers, as operators set them up.

use super::fixture::{
    COMPONENT, TestStore, accounts, add_connector, alias, at, connection, description, grant, name,
    not_found, profile, sealed, source,
};
use purser_model::{
    Blamed as _, Connection, ConnectionState, Digest, Grant, NextStep, ProfileState, RetryPolicy,
    RunId, RunState, SettingValue,
};
use purser_store::{Alias, NewConnector, NewSignature, Publisher, StoreError, Upload};

fn publisher(text: &str, key: &str) -> Publisher {
    Publisher {
        name: name(text),
        key: key.into(),
        trusted_at: at(3),
    }
}

#[test]
fn connector_uploaded_twice_is_stored_once_and_keeps_its_grant() {
    let test = TestStore::empty();
    let digest = Digest::of(COMPONENT);
    let description = description("1.0.0");
    let new = NewConnector {
        description: &description,
        digest,
        bytes: COMPONENT,
        uploaded_at: at(5),
        signature: None,
    };
    assert_eq!(test.store.add_connector(&new).unwrap(), (Upload::New, None));
    grant(&test.store, &digest, &Grant::default());

    let again = NewConnector {
        uploaded_at: at(9),
        ..new
    };
    let uploaded = test.store.add_connector(&again).unwrap();

    assert_eq!(uploaded, (Upload::Known, None));
    let stored = test.store.connector(&digest).unwrap();
    assert_eq!(stored.description, description);
    assert_eq!(stored.uploaded_at, at(5));
    assert_eq!(stored.size, COMPONENT.len() as u64);
    assert_eq!(stored.grant, Some(Grant::default()));
    assert_eq!(stored.granted_at, Some(at(6)));
    assert_eq!(test.store.connector_bytes(&digest).unwrap(), COMPONENT);
}

#[test]
fn connector_name_stands_for_the_latest_upload_even_of_one_version() {
    let test = TestStore::empty();
    let store = &test.store;
    let latest = || store.latest_connector(&name("jupyterhub")).unwrap();
    let first = add_connector(store, b"first", "2.0.0");
    grant(store, &first, &Grant::default());

    let second = add_connector(store, b"second", "2.0.0");

    assert_eq!(latest().digest, second);
    assert_eq!(latest().grant, None, "a new digest has no grant");
    add_connector(store, b"first", "2.0.0");
    assert_eq!(latest().digest, second);
    let all = store.connectors().unwrap();
    let digests: Vec<_> = all.into_iter().map(|stored| stored.digest).collect();
    assert_eq!(digests, [second, first]);
}

#[test]
fn connector_that_does_not_exist_is_not_found() {
    let test = TestStore::empty();
    let store = &test.store;
    let digest = Digest::of(b"unknown");
    let expected = format!("connector {digest}");

    assert_eq!(not_found(store.connector(&digest)), expected);
    assert_eq!(not_found(store.connector_bytes(&digest)), expected);
    assert_eq!(not_found(store.delete_connector(&digest)), expected);
    let latest = store.latest_connector(&name("unknown"));
    assert_eq!(not_found(latest), "connector unknown");
}

#[test]
fn signature_counts_while_its_publisher_is_trusted() {
    let test = TestStore::empty();
    let store = &test.store;
    let digest = Digest::of(COMPONENT);
    let new = NewConnector {
        description: &description("1.0.0"),
        digest,
        bytes: COMPONENT,
        uploaded_at: at(5),
        signature: Some(NewSignature {
            text: "signature",
            key: "key",
        }),
    };
    store.add_connector(&new).unwrap();
    let signed_by = || store.connector(&digest).unwrap().signed_by;
    assert_eq!(signed_by(), None);

    store.add_publisher(&publisher("acme", "key")).unwrap();
    assert_eq!(signed_by(), Some(name("acme")));
    assert_eq!(store.signature(&digest).unwrap().unwrap(), "signature");

    store.remove_publisher(&name("acme")).unwrap();
    assert_eq!(signed_by(), None);
    assert!(store.signature(&digest).unwrap().is_some());
}

#[test]
fn publisher_has_a_name_and_a_key_of_its_own() {
    let test = TestStore::empty();
    let store = &test.store;
    let acme = publisher("acme", "key");
    store.add_publisher(&acme).unwrap();

    let same_name = store
        .add_publisher(&publisher("acme", "other"))
        .unwrap_err();
    let same_key = store.add_publisher(&publisher("other", "key")).unwrap_err();

    assert!(matches!(same_name, StoreError::AlreadyExists { .. }));
    assert_eq!(
        same_key.to_string(),
        "this key is trusted already, as acme's"
    );
    assert_eq!(store.publishers().unwrap(), std::slice::from_ref(&acme));
    assert_eq!(store.publisher(&name("acme")).unwrap(), acme);
    assert_eq!(not_found(store.remove_publisher(&name("x"))), "publisher x");
}

#[test]
fn signature_policy_is_off_until_it_is_set() {
    let test = TestStore::empty();
    assert!(!test.store.requires_signature().unwrap());

    test.store.require_signature(true).unwrap();

    assert!(test.store.requires_signature().unwrap());
}

#[test]
fn alias_name_is_taken_once() {
    let test = TestStore::empty();
    let store = &test.store;
    let patient = Alias {
        retry: RetryPolicy {
            attempts: 9,
            within_seconds: 300,
        },
        ..alias("slow")
    };
    store.add_alias(&alias("hub")).unwrap();
    store.add_alias(&patient).unwrap();

    let other = Alias {
        application: "Other".into(),
        ..alias("hub")
    };
    let error = store.add_alias(&other).unwrap_err();

    assert_eq!(error.to_string(), "alias hub already exists");
    assert_eq!(store.alias(&name("hub")).unwrap(), alias("hub"));
    assert_eq!(store.aliases().unwrap(), [alias("hub"), patient]);
    assert_eq!(not_found(store.alias(&name("crm"))), "alias crm");
}

#[test]
fn connection_reads_back_as_it_was_added() {
    let test = TestStore::empty();
    let store = &test.store;
    let acme = connection("acme");
    assert_eq!(
        not_found(store.add_connection(&acme, sealed(b""))),
        "alias hub"
    );
    store.add_alias(&alias("hub")).unwrap();
    store.add_alias(&alias("crm")).unwrap();

    store.add_connection(&acme, sealed(b"\0sealed")).unwrap();
    let error = store.add_connection(&acme, sealed(b"other")).unwrap_err();

    assert_eq!(error.to_string(), "connection acme already exists");
    assert_eq!(store.connection(&name("acme")).unwrap(), acme);
    assert_eq!(store.sealed_secrets(&name("acme")).unwrap(), b"\0sealed");
    assert_eq!(store.connections().unwrap(), std::slice::from_ref(&acme));
    assert_eq!(store.connections_of(&name("hub")).unwrap(), [acme]);
    assert!(store.connections_of(&name("crm")).unwrap().is_empty());
    assert_eq!(not_found(store.connection(&name("x"))), "connection x");
    assert_eq!(not_found(store.sealed_secrets(&name("x"))), "connection x");
}

#[test]
fn connection_keeps_its_last_success_when_it_fails() {
    let test = TestStore::ready();
    let record = |state, instant, attention| {
        let acme = name("acme");
        test.store
            .record_connection_state(&acme, state, at(instant), attention)
            .unwrap();
        test.store.connection(&acme).unwrap()
    };

    record(ConnectionState::Active, 50, None);
    let failed = record(ConnectionState::NeedsAttention, 60, Some("401"));
    let recovered = record(ConnectionState::Active, 70, None);

    assert_eq!(failed.state, ConnectionState::NeedsAttention);
    assert_eq!(failed.last_success_at, Some(at(50)));
    assert_eq!(failed.attention.as_deref(), Some("401"));
    assert_eq!(recovered.last_success_at, Some(at(70)));
    assert_eq!(recovered.attention, None);
    let unknown =
        test.store
            .record_connection_state(&name("x"), ConnectionState::Active, at(0), None);
    assert_eq!(not_found(unknown), "connection x");
}

#[test]
fn check_of_a_connection_is_recorded() {
    let test = TestStore::ready();
    let found = Connection {
        state: ConnectionState::Active,
        last_success_at: Some(at(70)),
        identity: Some("ops".into()),
        tenant: Some("Acme".into()),
        ..connection("acme")
    };

    test.store.record_check(&found).unwrap();

    assert_eq!(test.store.connection(&name("acme")).unwrap(), found);
    let unknown = test.store.record_check(&connection("x"));
    assert_eq!(not_found(unknown), "connection x");
}

#[test]
fn connection_of_a_running_run_is_not_deleted() {
    let test = TestStore::ready();
    test.begin_run();

    let error = test.store.delete_connection(&name("acme")).unwrap_err();

    assert_eq!(error.to_string(), "connection acme is in use by run 1");
    let error = test.store.check_deletable(&name("acme")).unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
}

#[test]
fn deleted_connection_takes_its_records_along_and_leaves_its_history() {
    let test = TestStore::ready();
    let store = &test.store;
    test.read_users(accounts(&["a", "b"]));
    let run = RunId(1);
    store
        .finish_run(run, RunState::Complete, None, at(9))
        .unwrap();

    store.check_deletable(&name("acme")).unwrap();
    store.delete_connection(&name("acme")).unwrap();

    let secrets = store.sealed_secrets(&name("acme"));
    assert_eq!(not_found(secrets), "connection acme");
    assert!(test.ids().is_empty());
    assert!(store.accounts(&source()).unwrap().is_empty());
    assert_eq!(store.run(run).unwrap().connection, name("acme"));
    let again = store.delete_connection(&name("acme"));
    assert_eq!(not_found(again), "connection acme");
}

#[test]
fn profile_reads_back_as_it_was_added() {
    let test = TestStore::ready();
    let store = &test.store;
    let mut new = profile("second");
    let eu = SettingValue::Text("eu".into());
    new.settings.insert("site".into(), eu);

    store.add_profile(&new).unwrap();
    let error = store.add_profile(&new).unwrap_err();

    assert_eq!(error.to_string(), "profile second already exists");
    assert_eq!(store.profile(&name("second")).unwrap(), new);
    assert_eq!(store.profiles().unwrap(), [profile("hub"), new]);
    assert_eq!(not_found(store.profile(&name("x"))), "profile x");
}

#[test]
fn profile_needs_its_connector_and_alias() {
    let test = TestStore::ready();
    let unknown = Digest::of(b"unknown");
    let mut new = profile("second");

    new.digest = unknown;
    let without_connector = not_found(test.store.add_profile(&new));
    new.alias = name("crm");
    let without_alias = not_found(test.store.add_profile(&new));

    assert_eq!(without_connector, format!("connector {unknown}"));
    assert_eq!(without_alias, "alias crm");
}

#[test]
fn profile_is_published_and_becomes_a_draft_again() {
    let test = TestStore::ready();
    let store = &test.store;
    let hub = name("hub");

    store.publish_profile(&hub, at(4)).unwrap();
    assert_eq!(store.profile(&hub).unwrap().state, ProfileState::Published);
    let draft = store.unpublish_profile(&hub).unwrap();
    assert_eq!(draft.state, ProfileState::Draft);

    let unknown = store.publish_profile(&name("x"), at(4));
    assert_eq!(not_found(unknown), "profile x");
    assert_eq!(not_found(store.unpublish_profile(&name("x"))), "profile x");
}

#[test]
fn published_profile_is_not_deleted() {
    let test = TestStore::ready();
    let hub = name("hub");
    test.store.publish_profile(&hub, at(4)).unwrap();

    let error = test.store.delete_profile(&hub).unwrap_err();

    assert_eq!(error.to_string(), "profile hub is published");
    let expected = NextStep::UnpublishProfile { profile: hub };
    assert_eq!(error.next_step(), Some(expected));
}

#[test]
fn deleted_profile_takes_its_records_along_and_leaves_its_history() {
    let test = TestStore::ready();
    test.read_users(accounts(&["a", "b"]));

    test.store.delete_profile(&name("hub")).unwrap();

    assert!(test.ids().is_empty());
    assert!(test.store.sources().unwrap().is_empty());
    let run = test.store.run(RunId(1)).unwrap();
    assert_eq!(run.profile, name("hub"));
}
