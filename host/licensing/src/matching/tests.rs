use super::*;
use crate::AccountPattern;
use crate::fixtures::{AccountWords, PersonWords, account, person};
use std::collections::BTreeMap;

/// What a match came to, in words: `rule value → number`, or the name of the case.
fn told(people: &[Person], rules: &MatchRules, account: &Account) -> String {
    match Directory::new(people).match_account("hub", account, rules) {
        Match::Person { person, evidence } => {
            format!(
                "{} {} → {}",
                evidence.rule.as_str(),
                evidence.value,
                person.employee_number
            )
        }
        Match::Ambiguous { people, evidence } => {
            let numbers: Vec<_> = people
                .iter()
                .map(|person| person.employee_number.as_str())
                .collect();
            format!(
                "{} {} → {}?",
                evidence.rule.as_str(),
                evidence.value,
                numbers.join(" or ")
            )
        }
        Match::Unmatched { mapped_to: None } => "unmatched".into(),
        Match::Unmatched {
            mapped_to: Some(number),
        } => format!("unmatched, mapped to {number}"),
        Match::Guest => "guest".into(),
        Match::Excluded { pattern } => format!("excluded by {pattern}"),
        Match::NotAPerson => "not a person".into(),
    }
}

fn plain(people: &[Person], account: &Account) -> String {
    told(people, &MatchRules::default(), account)
}

fn staff() -> Vec<Person> {
    vec![
        person("E1")
            .email("ada@example.com")
            .alias("countess@example.com")
            .user_name("ada.l"),
        person("E2")
            .email("Grace.Hopper@Example.com")
            .user_name("CORP\\grace"),
        person("E3").email("zoë@example.com").left("2026-01-31"),
        person("E4").email("shared@example.com"),
        person("E5").email("shared@example.com"),
        person("E6")
            .email("six@example.com")
            .alias("countess@example.com"),
    ]
}

#[test]
fn each_kind_of_evidence_finds_its_person() {
    let domains = BTreeMap::from([("eu.corp.example.org".to_owned(), "example.com".to_owned())]);
    let rules = MatchRules {
        domains,
        ..MatchRules::default()
    };
    for (account, expected) in [
        (account("1").numbered("e1"), "employee-number e1 → E1"),
        (
            account("1").with_emails(&["ADA@Example.COM"]),
            "primary-email ADA@Example.COM → E1",
        ),
        (
            account("1").with_emails(&["x@example.com", "ada@example.com"]),
            "alias ada@example.com → E1",
        ),
        (
            account("1").named("ada@example.com"),
            "principal-name ada@example.com → E1",
        ),
        (account("1").named("Ada.L"), "principal-name Ada.L → E1"),
        (
            account("1").named("corp\\GRACE"),
            "principal-name corp\\GRACE → E2",
        ),
        (
            account("1").with_emails(&["ada@EU.corp.example.org"]),
            "domain-rewrite ada@example.com → E1",
        ),
        (
            account("1").named("ada@eu.corp.example.org"),
            "domain-rewrite ada@example.com → E1",
        ),
        (
            account("1").with_emails(&["ZOË@example.com"]),
            "primary-email ZOË@example.com → E3",
        ),
    ] {
        assert_eq!(told(&staff(), &rules, &account), expected);
    }
}

#[test]
fn stronger_evidence_decides_even_against_weaker() {
    let account = account("1")
        .numbered("E2")
        .with_emails(&["ada@example.com"]);
    assert_eq!(plain(&staff(), &account), "employee-number E2 → E2");
}

#[test]
fn several_people_are_a_queue_and_no_guess() {
    for (account, expected) in [
        (
            account("1").with_emails(&["shared@example.com"]),
            "primary-email shared@example.com → E4 or E5?",
        ),
        // Stops: weaker evidence that names one person does not settle it.
        (
            account("1")
                .with_emails(&["shared@example.com"])
                .named("ada.l"),
            "primary-email shared@example.com → E4 or E5?",
        ),
        (
            account("1").with_emails(&["countess@example.com"]),
            "alias countess@example.com → E1 or E6?",
        ),
        (
            account("1").with_emails(&["no@example.com", "ada@example.com", "six@example.com"]),
            "alias ada@example.com, six@example.com → E1 or E6?",
        ),
    ] {
        assert_eq!(plain(&staff(), &account), expected);
    }
    // Stronger evidence does settle it.
    let numbered = account("1")
        .numbered("E5")
        .with_emails(&["shared@example.com"]);
    assert_eq!(plain(&staff(), &numbered), "employee-number E5 → E5");
}

#[test]
fn one_person_found_twice_is_one_person() {
    let account =
        account("1").with_emails(&["x@example.com", "ada@example.com", "Ada@example.com"]);
    assert_eq!(plain(&staff(), &account), "alias ada@example.com → E1");
}

#[test]
fn nothing_is_folded_but_case() {
    for account in [
        account("1").with_emails(&["ada+test@example.com"]),
        account("1").with_emails(&["ada@example.com.evil.example"]),
        account("1").with_emails(&[" ada@example.com"]),
        account("1").with_emails(&["zoe@example.com"]),
        account("1").named("ada"),
        account("1").numbered("01"),
        account("ada@example.com"),
    ] {
        assert_eq!(plain(&staff(), &account), "unmatched", "{account:?}");
    }
}

#[test]
fn blank_values_are_no_evidence() {
    let people = [person(" "), person("E1").email("").user_name(" ")];
    assert_eq!(
        plain(
            &people,
            &account("1").numbered(" ").named(" ").with_emails(&[""])
        ),
        "unmatched"
    );
}

#[test]
fn a_mapping_goes_before_everything_and_holds_for_its_application_only() {
    let mapped = |number: &str| MatchRules {
        mappings: BTreeMap::from([("hub".into(), BTreeMap::from([("17".into(), number.into())]))]),
        exclude: vec![AccountPattern::new(None, "17").unwrap()],
        ..MatchRules::default()
    };
    let seventeen = account("17").with_emails(&["ada@example.com"]);
    assert_eq!(told(&staff(), &mapped("E2"), &seventeen), "mapping E2 → E2");
    assert_eq!(
        told(&staff(), &mapped("E99"), &seventeen),
        "unmatched, mapped to E99"
    );
    let people = staff();
    let elsewhere = Directory::new(&people).match_account("scim", &seventeen, &mapped("E2"));
    assert_eq!(
        elsewhere,
        Match::Excluded {
            pattern: "17".into()
        }
    );
}

#[test]
fn some_accounts_are_nobodys() {
    let rules = MatchRules {
        exclude: vec![AccountPattern::new(None, "test-*").unwrap()],
        ..MatchRules::default()
    };
    let ada = ["ada@example.com"];
    for (account, expected) in [
        (account("test-1").with_emails(&ada), "excluded by test-*"),
        (
            account("1").of_kind(AccountKind::Service).with_emails(&ada),
            "not a person",
        ),
        (account("1").of_kind(AccountKind::Guest), "guest"),
        (
            account("1").of_kind(AccountKind::Guest).with_emails(&ada),
            "primary-email ada@example.com → E1",
        ),
        (account("1").of_kind(AccountKind::Human), "unmatched"),
    ] {
        assert_eq!(told(&staff(), &rules, &account), expected);
    }
}
