//! Imports of people and entitlements.

use super::fixture::TestStore;
use jiff::civil::{Date, date};
use purser_model::{Blame, Blamed, Employment, Entitlement, Person, Term};
use purser_store::{EntitlementImport, ImportMode, PeopleImport, Roster, StoreError};
use std::collections::BTreeMap;

const TODAY: Date = date(2026, 3, 1);

/// A complete roster that the guard watches.
const COMPLETE: Roster = Roster::Complete {
    today: TODAY,
    accept_shrink: false,
};

fn person(number: &str) -> Person {
    Person {
        employee_number: number.into(),
        name: "Zoë".into(),
        email: Some("zoe@example".into()),
        aliases: vec!["z@example".into()],
        user_name: Some("zoe".into()),
        department: None,
        manager: Some("1".into()),
        employment: Employment::Employed,
    }
}

fn people(numbers: &[&str]) -> Vec<Person> {
    numbers.iter().map(|number| person(number)).collect()
}

fn entitlement(reference: &str, cost: Option<&str>) -> Entitlement {
    Entitlement {
        reference: reference.into(),
        application: "hub".into(),
        product: "seat".into(),
        quantity: 5,
        unit_cost: cost.map(|cost| cost.parse().unwrap()),
        term: Term::Yearly,
        start: Some(date(2026, 1, 1)),
        end: None,
    }
}

#[test]
fn people_read_back_as_they_were_imported() {
    let test = TestStore::empty();
    let mut left = person("2");
    left.employment = Employment::Left(None);
    let given = [person("1"), left];

    let import = test
        .store
        .import_people(&given, Roster::Partial, ImportMode::Store)
        .unwrap();

    let expected = PeopleImport {
        added: 2,
        ..PeopleImport::default()
    };
    assert_eq!(import, expected);
    assert_eq!(test.store.people().unwrap(), given);
}

#[test]
fn import_of_people_counts_its_changes() {
    let test = TestStore::empty();
    let store = &test.store;
    let known = people(&["1", "2", "3"]);
    store
        .import_people(&known, Roster::Partial, ImportMode::Store)
        .unwrap();

    let mut changed = people(&["2", "3", "4"]);
    changed[0].email = None;
    let import = store
        .import_people(&changed, Roster::Partial, ImportMode::Store)
        .unwrap();

    let expected = PeopleImport {
        added: 1,
        changed: 1,
        unchanged: 1,
        employed: 3,
        lost: BTreeMap::from([("email", 1)]),
        ..PeopleImport::default()
    };
    assert_eq!(import, expected);
    assert_eq!(store.people().unwrap().len(), 4);
    assert_eq!(store.people().unwrap()[1].email, None);
}

#[test]
fn people_absent_from_a_complete_roster_have_left_once() {
    let test = TestStore::empty();
    let store = &test.store;
    let earlier = Employment::Left(Some(date(2020, 1, 1)));
    let mut known = people(&["1", "2", "3"]);
    known[2].employment = earlier;
    store
        .import_people(&known, Roster::Partial, ImportMode::Store)
        .unwrap();

    for left in [1, 0] {
        let roster = Roster::Complete {
            today: TODAY,
            accept_shrink: true,
        };
        let import = store
            .import_people(&people(&["1"]), roster, ImportMode::Store)
            .unwrap();
        assert_eq!(import.left, left);
        assert_eq!(import.unchanged, 1);
    }

    let stored = store.people().unwrap();
    let employment: Vec<_> = stored.iter().map(|person| person.employment).collect();
    let today = Employment::Left(Some(TODAY));
    assert_eq!(employment, [Employment::Employed, today, earlier]);
}

#[test]
fn complete_roster_that_makes_leavers_of_more_than_a_fifth_is_refused() {
    let numbers: Vec<String> = (0..10).map(|number| number.to_string()).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let seven = people(&numbers[..7]);
    let test = TestStore::empty();
    let store = &test.store;
    let all = people(&numbers);
    store
        .import_people(&all, Roster::Partial, ImportMode::Store)
        .unwrap();
    let mut two_left = all.clone();
    two_left[8].employment = Employment::Left(None);
    two_left.pop();
    let mut three_left = two_left.clone();
    three_left[0].employment = Employment::Left(Some(TODAY));

    // Those who are not in the file, and those whose record says so, count together.
    for refused in [&seven, &three_left] {
        let error = store
            .import_people(refused, COMPLETE, ImportMode::Store)
            .unwrap_err();

        assert!(
            matches!(
                error,
                StoreError::RosterShrinks {
                    leavers: 3,
                    employed: 10
                }
            ),
            "{error}"
        );
        assert_eq!(error.blame(), Blame::Operator);
        assert_eq!(store.people().unwrap(), all);
    }

    let import = store
        .import_people(&two_left, COMPLETE, ImportMode::Store)
        .unwrap();
    assert_eq!((import.left, import.leavers.len()), (1, 2));
    let accepted = Roster::Complete {
        today: TODAY,
        accept_shrink: true,
    };
    let import = store
        .import_people(&people(&["0"]), accepted, ImportMode::Store)
        .unwrap();
    assert_eq!((import.left, import.leavers.len()), (7, 7));
}

