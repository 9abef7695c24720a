//! Versions of a connector: granted, moved to, moved back from, disabled, deleted.

use crate::fixture::{COMPONENT, Fixture, add_connector, at, description, name, profile};
use purser_model::{Description, Digest, Grant, Limits, SettingField, SettingType};
use purser_store::{NewConnector, Rights, Store, StoreError};

fn grant(lines: &[&str]) -> Grant {
    Grant {
        rules: lines.iter().map(|line| line.parse().unwrap()).collect(),
        limits: Limits::default(),
    }
}

/// A store with the profile `hub` at version 1.0.0, granted, and a version 2.0.0 that is not.
fn two_versions() -> (Fixture, Digest, Digest) {
    let fixture = Fixture::ready();
    let first = Digest::of(COMPONENT);
    fixture
        .store
        .grant_connector(
            &first,
            Rights::These(&grant(&["read:users GET /users"])),
            true,
            &|_, _| true,
            at(6),
        )
        .unwrap();
    let second = add_connector(&fixture.store, b"second", "2.0.0");
    (fixture, first, second)
}

/// Adds a version that differs by this edit.
fn add_edited(store: &Store, bytes: &[u8], edit: impl FnOnce(&mut Description)) -> Digest {
    let mut description = description("3.0.0");
    edit(&mut description);
    let digest = Digest::of(bytes);
    store
        .add_connector(&NewConnector {
            description: &description,
            digest,
            bytes,
            uploaded_at: at(7),
            signature: None,
        })
        .unwrap();
    digest
}

fn running(store: &Store) -> Digest {
    store.profile(&name("hub")).unwrap().digest
}

fn refused<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    match result.unwrap_err() {
        StoreError::Refused { what, .. } => what,
        other => panic!("{other}"),
    }
}

#[test]
fn a_grant_moves_the_profiles_of_earlier_versions_and_no_others() {
    let (
        Fixture {
            place: _place,
            store,
        },
        first,
        second,
    ) = two_versions();
    let rights = grant(&["read:users GET /users"]);
    let left = store
        .grant_connector(&second, Rights::These(&rights), false, &|_, _| true, at(8))
        .unwrap();
    assert!(left.moves.moved.is_empty());
    assert_eq!(
        (running(&store), left.before.unwrap().digest),
        (first, first)
    );

    let moved = store
        .grant_connector(&second, Rights::These(&rights), true, &|_, _| true, at(8))
        .unwrap()
        .moves
        .moved;
    assert_eq!(
        (moved[0].profile.as_str(), moved[0].from, running(&store)),
        ("hub", first, second)
    );
    let back = store
        .grant_connector(&first, Rights::These(&rights), true, &|_, _| true, at(9))
        .unwrap();
    assert!(
        back.moves.moved.is_empty(),
        "to grant an older version moves nobody back to it"
    );
    assert_eq!(running(&store), second);
}

#[test]
fn a_profile_that_a_version_does_not_fit_stays() {
    let (
        Fixture {
            place: _place,
            store,
        },
        first,
        _,
    ) = two_versions();
    let field = SettingField {
        name: name("site"),
        title: "Site".into(),
        help: "Which.".into(),
        kind: SettingType::Text,
        required: true,
        default: None,
    };
    let demanding = add_edited(&store, b"demanding", |description| {
        description.settings.push(field)
    });
    let moves = store
        .grant_connector(
            &demanding,
            Rights::These(&Grant::default()),
            true,
            &|_, _| true,
            at(8),
        )
        .unwrap()
        .moves;
    assert!(
        moves.moved.is_empty() && moves.stayed[0].why.contains("setting site is required"),
        "{moves:?}"
    );
    let foreign = add_edited(&store, b"foreign", |description| {
        description.application = "Other".into()
    });
    let moves = store
        .grant_connector(
            &foreign,
            Rights::These(&Grant::default()),
            true,
            &|_, _| true,
            at(8),
        )
        .unwrap()
        .moves;
    assert!(
        moves.moved.is_empty() && moves.stayed[0].why.contains("Other"),
        "{moves:?}"
    );
    assert_eq!(running(&store), first);
}

