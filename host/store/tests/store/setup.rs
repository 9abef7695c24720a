//! What operators set up: connectors, grants, aliases, connections, profiles.

use crate::fixture::{
    COMPONENT, Fixture, add_connector, alias, at, connection, description, name, profile, sealed,
    source,
};
use purser_model::{
    Connection, ConnectionState, Digest, Grant, ProfileState, RetryPolicy, RunState, SettingValue,
    StreamKind,
};
use purser_store::{Alias, Create, NewConnector, Rights, Store, StoreError, Upload};

fn missing<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    match result.unwrap_err() {
        StoreError::NotFound { what, name } => format!("{what} {name}"),
        other => panic!("{other}"),
    }
}

#[test]
fn the_same_bytes_are_kept_once_and_keep_their_grant() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::empty();
    let digest = Digest::of(COMPONENT);
    let description = description("1.0.0");
    let new = NewConnector {
        description: &description,
        digest,
        bytes: COMPONENT,
        uploaded_at: at(5),
        signature: None,
    };
    assert_eq!(store.add_connector(&new).unwrap(), (Upload::New, None));
    let grant = Grant::default();
    store
        .grant_connector(&digest, Rights::These(&grant), true, &|_, _| true, at(6))
        .unwrap();
    assert_eq!(
        store
            .add_connector(&NewConnector {
                uploaded_at: at(9),
                ..new
            })
            .unwrap(),
        (Upload::Known, None)
    );

    let stored = store.connector(&digest).unwrap();
    assert_eq!(
        (stored.description, stored.digest, stored.uploaded_at),
        (description, digest, at(5))
    );
    assert_eq!(
        (stored.size, stored.grant, stored.granted_at),
        (COMPONENT.len() as u64, Some(grant), Some(at(6)))
    );
    assert_eq!(store.connector_bytes(&digest).unwrap(), COMPONENT);
}

#[test]
fn a_name_stands_for_the_latest_upload_even_of_one_version() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::empty();
    let first = add_connector(&store, b"first", "2.0.0");
    store
        .grant_connector(
            &first,
            Rights::These(&Grant::default()),
            true,
            &|_, _| true,
            at(6),
        )
        .unwrap();
    let second = add_connector(&store, b"second", "2.0.0");
    let latest = store.latest_connector(&name("jupyterhub")).unwrap();
    assert_eq!(
        (latest.digest, latest.grant),
        (second, None),
        "a new digest has no grant"
    );
    add_connector(&store, b"first", "2.0.0");
    assert_eq!(
        store.latest_connector(&name("jupyterhub")).unwrap().digest,
        second
    );
    let all: Vec<_> = store
        .connectors()
        .unwrap()
        .into_iter()
        .map(|stored| stored.digest)
        .collect();
    assert_eq!(all, [second, first]);
}

#[test]
fn connectors_that_are_not_there() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::empty();
    let digest = Digest::of(b"unknown");
    let expected = format!("connector {digest}");
    assert_eq!(missing(store.connector(&digest)), expected);
    assert_eq!(missing(store.connector_bytes(&digest)), expected);
    assert_eq!(
        missing(store.grant_connector(
            &digest,
            Rights::These(&Grant::default()),
            true,
            &|_, _| true,
            at(0)
        )),
        expected
    );
    assert_eq!(
        missing(store.latest_connector(&name("nobody"))),
        "connector nobody"
    );
}

#[test]
fn bytes_that_changed_on_disk_are_not_given_out() {
    let Fixture { place, store } = Fixture::empty();
    let digest = add_connector(&store, COMPONENT, "1.0.0");
    let other = rusqlite::Connection::open(place.join("purser.db")).unwrap();
    other
        .execute("UPDATE connector SET bytes = x'00'", ())
        .unwrap();
    let error = store.connector_bytes(&digest).unwrap_err();
    assert!(matches!(error, StoreError::Damaged(_)), "{error}");
}

#[test]
fn aliases() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::empty();
    store.add_alias(&alias("hub")).unwrap();
    let error = store
        .add_alias(&Alias {
            application: "Other".into(),
            ..alias("hub")
        })
        .unwrap_err();
    assert_eq!(error.to_string(), "alias hub already exists");
    let patient = Alias {
        retry: RetryPolicy {
            attempts: 9,
            within_seconds: 300,
        },
        ..alias("slow")
    };
    store.add_alias(&patient).unwrap();
    assert_eq!(store.alias(&name("hub")).unwrap(), alias("hub"));
    assert_eq!(store.aliases().unwrap(), [alias("hub"), patient]);
    assert_eq!(missing(store.alias(&name("crm"))), "alias crm");
}

#[test]
fn connections_come_back_as_they_were_given() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::empty();
    assert_eq!(
        missing(store.add_connection(&connection("acme"), sealed(b""))),
        "alias hub"
    );
    store.add_alias(&alias("hub")).unwrap();
    store.add_alias(&alias("crm")).unwrap();
    store
        .add_connection(&connection("acme"), sealed(b"\0sealed"))
        .unwrap();
    let error = store
        .add_connection(&connection("acme"), sealed(b"other"))
        .unwrap_err();
    assert_eq!(error.to_string(), "connection acme already exists");
    assert_eq!(store.connection(&name("acme")).unwrap(), connection("acme"));
    assert_eq!(store.sealed_secrets(&name("acme")).unwrap(), b"\0sealed");
    assert_eq!(store.connections().unwrap(), [connection("acme")]);
    assert_eq!(
        store.connections_of(&name("hub")).unwrap(),
        [connection("acme")]
    );
    assert!(store.connections_of(&name("crm")).unwrap().is_empty());
    assert_eq!(missing(store.connection(&name("x"))), "connection x");
    assert_eq!(missing(store.sealed_secrets(&name("x"))), "connection x");
}

