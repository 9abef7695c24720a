//! Templates of the operator's own.

use crate::fixture::{Fixture, alias, at, connection, name, sealed};
use purser_model::Connection;
use purser_store::StoreError;

#[test]
fn a_template_is_kept_as_it_was_written_and_never_changed() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::empty();
    assert_eq!(store.template(&name("acme")).unwrap(), None);
    store.add_template(&name("acme"), "# mine", at(1)).unwrap();
    store.add_template(&name("aaa"), "# other", at(2)).unwrap();
    assert!(matches!(
        store.add_template(&name("acme"), "# changed", at(3)),
        Err(StoreError::AlreadyExists { .. })
    ));
    assert_eq!(
        store.template(&name("acme")).unwrap().as_deref(),
        Some("# mine")
    );
    assert_eq!(store.templates().unwrap(), ["# other", "# mine"]);
}

#[test]
fn a_template_goes_when_nothing_relies_on_it() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::empty();
    assert!(matches!(
        store.delete_template(&name("acme")),
        Err(StoreError::NotFound { .. })
    ));
    store.add_template(&name("acme"), "", at(1)).unwrap();
    store.add_alias(&alias("hub")).unwrap();
    store
        .add_connection(
            &Connection {
                template: name("acme"),
                ..connection("main")
            },
            sealed(b"x"),
        )
        .unwrap();
    let error = store.delete_template(&name("acme")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "template acme is in use by connection main"
    );
    store.delete_connection(&name("main")).unwrap();
    store.delete_template(&name("acme")).unwrap();
    assert!(store.templates().unwrap().is_empty());
}
