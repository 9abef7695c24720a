//! Rotation of the key: every secret or none.

use super::fixture::{TestStore, alias, at, connection, name, sealed};
use purser_store::{
    LEASE, Lease, NewToken, SealedCredential, SecretOwner, StoreError, TokenRefresh,
};

/// A store with the connection `a`, and the connection `b`, which has a token.
fn two_connections() -> TestStore {
    let test = TestStore::empty();
    let token = NewToken {
        sealed: b"token",
        obtained_at: at(0),
        expires_at: None,
        authorized_until: None,
        missing_scopes: &[],
    };
    let with_token = SealedCredential {
        token: Some(token),
        ..sealed(b"b")
    };

    let store = &test.store;
    store.add_alias(&alias("hub")).unwrap();
    store
        .add_connection(&connection("a"), sealed(b"a"))
        .unwrap();
    store.add_connection(&connection("b"), with_token).unwrap();
    test
}

/// Seals by writing the owner before the secret.
fn mark(owner: &SecretOwner, old: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    Ok(format!("{owner:?} {}", String::from_utf8(old).unwrap()).into_bytes())
}

#[test]
fn reseal_seals_every_secret_for_its_owner() {
    let test = two_connections();
    let store = &test.store;
    assert_eq!(store.vault_key_id().unwrap().as_deref(), Some("key-1"));

    let sealed = store.reseal(("key-1", "key-2"), at(0), mark).unwrap();

    assert_eq!(sealed, 3);
    assert_eq!(store.vault_key_id().unwrap().as_deref(), Some("key-2"));
    for text in ["a", "b"] {
        let expected = format!("{:?} {text}", SecretOwner::Connection(name(text)));
        let secrets = store.sealed_secrets(&name(text)).unwrap();
        assert_eq!(secrets, expected.as_bytes());
    }
    let expected = format!("{:?} token", SecretOwner::Token(name("b")));
    let token = store.token(&name("b")).unwrap();
    assert_eq!(token.sealed, expected.as_bytes());
}

#[test]
fn reseal_that_fails_half_way_changes_nothing() {
    let test = two_connections();
    let failing = |owner: &SecretOwner, old| match owner {
        SecretOwner::Token(_) => Err(StoreError::DiskFull),
        SecretOwner::Connection(_) => mark(owner, old),
    };

    let result = test.store.reseal(("key-1", "key-2"), at(0), failing);

    assert!(matches!(result, Err(StoreError::DiskFull)));
    let key = test.store.vault_key_id().unwrap();
    assert_eq!(key.as_deref(), Some("key-1"));
    assert_eq!(test.store.sealed_secrets(&name("a")).unwrap(), b"a");
}

#[test]
fn reseal_from_another_key_is_refused() {
    let test = two_connections();

    let result = test.store.reseal(("key-0", "key-2"), at(0), mark);

    assert!(matches!(result, Err(StoreError::OtherKey)));
    assert_eq!(test.store.sealed_secrets(&name("a")).unwrap(), b"a");
}

#[test]
fn reseal_of_an_empty_store_sets_its_key() {
    let test = TestStore::empty();
    let store = &test.store;
    assert_eq!(store.vault_key_id().unwrap(), None);

    let sealed = store.reseal(("key-0", "key-2"), at(0), mark).unwrap();

    assert_eq!(sealed, 0);
    assert_eq!(store.vault_key_id().unwrap().as_deref(), Some("key-2"));
}

#[test]
fn reseal_waits_for_a_token_that_is_being_refreshed() {
    let test = two_connections();
    let store = &test.store;
    let refresh = TokenRefresh {
        connection: &name("b"),
        generation: 1,
        holder: "me",
        key_id: "key-1",
    };
    let lease = store.lease_token(refresh, false, at(0)).unwrap();
    assert_eq!(lease, Lease::Taken);

    let error = store.reseal(("key-1", "key-2"), at(1), mark).unwrap_err();

    assert!(matches!(&error, StoreError::Refreshing(connection) if *connection == name("b")));
    store
        .reseal(("key-1", "key-2"), at(0) + LEASE, mark)
        .unwrap();
}
