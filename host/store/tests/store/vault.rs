//! Changing the key: every secret or none.

use crate::fixture::{Fixture, alias, at, connection, name, sealed};
use purser_store::{LEASE, Lease, NewToken, TokenRefresh, SealedCredential, SecretOwner, StoreError};

fn two_connections() -> Fixture {
    let fixture = Fixture::empty();
    fixture.store.add_alias(&alias("hub")).unwrap();
    let (sealed_token, obtained_at) = (b"token".as_slice(), at(0));
    let token = NewToken {
        sealed: sealed_token,
        obtained_at,
        expires_at: None,
        authorized_until: None,
        missing_scopes: &[],
    };
    fixture
        .store
        .add_connection(&connection("a"), sealed(b"a"))
        .unwrap();
    let credential = SealedCredential {
        token: Some(token),
        ..sealed(b"b")
    };
    fixture
        .store
        .add_connection(&connection("b"), credential)
        .unwrap();
    fixture
}

fn marked(of: &SecretOwner, old: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    Ok(format!("{of:?} {}", String::from_utf8(old).unwrap()).into_bytes())
}

#[test]
fn every_secret_is_sealed_anew() {
    let Fixture {
        store,
        place: _place,
    } = two_connections();
    assert_eq!(store.vault_key_id().unwrap().as_deref(), Some("key-1"));
    assert_eq!(store.reseal(("key-1", "key-2"), at(0), marked).unwrap(), 3);
    assert_eq!(store.vault_key_id().unwrap().as_deref(), Some("key-2"));
    assert_eq!(
        store.sealed_secrets(&name("a")).unwrap(),
        format!("{:?} a", SecretOwner::Connection(name("a"))).as_bytes()
    );
    assert_eq!(
        store.sealed_secrets(&name("b")).unwrap(),
        format!("{:?} b", SecretOwner::Connection(name("b"))).as_bytes()
    );
    assert_eq!(
        store.token(&name("b")).unwrap().sealed,
        format!("{:?} token", SecretOwner::Token(name("b"))).as_bytes()
    );
}

#[test]
fn a_failure_half_way_leaves_everything_as_it_was() {
    let Fixture {
        store,
        place: _place,
    } = two_connections();
    let failing = |of: &SecretOwner, old| match of {
        SecretOwner::Token(_) => Err(StoreError::DiskFull),
        SecretOwner::Connection(_) => marked(of, old),
    };
    assert!(matches!(
        store.reseal(("key-1", "key-2"), at(0), failing),
        Err(StoreError::DiskFull)
    ));
    assert_eq!(store.vault_key_id().unwrap().as_deref(), Some("key-1"));
    assert_eq!(store.sealed_secrets(&name("a")).unwrap(), b"a");
}

#[test]
fn only_the_stores_own_key_is_exchanged() {
    let Fixture {
        store,
        place: _place,
    } = two_connections();
    assert!(matches!(
        store.reseal(("key-0", "key-2"), at(0), marked),
        Err(StoreError::OtherKey)
    ));
    assert_eq!(store.sealed_secrets(&name("a")).unwrap(), b"a");
    let Fixture {
        store,
        place: _place,
    } = Fixture::empty();
    assert_eq!(store.vault_key_id().unwrap(), None);
    assert_eq!(store.reseal(("key-0", "key-2"), at(0), marked).unwrap(), 0);
    assert_eq!(store.vault_key_id().unwrap().as_deref(), Some("key-2"));
}

#[test]
fn a_token_on_its_way_is_waited_for() {
    let Fixture {
        store,
        place: _place,
    } = two_connections();
    let refresh = TokenRefresh {
        connection: &name("b"),
        generation: 1,
        holder: "me",
        key_id: "key-1",
    };
    assert_eq!(
        store.lease_token(refresh, false, at(0)).unwrap(),
        Lease::Taken
    );
    let error = store.reseal(("key-1", "key-2"), at(1), marked).unwrap_err();
    assert!(
        matches!(&error, StoreError::Refreshing(connection) if *connection == name("b")),
        "{error}"
    );
    store
        .reseal(("key-1", "key-2"), at(0) + LEASE, marked)
        .unwrap();
}
