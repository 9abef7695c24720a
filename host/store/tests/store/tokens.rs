//! Tokens are renewed by one holder at a time, and a refresh of which nobody knows the end is not forgotten.

use crate::fixture::{Fixture, alias, at, connection, name, sealed};
use purser_model::{Connection, ConnectionName, ConnectionState, Timestamp, TokenFacts};
use purser_store::{LEASE, Lease, NewToken, TokenRefresh, SealedCredential, StoreError, StoredToken};

const NOW: i64 = 1_000_000;

fn token(sealed: &[u8]) -> NewToken<'_> {
    let (expires_at, authorized_until) = (Some(at(NOW + 5000)), None);
    NewToken {
        sealed,
        obtained_at: at(NOW),
        expires_at,
        authorized_until,
        missing_scopes: &[],
    }
}

fn with_token() -> (Fixture, Name) {
    let fixture = Fixture::empty();
    fixture.store.add_alias(&alias("hub")).unwrap();
    let credential = SealedCredential {
        token: Some(token(b"first")),
        ..sealed(b"secrets")
    };
    fixture
        .store
        .add_connection(&connection("acme"), credential)
        .unwrap();
    (fixture, name("acme"))
}

fn refresh<'a>(connection: &'a ConnectionName, generation: u64, holder: &'a str) -> TokenRefresh<'a> {
    TokenRefresh {
        connection,
        generation,
        holder,
        key_id: "key-1",
    }
}

fn after(lease: std::time::Duration) -> Timestamp {
    at(NOW) + lease
}

#[test]
fn what_is_known_of_a_token_is_shown_with_its_connection() {
    let (
        Fixture {
            store,
            place: _place,
        },
        acme,
    ) = with_token();
    let facts = TokenFacts {
        generation: 1,
        obtained_at: at(NOW),
        expires_at: Some(at(NOW + 5000)),
        authorized_until: None,
        missing_scopes: Vec::new(),
    };
    assert_eq!(
        store.connection(&acme).unwrap(),
        Connection {
            token: Some(facts),
            ..connection("acme")
        }
    );
    assert_eq!(
        store.token(&acme).unwrap(),
        StoredToken {
            generation: 1,
            sealed: b"first".into()
        }
    );
    store.delete_connection(&acme).unwrap();
    assert!(
        matches!(store.token(&acme), Err(StoreError::NotFound { .. })),
        "it goes with its connection"
    );
}

#[test]
fn one_holder_at_a_time_and_the_others_find_the_new_token() {
    let (fixture, acme) = with_token();
    let (store, other) = (&fixture.store, fixture.again());
    let mine = refresh(&acme, 1, "me");
    assert_eq!(
        store.lease_token(mine, false, at(NOW)).unwrap(),
        Lease::Taken
    );
    for repeatable in [false, true] {
        assert_eq!(
            other
                .lease_token(refresh(&acme, 1, "you"), repeatable, at(NOW + 1))
                .unwrap(),
            Lease::Held
        );
    }
    let stranger = refresh(&acme, 1, "you");
    assert!(
        !other.record_token(stranger, &token(b"stolen")).unwrap(),
        "only the holder stores"
    );
    other.release_token(stranger, true).unwrap();
    assert_eq!(
        other.lease_token(stranger, true, at(NOW + 2)).unwrap(),
        Lease::Held,
        "only the holder gives back"
    );
    let scopes = ["users.write".to_owned()];
    assert!(
        store
            .record_token(
                mine,
                &NewToken {
                    missing_scopes: &scopes,
                    ..token(b"second")
                }
            )
            .unwrap()
    );
    assert_eq!(
        other.lease_token(stranger, false, at(NOW + 3)).unwrap(),
        Lease::Refreshed
    );
    assert_eq!(
        other.token(&acme).unwrap(),
        StoredToken {
            generation: 2,
            sealed: b"second".into()
        }
    );
    assert_eq!(
        other
            .connection(&acme)
            .unwrap()
            .token
            .unwrap()
            .missing_scopes,
        scopes
    );
    assert_eq!(
        other
            .lease_token(refresh(&acme, 2, "you"), false, at(NOW + 4))
            .unwrap(),
        Lease::Taken
    );
    assert!(
        !store.record_token(mine, &token(b"late")).unwrap(),
        "a token of an earlier generation comes too late"
    );
}