#[test]
fn dry_run_counts_and_changes_nothing() {
    let test = TestStore::empty();
    let store = &test.store;
    let mut known = people(&["1", "2", "3", "4", "5", "6"]);
    known[1].employment = Employment::Left(None);
    store
        .import_people(&known, Roster::Partial, ImportMode::Store)
        .unwrap();

    let import = store
        .import_people(
            &people(&["1", "2", "3", "4", "5"]),
            COMPLETE,
            ImportMode::DryRun,
        )
        .unwrap();

    let leavers: Vec<_> = import
        .leavers
        .iter()
        .map(|leaver| leaver.employee_number.as_str())
        .collect();
    assert_eq!((leavers, import.reinstated), (vec!["6"], 1));
    assert_eq!(store.people().unwrap(), known);

    let given = [entitlement("A", None)];
    let import = store
        .import_entitlements(&given, ImportMode::DryRun)
        .unwrap();
    assert_eq!(import.added, 1);
    assert!(store.entitlements().unwrap().is_empty());
}

#[test]
fn empty_complete_roster_is_refused_once_people_are_employed() {
    let test = TestStore::empty();
    let store = &test.store;
    let empty = || store.import_people(&[], COMPLETE, ImportMode::Store);
    empty().unwrap();
    store
        .import_people(&people(&["1"]), Roster::Partial, ImportMode::Store)
        .unwrap();

    let error = empty().unwrap_err();

    assert!(matches!(error, StoreError::EmptyRoster(1)), "{error}");
    assert_eq!(store.people().unwrap(), people(&["1"]));
}

#[test]
fn employee_number_that_occurs_twice_imports_no_person() {
    let test = TestStore::empty();
    let twice = people(&["1", "2", "1"]);

    let error = test
        .store
        .import_people(&twice, Roster::Partial, ImportMode::Store)
        .unwrap_err();

    assert_eq!(error.to_string(), "employee number \"1\" occurs twice");
    assert_eq!(error.blame(), Blame::Operator);
    assert!(test.store.people().unwrap().is_empty());
}

#[test]
fn entitlements_keep_their_money_exactly() {
    let test = TestStore::empty();
    let given = [
        entitlement("a", Some("0.1 EUR")),
        entitlement("b", Some("79228162514264337593543950335 JPY")),
        entitlement("c", None),
        entitlement("d", Some("0.0000000000000000000000000001 USD")),
    ];

    let import = test
        .store
        .import_entitlements(&given, ImportMode::Store)
        .unwrap();

    let expected = EntitlementImport {
        added: 4,
        ..EntitlementImport::default()
    };
    assert_eq!(import, expected);
    assert_eq!(test.store.entitlements().unwrap(), given);
}

#[test]
fn entitlement_is_identified_by_application_product_and_reference() {
    let test = TestStore::empty();
    let store = &test.store;
    let priced = entitlement("a", Some("1 EUR"));
    store.add_entitlement(&entitlement("a", None)).unwrap();

    let error = store.add_entitlement(&priced).unwrap_err();
    assert_eq!(error.to_string(), "entitlement hub/seat/a already exists");

    let mut other = entitlement("a", None);
    other.product = "storage".into();
    let given = [priced.clone(), other.clone()];
    let import = store
        .import_entitlements(&given, ImportMode::Store)
        .unwrap();
    let expected = EntitlementImport {
        added: 1,
        changed: 1,
        unchanged: 0,
    };
    assert_eq!(import, expected);
    assert_eq!(store.entitlements().unwrap(), [priced, other]);
}

#[test]
fn entitlement_with_an_equal_amount_is_unchanged() {
    let test = TestStore::empty();
    let store = &test.store;
    let priced = entitlement("a", Some("1 EUR"));
    store.add_entitlement(&priced).unwrap();

    let equal = [entitlement("a", Some("1.00 EUR"))];
    let import = store
        .import_entitlements(&equal, ImportMode::Store)
        .unwrap();

    let expected = EntitlementImport {
        unchanged: 1,
        ..EntitlementImport::default()
    };
    assert_eq!(import, expected);
}

#[test]
fn entitlement_that_occurs_twice_imports_none() {
    let test = TestStore::empty();
    let twice = [entitlement("a", None), entitlement("a", None)];

    let error = test
        .store
        .import_entitlements(&twice, ImportMode::Store)
        .unwrap_err();

    assert_eq!(error.to_string(), "entitlement \"hub/seat/a\" occurs twice");
    assert!(test.store.entitlements().unwrap().is_empty());
}
