//! Tests of matching.

use super::*;
use crate::fixtures::{AccountBuilder, PersonBuilder, account, person};
use crate::pattern::AccountPattern;
use purser_model::Email;
use std::collections::BTreeMap;

/// Matches an account of application `hub` and describes the result as `rule value → number`, or by
/// the name of the case.
fn describe_match(people: &[Person], rules: &MatchRules, account: &Account) -> String {
    match Directory::new(people).match_account("hub", account, rules) {
        Match::Person {
            person,
            evidence,
            others,
            contradicted,
        } => {
            let Evidence { rule, value } = evidence;
            let others: String = others
                .iter()
                .map(|other| format!(", also {}", other.employee_number))
                .collect();
            let mark = if contradicted { " against" } else { "" };
            format!("{rule} {value} → {}{mark}{others}", person.employee_number)
        }
        Match::Ambiguous { people, evidence } => {
            let Evidence { rule, value } = evidence;
            let numbers: Vec<_> = people
                .iter()
                .map(|person| person.employee_number.as_str())
                .collect();
            format!("{rule} {value} → {}?", numbers.join(" or "))
        }
        Match::Unmatched { mapped_to: None } => "unmatched".into(),
        Match::Unmatched {
            mapped_to: Some(number),
        } => format!("unmatched, mapped to {number}"),
        Match::Guest => "guest".into(),
        Match::Excluded { pattern } => format!("excluded by {pattern}"),
        Match::ServiceAccount => "service account".into(),
    }
}

fn describe_match_by_default_rules(people: &[Person], account: &Account) -> String {
    describe_match(people, &MatchRules::default(), account)
}

/// Six people: E1 and E6 share an alias, E4 and E5 share an address.
fn sample_people() -> Vec<Person> {
    vec![
        person("E1")
            .with_email("ada@example.com")
            .with_alias("countess@example.com")
            .with_user_name("ada.l"),
        person("E2")
            .with_email("Grace.Hopper@Example.com")
            .with_user_name("CORP\\grace"),
        person("E3")
            .with_email("zoë@example.com")
            .who_left_on("2026-01-31"),
        person("E4").with_email("shared@example.com"),
        person("E5").with_email("shared@example.com"),
        person("E6")
            .with_email("six@example.com")
            .with_alias("countess@example.com"),
    ]
}

#[test]
fn account_matches_one_person_by_each_rule() {
    let rules = MatchRules {
        domains: BTreeMap::from([("eu.corp.example.org".to_owned(), "example.com".to_owned())]),
        ..MatchRules::default()
    };

    for (account, expected) in [
        (
            account("1").with_employee_number("e1"),
            "employee-number e1 → E1",
        ),
        (
            account("1").with_emails(&["ADA@Example.COM"]),
            "primary-email ADA@Example.COM → E1",
        ),
        (
            account("1").with_emails(&["x@example.com", "ada@example.com"]),
            "alias ada@example.com → E1",
        ),
        (
            account("1").with_principal_name("ada@example.com"),
            "principal-name ada@example.com → E1",
        ),
        (
            account("1").with_principal_name("Ada.L"),
            "principal-name Ada.L → E1",
        ),
        (
            account("1").with_principal_name("corp\\GRACE"),
            "principal-name corp\\GRACE → E2",
        ),
        (
            account("1").with_emails(&["ada@EU.corp.example.org"]),
            "domain-rewrite ada@example.com → E1",
        ),
        (
            account("1").with_principal_name("ada@eu.corp.example.org"),
            "domain-rewrite ada@example.com → E1",
        ),
        (
            account("1").with_emails(&["ZOË@example.com"]),
            "primary-email ZOË@example.com → E3",
        ),
    ] {
        assert_eq!(describe_match(&sample_people(), &rules, &account), expected);
    }
}

#[test]
fn strong_evidence_that_names_different_people_is_ambiguous() {
    let main = |address: &str| Email {
        address: address.into(),
        primary: true,
    };
    let two_main = Account {
        emails: vec![main("ada@example.com"), main("six@example.com")],
        ..account("1")
    };

    for (account, expected) in [
        (
            two_main,
            "primary-email ada@example.com, six@example.com → E1 or E6?",
        ),
        (
            account("1")
                .with_employee_number("E2")
                .with_emails(&["ada@example.com"]),
            "employee-number E2, ada@example.com → E1 or E2?",
        ),
        (
            account("1")
                .with_emails(&["ada@example.com"])
                .with_principal_name("CORP\\grace"),
            "primary-email ada@example.com, CORP\\grace → E1 or E2?",
        ),
        // None of several is the main one, so that their order says nothing.
        (
            account("1").with_emails(&["ada@example.com", "six@example.com"]),
            "alias ada@example.com, six@example.com → E1 or E6?",
        ),
    ] {
        assert_eq!(
            describe_match_by_default_rules(&sample_people(), &account),
            expected
        );
    }
}

#[test]
fn weak_evidence_for_another_person_is_kept() {
    let main = Email {
        address: "ada@example.com".into(),
        primary: true,
    };
    let second = Email {
        address: "six@example.com".into(),
        primary: false,
    };
    let recovery = Account {
        emails: vec![main, second],
        ..account("1")
    };
    let numbered = account("1")
        .with_employee_number("E2")
        .with_emails(&["x@example.com", "six@example.com"]);

    assert_eq!(
        describe_match_by_default_rules(&sample_people(), &recovery),
        "primary-email ada@example.com → E1, also E6"
    );
    assert_eq!(
        describe_match_by_default_rules(&sample_people(), &numbered),
        "employee-number E2 → E2 against, also E6"
    );
}

