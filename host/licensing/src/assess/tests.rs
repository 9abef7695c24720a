use super::*;
use crate::fixtures::{AccountWords, PersonWords, account, as_of, days_ago, person};
use crate::{AccountPattern, Evidence, FindingKind, MatchRule};
use jiff::{SignedDuration, ToSpan};
use purser_model::Person;

fn seat(assigned_at: Option<Timestamp>) -> Seat {
    Seat {
        product: "seat".into(),
        assigned_at,
        inherited_from: None,
    }
}

fn judge(
    account: &Account,
    seat: &Seat,
    holder: &Match<'_>,
    rules: &ReclamationRules,
) -> Assessment {
    let last_activity = account.last_activity;
    assess(
        &Subscription {
            application: "hub",
            connection: None,
            account,
            seat,
            last_activity,
            holder,
        },
        rules,
        as_of(),
    )
}

/// The kinds found for an account of somebody known, by the default rules.
fn found(account: &Account, seat: &Seat) -> Vec<FindingKind> {
    let ada = person("E1");
    judge(account, seat, &held_by(&ada), &ReclamationRules::default())
        .findings
        .iter()
        .map(Finding::kind)
        .collect()
}

fn held_by(person: &Person) -> Match<'_> {
    Match::Person {
        person,
        evidence: Evidence {
            rule: MatchRule::EmployeeNumber,
            value: "E1".into(),
        },
    }
}

fn at(days: i64) -> LastActivity {
    LastActivity::At(days_ago(days))
}

#[test]
fn a_seat_is_inactive_from_the_sixtieth_whole_day_on() {
    let moment = SignedDuration::from_millis(1);
    for (last_activity, usage, kinds) in [
        (at(59), Usage::InUse, vec![]),
        (
            LastActivity::At(days_ago(60) + moment),
            Usage::InUse,
            vec![],
        ),
        (at(60), Usage::Inactive, vec![FindingKind::Inactive]),
        (at(61), Usage::Inactive, vec![FindingKind::Inactive]),
        (at(-1), Usage::InUse, vec![]),
        (LastActivity::At(Timestamp::MAX), Usage::InUse, vec![]),
        (
            LastActivity::At(Timestamp::MIN),
            Usage::Inactive,
            vec![FindingKind::Inactive],
        ),
        (
            LastActivity::Never,
            Usage::NeverUsed,
            vec![FindingKind::NeverUsed],
        ),
        (
            LastActivity::Unknown,
            Usage::Unknown,
            vec![FindingKind::ActivityUnknown],
        ),
    ] {
        assert_eq!(
            Usage::of(last_activity, 60, as_of().now),
            usage,
            "{last_activity:?}"
        );
        assert_eq!(
            found(&account("1").used(last_activity), &seat(None)),
            kinds,
            "{last_activity:?}"
        );
    }
}

#[test]
fn a_new_seat_has_thirty_days_of_grace() {
    let old = || Some(days_ago(900));
    for (created, assigned, spared) in [
        (Some(days_ago(29)), None, true),
        (Some(days_ago(30) + 1.second()), None, true),
        (Some(days_ago(30)), None, false),
        (old(), Some(days_ago(29)), true),
        (old(), Some(days_ago(30)), false),
        (Some(days_ago(1)), old(), true),
        (None, None, false),
    ] {
        for last_activity in [LastActivity::Never, at(400)] {
            let account = Account {
                created_at: created,
                ..account("1").used(last_activity)
            };
            let assessment = judge(
                &account,
                &seat(assigned),
                &held_by(&person("E1")),
                &ReclamationRules::default(),
            );
            assert_eq!(
                assessment.is_reclaimable(),
                !spared,
                "{created:?} {assigned:?}"
            );
            assert_eq!(
                assessment.spared,
                spared.then_some(Spared::Grace),
                "{created:?} {assigned:?}"
            );
        }
    }
}

#[test]
fn grace_changes_nothing_for_a_seat_in_use() {
    let account = account("1").used(at(1)).made(days_ago(2));
    let assessment = judge(
        &account,
        &seat(None),
        &held_by(&person("E1")),
        &ReclamationRules::default(),
    );
    assert_eq!((assessment.usage, assessment.spared), (Usage::InUse, None));
}

