//! Tests of the assessment of one seat.

use super::*;
use crate::finding::FindingKind;
use crate::fixtures::{
    AccountBuilder, PersonBuilder, account, as_of, days_ago, person, used_days_ago,
};
use crate::matching::{Evidence, MatchRule};
use crate::pattern::AccountPattern;
use jiff::{SignedDuration, ToSpan};
use purser_model::{Account, Person, Seat};

fn seat(assigned_at: Option<Timestamp>) -> Seat {
    Seat {
        product: "seat".into(),
        assigned_at,
        inherited_from: None,
    }
}

fn held_by(person: &Person) -> Match<'_> {
    Match::Person {
        person,
        evidence: Evidence {
            rule: MatchRule::EmployeeNumber,
            value: "E1".into(),
        },
        others: Vec::new(),
        contradicted: false,
    }
}

fn assess(
    account: &Account,
    seat: &Seat,
    holder: &Match<'_>,
    rules: &ReclamationRules,
) -> Assessment {
    let subscription = Subscription {
        application: "hub",
        connection: None,
        account,
        seat,
        last_activity: account.last_activity,
        read_at: None,
        missing_since: None,
        holder,
    };

    Assessment::new(&subscription, rules, as_of())
}

/// Assesses an undated seat by the default rules.
fn assess_by_default_rules(account: &Account, holder: &Match<'_>) -> Assessment {
    assess(account, &seat(None), holder, &ReclamationRules::default())
}

fn finding_kinds(assessment: &Assessment) -> Vec<FindingKind> {
    assessment.findings.iter().map(Finding::kind).collect()
}

#[test]
fn seat_is_inactive_from_the_sixtieth_whole_day() {
    let ada = person("E1");
    let almost_sixty_days = LastActivity::At(days_ago(60) + SignedDuration::from_millis(1));

    for (last_activity, usage, kinds) in [
        (used_days_ago(59), Usage::InUse, vec![]),
        (almost_sixty_days, Usage::InUse, vec![]),
        (
            used_days_ago(60),
            Usage::Inactive,
            vec![FindingKind::Inactive],
        ),
        (
            used_days_ago(61),
            Usage::Inactive,
            vec![FindingKind::Inactive],
        ),
        (used_days_ago(-1), Usage::InUse, vec![]),
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
        let account = account("1").with_activity(last_activity);

        let assessment = assess_by_default_rules(&account, &held_by(&ada));

        assert_eq!(assessment.usage, usage, "{last_activity:?}");
        assert_eq!(finding_kinds(&assessment), kinds, "{last_activity:?}");
    }
}

#[test]
fn new_seat_has_thirty_days_of_grace() {
    let ada = person("E1");
    let old = Some(days_ago(900));

    for (created, assigned, is_in_grace) in [
        (Some(days_ago(29)), None, true),
        (Some(days_ago(30) + 1.second()), None, true),
        (Some(days_ago(30)), None, false),
        (old, Some(days_ago(29)), true),
        (old, Some(days_ago(30)), false),
        (Some(days_ago(1)), old, true),
        (None, None, false),
    ] {
        for last_activity in [LastActivity::Never, used_days_ago(400)] {
            let account = Account {
                created_at: created,
                ..account("1").with_activity(last_activity)
            };

            let assessment = assess(
                &account,
                &seat(assigned),
                &held_by(&ada),
                &ReclamationRules::default(),
            );

            let case = format!("{created:?} {assigned:?} {last_activity:?}");
            assert_eq!(assessment.is_reclaimable(), !is_in_grace, "{case}");
            assert_eq!(
                assessment.not_reclaimable,
                is_in_grace.then_some(NotReclaimable::Grace),
                "{case}"
            );
        }
    }
}

#[test]
fn new_seat_in_use_is_not_in_grace() {
    let account = account("1")
        .with_activity(used_days_ago(1))
        .with_creation(days_ago(2));

    let assessment = assess_by_default_rules(&account, &held_by(&person("E1")));

    assert_eq!(assessment.usage, Usage::InUse);
    assert_eq!(assessment.not_reclaimable, None);
}

#[test]
fn leaver_is_reclaimable_from_the_day_of_leaving_even_in_grace() {
    for (day, has_left) in [
        ("2026-11-22", true),
        ("2026-11-23", true),
        ("2026-11-24", false),
    ] {
        let ada = person("E1").who_left_on(day);
        for last_activity in [used_days_ago(1), LastActivity::Unknown] {
            let account = account("1")
                .with_activity(last_activity)
                .with_creation(days_ago(2));

            let assessment = assess_by_default_rules(&account, &held_by(&ada));

            assert_eq!(
                assessment.is_reclaimable(),
                has_left,
                "{day} {last_activity:?}"
            );
        }
    }
}

#[test]
fn leaver_without_a_leaving_day_is_reclaimable() {
    let ada = Person {
        employment: Employment::Left(None),
        ..person("E1")
    };

    let assessment = assess_by_default_rules(&account("1"), &held_by(&ada));

    assert!(assessment.is_reclaimable());
}

#[test]
fn exempt_account_keeps_its_findings_and_is_not_reclaimable() {
    let rules = ReclamationRules {
        exempt: vec![AccountPattern::new(Some("hub"), "ceo*").unwrap()],
        ..ReclamationRules::default()
    };
    let ada = person("E1").who_left_on("2026-01-01");
    let account = account("CEO-1").with_activity(used_days_ago(100));

    let assessment = assess(&account, &seat(None), &held_by(&ada), &rules);

    assert_eq!(
        finding_kinds(&assessment),
        [FindingKind::Leaver, FindingKind::Inactive]
    );
    assert!(!assessment.is_reclaimable());
    let exempt = NotReclaimable::Exempt {
        pattern: "ceo*".into(),
    };
    assert_eq!(assessment.not_reclaimable, Some(exempt));
}

#[test]
fn seat_in_use_without_a_single_holder_is_not_reclaimable() {
    let ada = person("E1");
    let eve = person("E2").who_left_on("2020-01-01");
    let ambiguous = Match::Ambiguous {
        people: vec![&ada, &eve],
        evidence: Evidence {
            rule: MatchRule::Alias,
            value: "x@example.com".into(),
        },
    };
    let unmatched = Match::Unmatched { mapped_to: None };
    let excluded = Match::Excluded {
        pattern: "x".into(),
    };

    for (holder, kind) in [
        (unmatched, Some(FindingKind::Unmatched)),
        (ambiguous, Some(FindingKind::Ambiguous)),
        (Match::Guest, None),
        (Match::ServiceAccount, None),
        (excluded, None),
    ] {
        let account = account("1").with_activity(used_days_ago(1));

        let assessment = assess_by_default_rules(&account, &holder);

        assert_eq!(assessment.findings.first().map(Finding::kind), kind);
        assert!(!assessment.is_reclaimable());
    }
}