#[test]
fn the_rights_of_before_are_those_of_the_latest_granted_version() {
    let (
        Fixture {
            place: _place,
            store,
        },
        first,
        second,
    ) = two_versions();
    assert!(
        refused(store.grant_connector(&first, Rights::AsBefore, true, &|_, _| true, at(8)))
            .contains("no version before")
    );
    let asks = |description: &mut Description| {
        description.requests = vec![purser_model::RequestedAccess {
            action: "read:users".parse().unwrap(),
            methods: vec![purser_model::Method::Get, purser_model::Method::Delete],
            host: None,
            path: "/**".parse().unwrap(),
            reason: "To list.".into(),
        }];
    };
    let third = add_edited(&store, b"third", asks);
    let granted = store
        .grant_connector(&third, Rights::AsBefore, true, &|_, _| true, at(8))
        .unwrap();
    assert_eq!(
        granted.connector.grant,
        Some(grant(&["read:users GET /users"]))
    );
    assert_eq!(store.connector(&second).unwrap().grant, None);
    assert_eq!(
        store.allowed_before(&second).unwrap().unwrap().digest,
        first
    );
}

#[test]
fn going_back_skips_what_was_not_granted_or_is_disabled() {
    let (
        Fixture {
            place: _place,
            store,
        },
        first,
        second,
    ) = two_versions();
    let hub = name("jupyterhub");
    assert!(
        refused(store.roll_back(&name("nobody"), None, &|_, _| true)).contains("no profile runs")
    );
    assert!(refused(store.roll_back(&hub, None, &|_, _| true)).contains("no earlier version"));
    let third = add_edited(&store, b"third", |_| ());
    store
        .grant_connector(&third, Rights::AsBefore, true, &|_, _| true, at(8))
        .unwrap();
    assert!(
        refused(store.roll_back(&hub, Some(&second), &|_, _| true)).contains("no granted version")
    );
    assert!(
        refused(store.roll_back(&hub, Some(&third), &|_, _| true))
            .contains("no profile runs a later version")
    );

    store.disable_connector(&first, at(9)).unwrap();
    assert!(refused(store.roll_back(&hub, None, &|_, _| true)).contains("no earlier version"));
    assert!(refused(store.roll_back(&hub, Some(&first), &|_, _| true)).contains("is disabled"));
    assert_eq!(running(&store), third, "what is refused moves nobody");
    store.enable_connector(&first).unwrap();
    let (to, moves) = store.roll_back(&hub, None, &|_, _| true).unwrap();
    assert_eq!(
        (to.digest, moves.moved[0].from, running(&store)),
        (first, third, first)
    );
    let other = add_edited(&store, b"other", |description| {
        description.name = name("other")
    });
    store
        .grant_connector(
            &other,
            Rights::These(&Grant::default()),
            true,
            &|_, _| true,
            at(9),
        )
        .unwrap();
    assert!(
        refused(store.roll_back(&hub, Some(&other), &|_, _| true)).contains("no granted version")
    );
}

#[test]
fn what_profiles_run_is_neither_disabled_nor_deleted() {
    let (
        Fixture {
            place: _place,
            store,
        },
        first,
        second,
    ) = two_versions();
    store.add_profile(&profile("second")).unwrap();
    assert_eq!(
        store.connector(&first).unwrap().profiles,
        [name("hub"), name("second")]
    );
    let error = store.delete_connector(&first).unwrap_err().to_string();
    assert!(error.contains("in use by profiles hub, second"), "{error}");
    // A draft does not keep a connector enabled, and a published profile does.
    store.disable_connector(&first, at(9)).unwrap();
    assert_eq!(store.connector(&first).unwrap().disabled_at, Some(at(9)));
    assert!(
        refused(store.grant_connector(
            &first,
            Rights::These(&Grant::default()),
            true,
            &|_, _| true,
            at(9)
        ))
        .contains("disabled")
    );
    store.enable_connector(&first).unwrap();
    store.publish_profile(&name("hub"), at(9)).unwrap();
    let error = store
        .disable_connector(&first, at(9))
        .unwrap_err()
        .to_string();
    assert!(error.contains("in use by profile hub"), "{error}");
    assert_eq!(store.connector(&first).unwrap().disabled_at, None);

    store.disable_connector(&second, at(9)).unwrap();
    store.delete_connector(&second).unwrap();
    assert!(matches!(
        store.connector(&second),
        Err(StoreError::NotFound { .. })
    ));
    assert!(store.connector(&first).unwrap().latest);
    add_connector(&store, b"second", "2.0.0");
    assert_eq!(
        store.connector(&second).unwrap().disabled_at,
        None,
        "nothing is left of what was deleted"
    );
}