#[test]
fn a_holder_that_died_leaves_a_doubt() {
    let (
        Fixture {
            store,
            place: _place,
        },
        acme,
    ) = with_token();
    assert_eq!(
        store
            .lease_token(refresh(&acme, 1, "dead"), false, at(NOW))
            .unwrap(),
        Lease::Taken
    );
    let mine = refresh(&acme, 1, "me");
    assert_eq!(
        store.lease_token(mine, false, after(LEASE / 2)).unwrap(),
        Lease::Held
    );
    assert_eq!(
        store.lease_token(mine, false, after(LEASE)).unwrap(),
        Lease::Unsettled(at(NOW))
    );
    assert_eq!(
        store.lease_token(mine, true, after(LEASE)).unwrap(),
        Lease::Taken,
        "where asking again does no harm"
    );
}

#[test]
fn a_lost_answer_is_a_doubt_and_a_certain_failure_is_none() {
    let (
        Fixture {
            store,
            place: _place,
        },
        acme,
    ) = with_token();
    let mine = refresh(&acme, 1, "me");
    store.lease_token(mine, false, at(NOW)).unwrap();
    store.release_token(mine, true).unwrap();
    assert_eq!(
        store.lease_token(mine, false, at(NOW + 1)).unwrap(),
        Lease::Taken
    );
    store.release_token(mine, false).unwrap();
    assert_eq!(
        store.lease_token(mine, false, at(NOW + 2)).unwrap(),
        Lease::Unsettled(at(NOW + 1))
    );
}

#[test]
fn a_lease_from_a_clock_that_was_set_back_does_not_last() {
    let (
        Fixture {
            store,
            place: _place,
        },
        acme,
    ) = with_token();
    store
        .lease_token(refresh(&acme, 1, "dead"), false, at(NOW) + LEASE * 100)
        .unwrap();
    let mine = refresh(&acme, 1, "me");
    assert_eq!(
        store.lease_token(mine, true, at(NOW)).unwrap(),
        Lease::Taken
    );
}

#[test]
fn another_credential_ends_leases_and_doubts() {
    let (
        Fixture {
            store,
            place: _place,
        },
        acme,
    ) = with_token();
    let old = refresh(&acme, 1, "me");
    store.lease_token(old, false, at(NOW)).unwrap();
    let renewed = Connection {
        state: ConnectionState::Active,
        identity: Some("ops".into()),
        ..connection("acme")
    };
    let credential = SealedCredential {
        token: Some(token(b"fresh")),
        ..sealed(b"new secrets")
    };
    store.replace_credential(&renewed, credential).unwrap();
    assert_eq!(store.sealed_secrets(&acme).unwrap(), b"new secrets");
    assert_eq!(
        store.connection(&acme).unwrap().identity.as_deref(),
        Some("ops")
    );
    assert!(!store.record_token(old, &token(b"late")).unwrap());
    let mine = refresh(&acme, 2, "me");
    assert_eq!(
        store.lease_token(mine, false, at(NOW + 1)).unwrap(),
        Lease::Taken
    );
    let unknown = connection("unknown");
    assert!(matches!(
        store.replace_credential(&unknown, credential),
        Err(StoreError::NotFound { .. })
    ));
}

#[test]
fn a_process_with_an_old_key_takes_no_lease_and_stores_nothing() {
    let (
        Fixture {
            store,
            place: _place,
        },
        acme,
    ) = with_token();
    let old_key = TokenRefresh {
        key_id: "key-0",
        ..refresh(&acme, 1, "me")
    };
    assert!(matches!(
        store.lease_token(old_key, true, at(NOW)),
        Err(StoreError::OtherKey)
    ));
    assert!(matches!(
        store.record_token(old_key, &token(b"x")),
        Err(StoreError::OtherKey)
    ));
    let credential = SealedCredential {
        key_id: "key-0",
        ..sealed(b"x")
    };
    assert!(matches!(
        store.add_connection(&connection("b"), credential),
        Err(StoreError::OtherKey)
    ));
    assert!(matches!(
        store.replace_credential(&connection("acme"), credential),
        Err(StoreError::OtherKey)
    ));
    assert_eq!(store.sealed_secrets(&acme).unwrap(), b"secrets");
}
