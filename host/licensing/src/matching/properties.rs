//! Properties of matching for any directory and account.

use super::*;
use crate::fixtures::{AccountBuilder, account, person};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Generates addresses from few values, so that they collide.
fn any_address() -> impl Strategy<Value = String> {
    "[abAB]@(x|X|eu\\.x)".prop_map(String::from)
}

fn any_number() -> impl Strategy<Value = String> {
    "[eE][0-5]".prop_map(String::from)
}

/// Generates people with distinct employee numbers.
fn any_people() -> impl Strategy<Value = Vec<Person>> {
    let any_person = (
        any_number(),
        proptest::option::of(any_address()),
        proptest::collection::vec(any_address(), 0..2),
    )
        .prop_map(|(number, email, aliases)| Person {
            email,
            aliases,
            ..person(&number)
        });

    proptest::collection::vec(any_person, 0..6).prop_map(|people| {
        let mut numbers = BTreeSet::new();
        people
            .into_iter()
            .filter(|person| numbers.insert(person.employee_number.to_lowercase()))
            .collect()
    })
}

fn any_account() -> impl Strategy<Value = Account> {
    let kinds = [
        AccountKind::Human,
        AccountKind::Service,
        AccountKind::Guest,
        AccountKind::Unspecified,
    ];

    (
        proptest::option::of(any_address()),
        proptest::collection::vec(any_address(), 0..3),
        proptest::option::of(any_number()),
        prop::sample::select(kinds.to_vec()),
    )
        .prop_map(|(principal_name, emails, employee_number, kind)| {
            let addresses: Vec<_> = emails.iter().map(String::as_str).collect();
            Account {
                principal_name,
                employee_number,
                kind,
                ..account("1").with_emails(&addresses)
            }
        })
}

/// Returns true if a value is the person's employee number or one of their addresses.
fn has_value(person: &Person, value: &str) -> bool {
    person
        .email
        .iter()
        .chain(&person.aliases)
        .chain([&person.employee_number])
        .any(|known| known.eq_ignore_ascii_case(value))
}

proptest! {
    #[test]
    fn match_does_not_depend_on_the_order_of_people(
        people in any_people(),
        account in any_account(),
    ) {
        let rules = MatchRules::default();
        let mut reversed = people.clone();
        reversed.reverse();

        prop_assert_eq!(
            Directory::new(&people).match_account("hub", &account, &rules),
            Directory::new(&reversed).match_account("hub", &account, &rules)
        );
    }

    #[test]
    fn matched_people_have_the_value_of_the_evidence(
        people in any_people(),
        account in any_account(),
    ) {
        let found = Directory::new(&people).match_account("hub", &account, &MatchRules::default());

        match found {
            Match::Person { person, evidence, .. } => {
                prop_assert!(has_value(person, &evidence.value));
            }
            Match::Ambiguous { people, evidence } => {
                prop_assert!(people.len() > 1);
                let values: Vec<_> = evidence.value.split(", ").collect();
                for person in people {
                    prop_assert!(values.iter().any(|value| has_value(person, value)));
                }
            }
            Match::Unmatched { .. } | Match::Guest => {
                let addresses = account.emails.iter().map(|email| &email.address);
                for value in account.employee_number.iter().chain(addresses) {
                    prop_assert!(!people.iter().any(|person| has_value(person, value)));
                }
            }
            Match::ServiceAccount => prop_assert_eq!(account.kind, AccountKind::Service),
            Match::Excluded { .. } => prop_assert!(false, "no rule excludes accounts"),
        }
    }
}
