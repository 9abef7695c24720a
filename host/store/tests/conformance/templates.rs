//! Configuration templates that operators added.

use super::fixture::{TestStore, alias, at, connection, name, not_found, sealed};
use purser_model::Connection;
use purser_store::StoreError;

#[test]
fn template_keeps_its_text_and_never_changes() {
    let test = TestStore::empty();
    let store = &test.store;
    assert_eq!(store.template(&name("acme")).unwrap(), None);
    store.add_template(&name("acme"), "# mine", at(1)).unwrap();
    store.add_template(&name("aaa"), "# other", at(2)).unwrap();

    let changed = store.add_template(&name("acme"), "# changed", at(3));

    assert!(matches!(changed, Err(StoreError::AlreadyExists { .. })));
    let text = store.template(&name("acme")).unwrap();
    assert_eq!(text.as_deref(), Some("# mine"));
    assert_eq!(store.templates().unwrap(), ["# other", "# mine"]);
}

#[test]
fn template_of_a_connection_is_not_deleted() {
    let test = TestStore::empty();
    let store = &test.store;
    let acme = name("acme");
    assert_eq!(not_found(store.delete_template(&acme)), "template acme");
    store.add_template(&acme, "", at(1)).unwrap();
    store.add_alias(&alias("hub")).unwrap();
    let user = Connection {
        template: name("acme"),
        ..connection("main")
    };
    store.add_connection(&user, sealed(b"x")).unwrap();

    let error = store.delete_template(&acme).unwrap_err();

    let expected = "template acme is in use by connection main";
    assert_eq!(error.to_string(), expected);
    store.delete_connection(&name("main")).unwrap();
    store.delete_template(&acme).unwrap();
    assert!(store.templates().unwrap().is_empty());
}
