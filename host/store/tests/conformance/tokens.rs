//! Tokens: refreshed by one holder at a time, and a refresh of unknown outcome is remembered.

use super::fixture::{TestStore, alias, at, connection, name, not_found, sealed};
use purser_model::{Connection, ConnectionName, ConnectionState, Timestamp, TokenFacts};
use purser_store::{
    LEASE, Lease, NewToken, SealedCredential, StoreError, StoredToken, TokenRefresh,
};

const NOW: i64 = 1_000_000;

fn token(sealed: &[u8]) -> NewToken<'_> {
    NewToken {
        sealed,
        obtained_at: at(NOW),
        expires_at: Some(at(NOW + 5000)),
        authorized_until: None,
        missing_scopes: &[],
    }
}

/// A store with the connection `acme`, which has a token.
fn with_token() -> (TestStore, ConnectionName) {
    let test = TestStore::empty();
    test.store.add_alias(&alias("hub")).unwrap();
    let credential = SealedCredential {
        token: Some(token(b"first")),
        ..sealed(b"secrets")
    };
    test.store
        .add_connection(&connection("acme"), credential)
        .unwrap();
    (test, name("acme"))
}

fn refresh<'a>(
    connection: &'a ConnectionName,
    generation: u64,
    holder: &'a str,
) -> TokenRefresh<'a> {
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
fn token_facts_are_shown_with_the_connection() {
    let (test, acme) = with_token();

    let stored = test.store.connection(&acme).unwrap();

    let facts = TokenFacts {
        generation: 1,
        obtained_at: at(NOW),
        expires_at: Some(at(NOW + 5000)),
        authorized_until: None,
        missing_scopes: Vec::new(),
    };
    let expected = Connection {
        token: Some(facts),
        ..connection("acme")
    };
    assert_eq!(stored, expected);
}

#[test]
fn token_is_deleted_with_its_connection() {
    let (test, acme) = with_token();
    let first = StoredToken {
        generation: 1,
        sealed: b"first".into(),
    };
    assert_eq!(test.store.token(&acme).unwrap(), first);

    test.store.delete_connection(&acme).unwrap();

    let missing = not_found(test.store.token(&acme));
    assert_eq!(missing, "token of connection acme");
}

#[test]
fn lease_is_held_by_one_holder_at_a_time() {
    let (test, acme) = with_token();
    let other = test.database.open();
    let mine = refresh(&acme, 1, "me");
    let yours = refresh(&acme, 1, "you");

    let taken = test.store.lease_token(mine, false, at(NOW)).unwrap();
    assert_eq!(taken, Lease::Taken);

    for repeatable in [false, true] {
        let held = other.lease_token(yours, repeatable, at(NOW + 1)).unwrap();
        assert_eq!(held, Lease::Held);
    }
}

#[test]
fn lease_is_released_and_used_by_its_holder_only() {
    let (test, acme) = with_token();
    let other = test.database.open();
    let yours = refresh(&acme, 1, "you");
    test.store
        .lease_token(refresh(&acme, 1, "me"), false, at(NOW))
        .unwrap();

    assert!(!other.record_token(yours, &token(b"stolen")).unwrap());
    other.release_token(yours, true).unwrap();

    let still = other.lease_token(yours, true, at(NOW + 2)).unwrap();
    assert_eq!(still, Lease::Held);
    assert_eq!(other.token(&acme).unwrap().sealed, b"first");
}

#[test]
fn refreshed_token_is_found_by_the_other_processes() {
    let (test, acme) = with_token();
    let other = test.database.open();
    let mine = refresh(&acme, 1, "me");
    test.store.lease_token(mine, false, at(NOW)).unwrap();
    let scopes = ["users.write".to_owned()];
    let second = NewToken {
        missing_scopes: &scopes,
        ..token(b"second")
    };

    assert!(test.store.record_token(mine, &second).unwrap());

    let late = refresh(&acme, 1, "you");
    let lease = other.lease_token(late, false, at(NOW + 3)).unwrap();
    assert_eq!(lease, Lease::Refreshed);
    let expected = StoredToken {
        generation: 2,
        sealed: b"second".into(),
    };
    assert_eq!(other.token(&acme).unwrap(), expected);
    let facts = other.connection(&acme).unwrap().token.unwrap();
    assert_eq!(facts.missing_scopes, scopes);
}

