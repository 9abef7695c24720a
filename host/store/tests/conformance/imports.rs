//! Imports of people and entitlements.

use super::fixture::TestStore;
use jiff::civil::{Date, date};
use purser_model::{Blame, Blamed, Employment, Entitlement, Person, Term};
use purser_store::{EntitlementImport, PeopleImport, Roster, StoreError};

const TODAY: Date = date(2026, 3, 1);

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

    let import = test.store.import_people(&given, Roster::Partial).unwrap();

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
    store.import_people(&known, Roster::Partial).unwrap();

    let mut changed = people(&["2", "3", "4"]);
    changed[0].email = None;
    let import = store.import_people(&changed, Roster::Partial).unwrap();

    let expected = PeopleImport {
        added: 1,
        changed: 1,
        unchanged: 1,
        left: 0,
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
    store.import_people(&known, Roster::Partial).unwrap();

    for left in [1, 0] {
        let roster = Roster::Complete(TODAY);
        let import = store.import_people(&people(&["1"]), roster).unwrap();
        assert_eq!(import.left, left);
        assert_eq!(import.unchanged, 1);
    }

    let stored = store.people().unwrap();
    let employment: Vec<_> = stored.iter().map(|person| person.employment).collect();
    let today = Employment::Left(Some(TODAY));
    assert_eq!(employment, [Employment::Employed, today, earlier]);
}

#[test]
fn empty_complete_roster_is_refused_once_people_are_employed() {
    let test = TestStore::empty();
    let store = &test.store;
    let empty = || store.import_people(&[], Roster::Complete(TODAY));
    empty().unwrap();
    store
        .import_people(&people(&["1"]), Roster::Partial)
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
        .import_people(&twice, Roster::Partial)
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

    let import = test.store.import_entitlements(&given).unwrap();

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
    let import = store.import_entitlements(&given).unwrap();
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
    let import = store.import_entitlements(&equal).unwrap();

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

    let error = test.store.import_entitlements(&twice).unwrap_err();

    assert_eq!(error.to_string(), "entitlement \"hub/seat/a\" occurs twice");
    assert!(test.store.entitlements().unwrap().is_empty());
}