#[test]
fn a_leaver_is_found_from_the_day_on_and_without_grace() {
    for (day, left) in [
        ("2026-11-22", true),
        ("2026-11-23", true),
        ("2026-11-24", false),
    ] {
        let ada = person("E1").left(day);
        for last_activity in [at(1), LastActivity::Unknown] {
            let account = account("1").used(last_activity).made(days_ago(2));
            let assessment = judge(
                &account,
                &seat(None),
                &held_by(&ada),
                &ReclamationRules::default(),
            );
            assert_eq!(assessment.is_reclaimable(), left, "{day} {last_activity:?}");
        }
    }
    let unknown_day = Person {
        employment: Employment::Left(None),
        ..person("E1")
    };
    let assessment = judge(
        &account("1"),
        &seat(None),
        &held_by(&unknown_day),
        &ReclamationRules::default(),
    );
    assert!(assessment.is_reclaimable());
}

#[test]
fn an_exempt_account_is_never_reclaimable_but_what_is_found_is_said() {
    let rules = ReclamationRules {
        exempt: vec![AccountPattern::new(Some("hub"), "ceo*").unwrap()],
        ..ReclamationRules::default()
    };
    let ada = person("E1").left("2026-01-01");
    let assessment = judge(
        &account("CEO-1").used(at(100)),
        &seat(None),
        &held_by(&ada),
        &rules,
    );
    assert_eq!(assessment.findings.len(), 2);
    assert!(!assessment.is_reclaimable());
    assert_eq!(
        assessment.spared,
        Some(Spared::Exempt {
            pattern: "ceo*".into()
        })
    );
}

#[test]
fn an_account_without_one_owner_is_no_waste() {
    let (ada, eve) = (person("E1"), person("E2").left("2020-01-01"));
    let evidence = Evidence {
        rule: MatchRule::Alias,
        value: "x@example.com".into(),
    };
    let ambiguous = Match::Ambiguous {
        people: vec![&ada, &eve],
        evidence,
    };
    for (holder, kind) in [
        (
            Match::Unmatched { mapped_to: None },
            Some(FindingKind::Unmatched),
        ),
        (ambiguous, Some(FindingKind::Ambiguous)),
        (Match::Guest, None),
        (Match::NotAPerson, None),
        (
            Match::Excluded {
                pattern: "x".into(),
            },
            None,
        ),
    ] {
        let assessment = judge(
            &account("1").used(at(1)),
            &seat(None),
            &holder,
            &ReclamationRules::default(),
        );
        assert_eq!(assessment.findings.first().map(Finding::kind), kind);
        assert!(!assessment.is_reclaimable());
    }
}

#[test]
fn findings_read_as_sentences() {
    let since = days_ago(114);
    for (finding, sentence) in [
        (
            Finding::Inactive {
                since,
                days: 114,
                rule_days: 60,
            },
            "last used 2026-08-01, 114 days ago; rule: inactive 60 days",
        ),
        (
            Finding::NeverUsed {
                held_since: Some(since),
            },
            "never used, held since 2026-08-01",
        ),
        (
            Finding::NeverUsed { held_since: None },
            "never used, held since an unknown day",
        ),
        (
            Finding::Leaver {
                employee_number: "E7".into(),
                name: "Ada".into(),
                left_on: Some(as_of().today),
            },
            "Ada (E7) left on 2026-11-23",
        ),
        (
            Finding::Leaver {
                employee_number: "E7".into(),
                name: "Ada".into(),
                left_on: None,
            },
            "Ada (E7) left",
        ),
        (
            Finding::Ambiguous {
                people: vec!["E1".into(), "E2".into()],
                value: "a@b".into(),
            },
            "a@b matches E1 and E2",
        ),
    ] {
        assert_eq!(finding.to_string(), sentence);
    }
}

#[test]
fn findings_have_stable_words() {
    let finding = Finding::Inactive {
        since: days_ago(114),
        days: 114,
        rule_days: 60,
    };
    let json = r#"{"finding":"inactive","since":"2026-08-01T12:00:00Z","days":114,"rule_days":60}"#;
    assert_eq!(serde_json::to_string(&finding).unwrap(), json);
}