#[test]
fn two_spellings_of_an_address_match() {
    let people = [
        person("E1").with_email("ada@bücher.example"),
        person("E2").with_email("bo@example.com\u{200b}"),
        person("E3")
            .with_email("cy@example.com")
            .with_alias("smtp:cy.t@example.com"),
        person("E4").with_user_name("Di@Example.com"),
    ];

    for (account, expected) in [
        (
            account("1").with_emails(&["ada@XN--bcher-kva.example."]),
            "primary-email ada@XN--bcher-kva.example. → E1",
        ),
        (
            account("1").with_emails(&["mailto:bo@example.com"]),
            "primary-email mailto:bo@example.com → E2",
        ),
        (
            account("1").with_emails(&["<cy.t@example.com>"]),
            "alias <cy.t@example.com> → E3",
        ),
        (
            account("1").with_emails(&["di@example.com"]),
            "alias di@example.com → E4",
        ),
        (
            account("1").with_principal_name("cy_example.com#EXT#@corp.onmicrosoft.com"),
            "guest-name cy@example.com → E3",
        ),
    ] {
        assert_eq!(describe_match_by_default_rules(&people, &account), expected);
    }
}

#[test]
fn account_that_matches_several_people_is_ambiguous() {
    for (account, expected) in [
        (
            account("1").with_emails(&["shared@example.com"]),
            "primary-email shared@example.com → E4 or E5?",
        ),
        // Weaker evidence that names one person does not settle it.
        (
            account("1")
                .with_emails(&["shared@example.com"])
                .with_principal_name("ada.l"),
            "primary-email shared@example.com, ada.l → E1 or E4 or E5?",
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
        assert_eq!(
            describe_match_by_default_rules(&sample_people(), &account),
            expected
        );
    }

    // Stronger evidence that names one of them does settle it.
    let numbered = account("1")
        .with_employee_number("E5")
        .with_emails(&["shared@example.com"]);
    assert_eq!(
        describe_match_by_default_rules(&sample_people(), &numbered),
        "employee-number E5 → E5, also E4"
    );
}

#[test]
fn person_matched_by_two_values_is_one_person() {
    let account =
        account("1").with_emails(&["x@example.com", "ada@example.com", "Ada@example.com"]);

    assert_eq!(
        describe_match_by_default_rules(&sample_people(), &account),
        "alias ada@example.com → E1"
    );
}

#[test]
fn values_that_differ_by_more_than_case_do_not_match() {
    for account in [
        account("1").with_emails(&["ada+test@example.com"]),
        account("1").with_emails(&["ada@example.com.evil.example"]),
        account("1").with_emails(&["zoe@example.com"]),
        account("1").with_principal_name("ada"),
        account("1").with_employee_number("01"),
        account("ada@example.com"),
    ] {
        assert_eq!(
            describe_match_by_default_rules(&sample_people(), &account),
            "unmatched",
            "{account:?}"
        );
    }
}

#[test]
fn blank_values_match_nobody() {
    let people = [person(" "), person("E1").with_email("").with_user_name(" ")];
    let account = account("1")
        .with_employee_number(" ")
        .with_principal_name(" ")
        .with_emails(&[""]);

    assert_eq!(
        describe_match_by_default_rules(&people, &account),
        "unmatched"
    );
}

#[test]
fn mapping_overrides_every_other_rule_in_its_application_only() {
    let mapped_to = |number: &str| MatchRules {
        mappings: BTreeMap::from([("hub".into(), BTreeMap::from([("17".into(), number.into())]))]),
        exclude: vec![AccountPattern::new(None, "17").unwrap()],
        ..MatchRules::default()
    };
    let people = sample_people();
    let seventeen = account("17").with_emails(&["ada@example.com"]);

    assert_eq!(
        describe_match(&people, &mapped_to("E2"), &seventeen),
        "mapping E2 → E2"
    );
    assert_eq!(
        describe_match(&people, &mapped_to("E99"), &seventeen),
        "unmatched, mapped to E99"
    );

    let elsewhere = Directory::new(&people).match_account("scim", &seventeen, &mapped_to("E2"));
    assert_eq!(
        elsewhere,
        Match::Excluded {
            pattern: "17".into()
        }
    );
}

#[test]
fn excluded_service_and_guest_accounts_are_classified() {
    let rules = MatchRules {
        exclude: vec![AccountPattern::new(None, "test-*").unwrap()],
        ..MatchRules::default()
    };
    let ada = ["ada@example.com"];

    for (account, expected) in [
        (account("test-1").with_emails(&ada), "excluded by test-*"),
        (
            account("1")
                .with_kind(AccountKind::Service)
                .with_emails(&ada),
            "service account",
        ),
        (account("1").with_kind(AccountKind::Guest), "guest"),
        (
            account("1").with_kind(AccountKind::Guest).with_emails(&ada),
            "primary-email ada@example.com → E1",
        ),
        (account("1").with_kind(AccountKind::Human), "unmatched"),
    ] {
        assert_eq!(describe_match(&sample_people(), &rules, &account), expected);
    }
}
