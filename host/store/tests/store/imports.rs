//! People and entitlements.

use crate::fixture::Fixture;
use jiff::civil::date;
use purser_model::{Blame, Blamed, Employment, Entitlement, Person, Term};
use purser_store::{EntitlementImport, PeopleImport, Roster, StoreError};

const TODAY: jiff::civil::Date = date(2026, 3, 1);

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
fn people_come_back_as_they_were_given() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::empty();
    let mut left = person("2");
    left.employment = Employment::Left(None);
    let given = [person("1"), left];
    let import = store.import_people(&given, Roster::Partial).unwrap();
    assert_eq!(
        import,
        PeopleImport {
            added: 2,
            ..PeopleImport::default()
        }
    );
    assert_eq!(store.people().unwrap(), given);
}

#[test]
fn an_import_tells_what_it_changed() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::empty();
    store
        .import_people(&people(&["1", "2", "3"]), Roster::Partial)
        .unwrap();
    let mut changed = people(&["2", "3", "4"]);
    changed[0].email = None;
    let import = store.import_people(&changed, Roster::Partial).unwrap();
    assert_eq!(
        import,
        PeopleImport {
            added: 1,
            changed: 1,
            unchanged: 1,
            left: 0
        }
    );
    assert_eq!(store.people().unwrap().len(), 4);
    assert_eq!(store.people().unwrap()[1].email, None);
}

#[test]
fn who_is_not_in_a_complete_roster_has_left_once() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::empty();
    let mut known = people(&["1", "2", "3"]);
    known[2].employment = Employment::Left(Some(date(2020, 1, 1)));
    store.import_people(&known, Roster::Partial).unwrap();
    for left in [1, 0] {
        let import = store
            .import_people(&people(&["1"]), Roster::Complete(TODAY))
            .unwrap();
        assert_eq!((import.left, import.unchanged), (left, 1));
    }
    let employment: Vec<_> = store
        .people()
        .unwrap()
        .into_iter()
        .map(|person| person.employment)
        .collect();
    let expected = [
        Employment::Employed,
        Employment::Left(Some(TODAY)),
        Employment::Left(Some(date(2020, 1, 1))),
    ];
    assert_eq!(employment, expected);
}

#[test]
fn an_empty_roster_dismisses_nobody() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::empty();
    store.import_people(&[], Roster::Complete(TODAY)).unwrap();
    store.import_people(&people(&["1"]), Roster::Partial).unwrap();
    let error = store
        .import_people(&[], Roster::Complete(TODAY))
        .unwrap_err();
    assert!(matches!(error, StoreError::EmptyRoster(1)), "{error}");
    assert_eq!(store.people().unwrap(), people(&["1"]));
}

#[test]
fn a_number_that_occurs_twice_imports_nobody() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::empty();
    let error = store
        .import_people(&people(&["1", "2", "1"]), Roster::Partial)
        .unwrap_err();
    assert_eq!(error.to_string(), "employee number \"1\" occurs twice");
    assert_eq!(error.blame(), Blame::Operator);
    assert!(store.people().unwrap().is_empty());
}

#[test]
fn entitlements_keep_their_money_exactly() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::empty();
    let given = [
        entitlement("a", Some("0.1 EUR")),
        entitlement("b", Some("79228162514264337593543950335 JPY")),
        entitlement("c", None),
        entitlement("d", Some("0.0000000000000000000000000001 USD")),
    ];
    let import = store.import_entitlements(&given).unwrap();
    assert_eq!(
        import,
        EntitlementImport {
            added: 4,
            ..EntitlementImport::default()
        }
    );
    assert_eq!(store.entitlements().unwrap(), given);
}

#[test]
fn an_entitlement_is_known_by_application_product_and_reference() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::empty();
    store.add_entitlement(&entitlement("a", None)).unwrap();
    let error = store
        .add_entitlement(&entitlement("a", Some("1 EUR")))
        .unwrap_err();
    assert_eq!(error.to_string(), "entitlement hub/seat/a already exists");
    let mut other = entitlement("a", None);
    other.product = "storage".into();
    let import = store
        .import_entitlements(&[entitlement("a", Some("1 EUR")), other.clone()])
        .unwrap();
    assert_eq!(
        import,
        EntitlementImport {
            added: 1,
            changed: 1,
            unchanged: 0
        }
    );
    let import = store
        .import_entitlements(&[entitlement("a", Some("1.00 EUR"))])
        .unwrap();
    assert_eq!(
        import,
        EntitlementImport {
            unchanged: 1,
            ..EntitlementImport::default()
        }
    );
    assert_eq!(
        store.entitlements().unwrap(),
        [entitlement("a", Some("1 EUR")), other]
    );
}

#[test]
fn an_entitlement_that_occurs_twice_imports_none() {
    let Fixture {
        place: _place,
        store,
    } = Fixture::empty();
    let twice = [entitlement("a", None), entitlement("a", None)];
    let error = store.import_entitlements(&twice).unwrap_err();
    assert_eq!(error.to_string(), "entitlement \"hub/seat/a\" occurs twice");
    assert!(store.entitlements().unwrap().is_empty());
}