#[test]
fn token_of_an_earlier_generation_is_not_stored() {
    let (test, acme) = with_token();
    let mine = refresh(&acme, 1, "me");
    test.store.lease_token(mine, false, at(NOW)).unwrap();
    test.store.record_token(mine, &token(b"second")).unwrap();
    let next = refresh(&acme, 2, "you");
    let lease = test.store.lease_token(next, false, at(NOW + 4)).unwrap();
    assert_eq!(lease, Lease::Taken);

    assert!(!test.store.record_token(mine, &token(b"late")).unwrap());
}

#[test]
fn holder_that_died_leaves_an_unsettled_refresh() {
    let (test, acme) = with_token();
    let dead = refresh(&acme, 1, "dead");
    test.store.lease_token(dead, false, at(NOW)).unwrap();
    let mine = refresh(&acme, 1, "me");
    let lease = |repeatable, now| test.store.lease_token(mine, repeatable, now).unwrap();

    assert_eq!(lease(false, after(LEASE / 2)), Lease::Held);
    assert_eq!(lease(false, after(LEASE)), Lease::Unsettled(at(NOW)));
    assert_eq!(lease(true, after(LEASE)), Lease::Taken);
}

#[test]
fn lost_response_leaves_an_unsettled_refresh_and_a_certain_failure_does_not() {
    let (test, acme) = with_token();
    let mine = refresh(&acme, 1, "me");
    let lease = |now| test.store.lease_token(mine, false, at(now)).unwrap();
    lease(NOW);

    test.store.release_token(mine, true).unwrap();
    assert_eq!(lease(NOW + 1), Lease::Taken);

    test.store.release_token(mine, false).unwrap();
    assert_eq!(lease(NOW + 2), Lease::Unsettled(at(NOW + 1)));
}

#[test]
fn lease_taken_before_the_clock_was_set_back_does_not_last() {
    let (test, acme) = with_token();
    let dead = refresh(&acme, 1, "dead");
    let future = at(NOW) + LEASE * 100;
    test.store.lease_token(dead, false, future).unwrap();

    let mine = refresh(&acme, 1, "me");
    let lease = test.store.lease_token(mine, true, at(NOW)).unwrap();

    assert_eq!(lease, Lease::Taken);
}

#[test]
fn replaced_credential_ends_leases_and_unsettled_refreshes() {
    let (test, acme) = with_token();
    let store = &test.store;
    let old = refresh(&acme, 1, "me");
    store.lease_token(old, false, at(NOW)).unwrap();
    let authorized = Connection {
        state: ConnectionState::Active,
        identity: Some("ops".into()),
        ..connection("acme")
    };
    let credential = SealedCredential {
        token: Some(token(b"fresh")),
        ..sealed(b"new secrets")
    };

    store.replace_credential(&authorized, credential).unwrap();

    assert_eq!(store.sealed_secrets(&acme).unwrap(), b"new secrets");
    let identity = store.connection(&acme).unwrap().identity;
    assert_eq!(identity.as_deref(), Some("ops"));
    assert!(!store.record_token(old, &token(b"late")).unwrap());
    let mine = refresh(&acme, 2, "me");
    let lease = store.lease_token(mine, false, at(NOW + 1)).unwrap();
    assert_eq!(lease, Lease::Taken);
    let unknown = store.replace_credential(&connection("unknown"), credential);
    assert_eq!(not_found(unknown), "connection unknown");
}

#[test]
fn process_with_an_old_key_takes_no_lease_and_stores_nothing() {
    let (test, acme) = with_token();
    let store = &test.store;
    let old_key = TokenRefresh {
        key_id: "key-0",
        ..refresh(&acme, 1, "me")
    };
    let credential = SealedCredential {
        key_id: "key-0",
        ..sealed(b"x")
    };

    let results = [
        store.lease_token(old_key, true, at(NOW)).map(drop),
        store.record_token(old_key, &token(b"x")).map(drop),
        store.add_connection(&connection("b"), credential),
        store.replace_credential(&connection("acme"), credential),
    ];

    for result in results {
        assert!(matches!(result, Err(StoreError::OtherKey)), "{result:?}");
    }
    assert_eq!(store.sealed_secrets(&acme).unwrap(), b"secrets");
}