#[test]
fn a_connections_success_is_remembered_through_trouble() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::ready();
    let acme = name("acme");
    store
        .record_connection_state(&acme, ConnectionState::Active, at(50), None)
        .unwrap();
    store
        .record_connection_state(&acme, ConnectionState::NeedsAttention, at(60), Some("401"))
        .unwrap();
    let stored = store.connection(&acme).unwrap();
    assert_eq!(
        (stored.state, stored.last_success_at),
        (ConnectionState::NeedsAttention, Some(at(50)))
    );
    assert_eq!(stored.attention.as_deref(), Some("401"));
    store
        .record_connection_state(&acme, ConnectionState::Active, at(70), None)
        .unwrap();
    let stored = store.connection(&acme).unwrap();
    assert_eq!(
        (stored.last_success_at, stored.attention),
        (Some(at(70)), None)
    );
    assert_eq!(
        missing(store.record_connection_state(&name("x"), ConnectionState::Active, at(0), None)),
        "connection x"
    );
}

#[test]
fn what_a_check_found_is_recorded() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::ready();
    let found = Connection {
        state: ConnectionState::Active,
        last_success_at: Some(at(70)),
        identity: Some("ops".into()),
        tenant: Some("Acme".into()),
        ..connection("acme")
    };
    store.record_check(&found).unwrap();
    assert_eq!(store.connection(&name("acme")).unwrap(), found);
    assert_eq!(
        missing(store.record_check(&connection("x"))),
        "connection x"
    );
}

#[test]
fn a_deleted_connection_takes_what_was_read_through_it() {
    let fixture = Fixture::ready();
    let store = &fixture.store;
    fixture.sync(crate::fixture::accounts(&["a", "b"]));
    let error = store.delete_connection(&name("acme")).unwrap_err();
    assert_eq!(error.to_string(), "connection acme is in use by run 1");
    store
        .finish_run(1, RunState::Complete, None, at(9))
        .unwrap();
    store.delete_connection(&name("acme")).unwrap();
    assert_eq!(
        missing(store.sealed_secrets(&name("acme"))),
        "connection acme"
    );
    assert!(fixture.ids().is_empty() && store.sources().unwrap().is_empty());
    assert_eq!(
        store.run(1).unwrap().connection,
        name("acme"),
        "history stays"
    );
    assert_eq!(
        missing(store.delete_connection(&name("acme"))),
        "connection acme"
    );

    let other = rusqlite::Connection::open(fixture.place.join("purser.db")).unwrap();
    for table in ["source", "stream", "account_seen", "account", "connection"] {
        let left = other.query_row(&format!("SELECT count(*) FROM {table}"), (), |row| {
            row.get::<_, i64>(0)
        });
        assert_eq!(left, Ok(0), "{table}");
    }
    store
        .add_connection(&connection("acme"), sealed(b"again"))
        .unwrap();
    let run = fixture.run();
    assert_eq!(
        store
            .begin_stream(run, &name("users"), StreamKind::Accounts, "fingerprint")
            .unwrap()
            .generation,
        1
    );
    assert_eq!(store.sources().unwrap()[0].source, source());
}

#[test]
fn profiles() {
    let fixture = Fixture::ready();
    let store = &fixture.store;
    let mut new = profile("second");
    new.settings
        .insert("site".into(), SettingValue::Text("eu".into()));
    store.add_profile(&new).unwrap();
    assert_eq!(store.profile(&name("second")).unwrap(), new);
    assert_eq!(store.profiles().unwrap(), [profile("hub"), new.clone()]);
    assert_eq!(
        store.add_profile(&new).unwrap_err().to_string(),
        "profile second already exists"
    );
    store.publish_profile(&name("second"), at(4)).unwrap();
    assert_eq!(
        store.profile(&name("second")).unwrap().state,
        ProfileState::Published
    );
    assert_eq!(
        missing(store.publish_profile(&name("x"), at(4))),
        "profile x"
    );
    assert_eq!(missing(store.profile(&name("x"))), "profile x");
}

#[test]
fn a_profile_needs_its_connector_and_alias_and_can_be_upgraded() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::ready();
    let unknown = Digest::of(b"unknown");
    let mut new = profile("second");
    new.digest = unknown;
    assert_eq!(
        missing(store.add_profile(&new)),
        format!("connector {unknown}")
    );
    new.alias = name("crm");
    assert_eq!(missing(store.add_profile(&new)), "alias crm");

    let next = add_connector(&store, b"next", "1.1.0");
    store.set_profile_digest(&name("hub"), &next).unwrap();
    assert_eq!(store.profile(&name("hub")).unwrap().digest, next);
    assert_eq!(
        missing(store.set_profile_digest(&name("hub"), &unknown)),
        format!("connector {unknown}")
    );
    assert_eq!(
        missing(store.set_profile_digest(&name("x"), &next)),
        "profile x"
    );
}

#[test]
fn a_word_from_another_world_is_damage_and_not_a_guess() {
    let Fixture { place, store } = Fixture::ready();
    let other = rusqlite::Connection::open(place.join("purser.db")).unwrap();
    other
        .execute("UPDATE connection SET state = 'splendid'", ())
        .unwrap();
    let error = Store::open(place.join("purser.db"), Create::Never)
        .unwrap()
        .connections()
        .unwrap_err();
    assert!(matches!(error, StoreError::Damaged(_)), "{error}");
    assert!(store.connection(&name("acme")).is_err());
}
