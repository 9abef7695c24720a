//! Completeness of the last reads of a source.

use super::fixture::{TestStore, account, accounts, accounts_page, at, name, source};
use purser_model::{Account, ReadState, RejectedRow, StreamKind};

#[test]
fn source_that_was_never_run_has_no_state() {
    let test = TestStore::ready();

    let state = test.store.read_state(&source()).unwrap();

    assert_eq!(state, ReadState::default());
}

#[test]
fn complete_read_states_its_age_its_rejected_rows_and_its_warnings() {
    let test = TestStore::ready();
    let unclear = Account {
        warnings: vec!["title: 5 is not a text".into()],
        ..account("b")
    };
    let mut page = accounts_page(vec![account("a"), unclear], None);
    page.rejected.push(RejectedRow {
        id: Some("c".into()),
        row: "c".into(),
        reason: "active: 7 is not a boolean".into(),
    });
    test.read("users", StreamKind::Accounts, page);

    let state = test.store.read_state(&source()).unwrap();

    let expected = ReadState {
        complete_at: Some(at(2000)),
        rejected: 1,
        with_warnings: 1,
        ..ReadState::default()
    };
    assert_eq!(state, expected);
}

#[test]
fn stream_whose_last_read_did_not_end_is_incomplete_and_keeps_its_age() {
    let test = TestStore::ready();
    test.read_users(accounts(&["a"]));
    let run = test.begin_run();
    test.begin_users(run);
    test.commit_users(run, accounts(&["a"]), Some("page-2"))
        .unwrap();

    let state = test.store.read_state(&source()).unwrap();

    assert_eq!(state.incomplete, [name("users")]);
    assert_eq!(state.complete_at, Some(at(2000)));
}

#[test]
fn stream_that_was_never_complete_leaves_the_age_unknown() {
    let test = TestStore::ready();
    test.read_users(accounts(&["a"]));
    let run = test.begin_run();
    test.begin(run, "guests", StreamKind::Accounts);

    let state = test.store.read_state(&source()).unwrap();

    assert_eq!(state.complete_at, None);
    assert_eq!(state.incomplete, [name("guests")]);
}
