use super::*;
use crate::fixtures::{
    AccountWords, EntitlementWords, PersonWords, account, as_of, days_ago, entitlement, person,
};
use crate::{AccountPattern, Amount, Attention, CandidateState, ComplianceStatus, CostGap};
use purser_model::{AccountKind, LastActivity, Money, Seat};

fn at(days: i64) -> LastActivity {
    LastActivity::At(days_ago(days))
}

fn seat(id: &str, last_activity: LastActivity) -> Account {
    account(id).numbered(id).used(last_activity).holding("seat")
}

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// Reconciles one application called hub.
fn hub(
    accounts: &[Account],
    entitlements: &[Entitlement],
    people: &[Person],
    rules: &Rules,
) -> Reconciliation {
    let applications = [Application {
        name: "hub",
        accounts,
        activity: &[],
        products: &[],
    }];
    let input = Input {
        applications: &applications,
        entitlements,
        people,
        rules,
        as_of: as_of(),
    };
    reconcile(&input).unwrap()
}

/// Two in use, one inactive, one never used, one unknown, one leaver in use; everybody is known.
fn crew() -> (Vec<Account>, Vec<Person>) {
    let accounts = vec![
        seat("E1", at(0)),
        seat("E2", at(59)),
        seat("E3", at(60)),
        seat("E4", LastActivity::Never),
        seat("E5", LastActivity::Unknown),
        seat("E6", at(2)),
    ];
    let mut people: Vec<Person> = ["E1", "E2", "E3", "E4", "E5"].map(person).into();
    people.push(person("E6").left("2026-10-01"));
    (accounts, people)
}

#[test]
fn a_position_adds_up() {
    let (accounts, people) = crew();
    let owned = [
        entitlement("PO-1", 8).costing("120 EUR"),
        entitlement("PO-2", 2).costing("120 EUR"),
    ];
    let result = hub(&accounts, &owned, &people, &Rules::default());
    let position = result.position("hub", "seat").unwrap();
    let counts = |figures: &[Figure]| {
        figures
            .iter()
            .map(|figure| position.figure(*figure))
            .collect::<Vec<_>>()
    };
    use Figure::{Allocated, InUse, Inactive, NeverUsed, Owned, Unknown};
    assert_eq!(
        counts(&[Owned, Allocated, InUse, Inactive, NeverUsed, Unknown]),
        [10, 6, 3, 1, 1, 1].map(Amount::Seats)
    );
    use Figure::{Available, OverLicensed, Reclaimable, Required, Shortfall};
    assert_eq!(
        counts(&[Reclaimable, Required, Available, OverLicensed, Shortfall]),
        [3, 3, 4, 7, 0].map(Amount::Seats)
    );
    assert_eq!(position.status, ComplianceStatus::OverLicensed);
    assert_eq!(position.potential_savings, Some(money("360 EUR")));
    assert_eq!(position.true_up_cost, Some(money("0 EUR")));
    assert_eq!(result.totals.potential_savings, [money("360 EUR")]);
    assert_eq!(result.totals.true_up_cost, []);
}

#[test]
fn a_position_has_one_status() {
    let held = |count: usize, last_activity| -> Vec<Account> {
        (0..count)
            .map(|id| seat(&format!("E{id}"), last_activity))
            .collect()
    };
    let people: Vec<Person> = (0..9).map(|id| person(&format!("E{id}"))).collect();
    for (owned, accounts, status, true_up) in [
        (
            5,
            held(5, at(1)),
            ComplianceStatus::Compliant,
            Some("0 EUR"),
        ),
        (
            5,
            held(4, at(1)),
            ComplianceStatus::OverLicensed,
            Some("0 EUR"),
        ),
        (
            5,
            held(5, at(90)),
            ComplianceStatus::OverLicensed,
            Some("0 EUR"),
        ),
        (
            5,
            held(5, LastActivity::Unknown),
            ComplianceStatus::Compliant,
            Some("0 EUR"),
        ),
        (
            5,
            held(7, at(1)),
            ComplianceStatus::NotCompliant,
            Some("20 EUR"),
        ),
        (
            5,
            held(7, at(90)),
            ComplianceStatus::NotCompliant,
            Some("20 EUR"),
        ),
        (5, held(0, at(1)), ComplianceStatus::Unused, Some("0 EUR")),
        (0, held(2, at(1)), ComplianceStatus::Unlicensed, None),
    ] {
        let result = hub(
            &accounts,
            &[entitlement("PO", owned).costing("10 EUR")],
            &people,
            &Rules::default(),
        );
        let position = result
            .position("hub", "seat")
            .unwrap_or_else(|| panic!("{status:?}"));
        assert_eq!(
            (position.status, position.true_up_cost),
            (status, true_up.map(money))
        );
    }
}

#[test]
fn an_entitlement_counts_on_its_days_only() {
    let ended = Entitlement {
        end: Some("2026-11-22".parse().unwrap()),
        ..entitlement("OLD", 50).costing("9 EUR")
    };
    let last_day = Entitlement {
        end: Some(as_of().today),
        ..entitlement("NOW", 3).costing("10 EUR")
    };
    let result = hub(
        &[seat("E1", at(1))],
        &[ended, last_day],
        &[person("E1")],
        &Rules::default(),
    );
    let position = result.position("hub", "seat").unwrap();
    assert_eq!(
        (position.owned, position.seat_cost),
        (3, Some(money("10 EUR")))
    );
}

#[test]
fn currencies_are_never_added() {
    let accounts = [
        seat("E1", at(90)).holding("pro").holding("max"),
        seat("E2", at(90)).holding("pro"),
    ];
    let owned = [
        entitlement("A", 5).costing("10 EUR"),
        entitlement("B", 5).costing("20 USD").to("hub", "pro"),
        entitlement("C", 5).costing("1 EUR").to("hub", "max"),
        entitlement("D", 5).costing("1 USD").to("hub", "max"),
    ];
    let result = hub(
        &accounts,
        &owned,
        &[person("E1"), person("E2")],
        &Rules::default(),
    );
    assert_eq!(
        result.totals.potential_savings,
        [money("20 EUR"), money("40 USD")]
    );
    assert_eq!(result.totals.reclaimable_without_cost, 1);
    let mixed = result.position("hub", "max").unwrap();
    assert_eq!(
        (mixed.potential_savings, mixed.cost_gap),
        (None, Some(CostGap::MixedCurrencies))
    );
}

#[test]
fn candidates_say_what_they_save_and_who_must_look() {
    let (mut accounts, people) = crew();
    accounts.push(seat("bot", at(100)).of_kind(AccountKind::Service));
    accounts.push(seat("nobody", at(3)));
    accounts.push(seat("nobody-idle", at(300)));
    let mut through_group = seat("E2", at(200));
    through_group.id = "group".into();
    through_group.seats = vec![Seat {
        product: "seat".into(),
        assigned_at: None,
        inherited_from: Some("staff".into()),
    }];
    accounts.push(through_group);
    let result = hub(
        &accounts,
        &[entitlement("PO", 9).costing("12 EUR")],
        &people,
        &Rules::default(),
    );
    use CandidateState::{AttentionRequired, Ready};
    let told: Vec<_> = result
        .candidates
        .iter()
        .map(|candidate| {
            (
                candidate.account.as_str(),
                candidate.state,
                candidate.yearly_saving.is_some(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("nobody-idle", AttentionRequired, true),
            ("group", AttentionRequired, true),
            ("bot", AttentionRequired, true),
            ("E3", Ready, true),
            ("E6", Ready, true),
            ("E4", Ready, true),
            ("nobody", AttentionRequired, false),
        ]
    );
    let idle = &result.candidates[0];
    assert_eq!(
        idle.evidence,
        "last used 2026-01-27, 300 days ago; rule: inactive 60 days; no matching person"
    );
    assert_eq!(idle.attention, [Attention::NoOwner]);
    assert_eq!(
        result.candidates[1].attention,
        [Attention::Inherited {
            group: "staff".into()
        }]
    );
    assert_eq!(
        result.candidates[4]
            .person
            .as_ref()
            .unwrap()
            .employee_number,
        "E6"
    );
    assert_eq!(
        result.position("hub", "seat").unwrap().potential_savings,
        Some(money("72 EUR"))
    );
}

#[test]
fn an_exempt_account_is_no_candidate_and_is_counted_as_exempt() {
    let (accounts, people) = crew();
    let mut rules = Rules::default();
    rules.reclamation.exempt = ["E3", "E6"]
        .map(|id| AccountPattern::new(Some("hub"), id).unwrap())
        .into_iter()
        .collect();
    let result = hub(&accounts, &[], &people, &rules);
    let proposed: Vec<_> = result
        .candidates
        .iter()
        .map(|candidate| candidate.account.as_str())
        .collect();
    assert_eq!(proposed, ["E4"]);
    let position = result.position("hub", "seat").unwrap();
    assert_eq!(
        (position.exempt, position.inactive, position.reclaimable),
        (2, 1, 1)
    );
}

#[test]
fn the_largest_saving_comes_first() {
    let accounts = [
        seat("E1", at(900)),
        account("E2").numbered("E2").used(at(70)).holding("pro"),
    ];
    let owned = [
        entitlement("A", 5).costing("10 EUR"),
        entitlement("B", 5).costing("99 EUR").to("hub", "pro"),
    ];
    let result = hub(
        &accounts,
        &owned,
        &[person("E1"), person("E2")],
        &Rules::default(),
    );
    let order: Vec<_> = result
        .candidates
        .iter()
        .map(|candidate| candidate.account.as_str())
        .collect();
    assert_eq!(order, ["E2", "E1"]);
}

#[test]
fn an_application_that_does_not_tell_wastes_nothing() {
    let accounts: Vec<Account> = (0..40)
        .map(|id| seat(&format!("E{id}"), LastActivity::Unknown))
        .collect();
    let people: Vec<Person> = (0..40).map(|id| person(&format!("E{id}"))).collect();
    let result = hub(
        &accounts,
        &[entitlement("A", 40).costing("10 EUR")],
        &people,
        &Rules::default(),
    );
    let position = result.position("hub", "seat").unwrap();
    assert_eq!(
        (position.unknown, position.reclaimable, position.required),
        (40, 0, 40)
    );
    assert!(result.candidates.is_empty());
    assert_eq!(
        result.findings,
        BTreeMap::from([(FindingKind::ActivityUnknown, 40)])
    );
    let notices: Vec<_> = result.notices.iter().map(Notice::to_string).collect();
    assert_eq!(
        notices,
        ["hub: activity unknown: 40 seats cannot be judged, which is all of them"]
    );
}

#[test]
fn activity_of_the_account_or_of_the_product_counts_and_of_another_product_does_not() {
    let record = |product: Option<&str>, last_activity| Activity {
        account: "E1".into(),
        product: product.map(str::to_owned),
        last_activity,
    };
    for (records, reclaimable) in [
        (vec![], 1),
        (vec![record(None, at(5))], 0),
        (vec![record(Some("seat"), at(5)), record(None, at(300))], 0),
        (vec![record(Some("other"), at(5))], 1),
        (
            vec![
                record(None, LastActivity::Unknown),
                record(None, LastActivity::Never),
            ],
            1,
        ),
        (
            vec![Activity {
                account: "E2".into(),
                ..record(None, at(5))
            }],
            1,
        ),
    ] {
        let accounts = [seat("E1", at(100))];
        let applications = [Application {
            name: "hub",
            accounts: &accounts,
            activity: &records,
            products: &[],
        }];
        let (people, rules) = ([person("E1")], Rules::default());
        let input = Input {
            applications: &applications,
            entitlements: &[],
            people: &people,
            rules: &rules,
            as_of: as_of(),
        };
        let result = reconcile(&input).unwrap();
        assert_eq!(
            result.position("hub", "seat").unwrap().reclaimable,
            reclaimable,
            "{records:?}"
        );
    }
}

#[test]
fn a_product_held_twice_is_one_seat() {
    let mut twice = seat("E1", at(90)).holding("seat");
    twice.seats[1].inherited_from = Some("staff".into());
    twice.seats[1].assigned_at = Some(days_ago(3));
    let result = hub(&[twice], &[], &[person("E1")], &Rules::default());
    let position = result.position("hub", "seat").unwrap();
    assert_eq!(
        (position.allocated, position.in_grace, position.reclaimable),
        (1, 1, 0)
    );
}

#[test]
fn what_cannot_be_told_is_said() {
    let mut rules = Rules::default();
    rules.matching.mappings =
        BTreeMap::from([("hub".into(), BTreeMap::from([("a".into(), "E404".into())]))]);
    let accounts = [
        account("a"),
        account("b"),
        seat("E1", at(1)),
        seat("E2", LastActivity::Unknown),
    ];
    let owned = [
        entitlement("PO-9", 5).to("crm", "pro"),
        entitlement("PO-8", 5).to("crm", "max"),
        entitlement("PO-9", 5).to("crm", "max"),
    ];
    let result = hub(&accounts, &owned, &[person("E1"), person("E2")], &rules);
    let notices: Vec<_> = result.notices.iter().map(Notice::to_string).collect();
    assert_eq!(
        notices,
        [
            "crm: not read, so the position of PO-8, PO-9 is not known",
            "hub: activity unknown: 1 of 2 seats cannot be judged",
            "hub: 2 accounts hold no seat and are in no position",
            "hub: 1 accounts are mapped to employee numbers that the directory does not have",
        ]
    );
    assert!(result.position("crm", "pro").is_none());
    assert_eq!(
        (
            result.matches.accounts,
            result.matches.matched,
            result.matches.unmatched
        ),
        (4, 2, 2)
    );
}

#[test]
fn every_figure_shows_its_rows() {
    let (accounts, people) = crew();
    let result = hub(
        &accounts,
        &[entitlement("PO-1", 10).costing("120 EUR")],
        &people,
        &Rules::default(),
    );
    let rows = |figure| -> Vec<&str> {
        let explanation = result.explain("hub", "seat", figure).unwrap();
        explanation
            .seats
            .iter()
            .map(|row| row.account.as_str())
            .collect()
    };
    assert_eq!(rows(Figure::Reclaimable), ["E3", "E4", "E6"]);
    assert_eq!(rows(Figure::PotentialSavings), ["E3", "E4", "E6"]);
    assert_eq!(rows(Figure::Required), ["E1", "E2", "E5"]);
    assert_eq!(rows(Figure::Unknown), ["E5"]);
    assert_eq!(rows(Figure::Owned), Vec::<&str>::new());
    let owned = result.explain("hub", "seat", Figure::Owned).unwrap();
    assert_eq!(owned.entitlements[0].reference, "PO-1");
    assert!(result.explain("hub", "nothing", Figure::Owned).is_none());
}

#[test]
fn a_product_that_is_only_listed_has_a_position() {
    let products = [purser_model::Product {
        id: "pro".into(),
        name: "Pro".into(),
        purchased: Some(7),
        assigned: Some(0),
    }];
    let applications = [Application {
        name: "hub",
        accounts: &[],
        activity: &[],
        products: &products,
    }];
    let rules = Rules::default();
    let input = Input {
        applications: &applications,
        entitlements: &[],
        people: &[],
        rules: &rules,
        as_of: as_of(),
    };
    let result = reconcile(&input).unwrap();
    assert_eq!(result.positions[0].reported_purchased, Some(7));
    assert_eq!(result.positions[0].status, ComplianceStatus::Compliant);
}

#[test]
fn connections_of_one_application_count_together_and_stay_apart() {
    let product = |purchased| purser_model::Product {
        id: "seat".into(),
        name: "Seat".into(),
        purchased,
        assigned: None,
    };
    let (people, rules) = ([person("E1")], Rules::default());
    let owned = [entitlement("PO-1", 5).costing("10 EUR")];
    let mut reconciler = Reconciler::new(&people, &owned, &rules, as_of()).unwrap();
    for (connection, purchased) in [("eu", Some(3)), ("us", Some(4))] {
        let products = [product(purchased)];
        reconciler
            .application("hub", &products, &[])
            .through(connection)
            .account(&seat("E1", at(90)));
    }
    let result = reconciler.finish().unwrap();
    let position = result.position("hub", "seat").unwrap();
    assert_eq!(
        (
            position.allocated,
            position.reported_purchased,
            position.reported_assigned
        ),
        (2, Some(7), None)
    );
    let connections: Vec<_> = result
        .candidates
        .iter()
        .map(|candidate| candidate.connection.as_deref())
        .collect();
    assert_eq!(connections, [Some("eu"), Some("us")]);
}

#[test]
fn senseless_rules_and_impossible_money_are_the_operators_to_mend() {
    let mut rules = Rules::default();
    rules.reclamation.inactive_after_days = 0;
    let huge = [entitlement("A", u32::MAX).costing("79228162514264337593543950335 EUR")];
    for (entitlements, rules) in [(&[][..], &rules), (&huge[..], &Rules::default())] {
        let input = Input {
            applications: &[],
            entitlements,
            people: &[],
            rules,
            as_of: as_of(),
        };
        let error = reconcile(&input).unwrap_err();
        assert_eq!(error.blame(), Blame::Operator);
        assert!(error.next_step().is_some());
    }
}

#[test]
fn the_result_has_stable_names() {
    let (accounts, people) = crew();
    let result = hub(
        &accounts,
        &[entitlement("PO-1", 10).costing("12.50 EUR")],
        &people,
        &Rules::default(),
    );
    let json = serde_json::to_value(&result).unwrap();
    assert_eq!(json["positions"][0]["status"], "over-licensed");
    assert_eq!(
        json["positions"][0]["seat_cost"],
        serde_json::json!({"amount": "12.50", "currency": "EUR"})
    );
    assert_eq!(json["totals"]["potential_savings"][0]["amount"], "37.50");
    assert_eq!(json["candidates"][0]["state"], "ready");
    assert_eq!(json["findings"]["never-used"], 1);
    assert_eq!(json["matches"]["by_rule"]["employee-number"], 6);
    assert!(json.get("books").is_none());
    let explanation =
        serde_json::to_value(result.explain("hub", "seat", Figure::NeverUsed)).unwrap();
    assert_eq!(
        (&explanation["figure"], &explanation["value"]),
        (&"never_used".into(), &1.into())
    );
}

#[test]
fn where_nobody_at_all_is_active_idle_seats_wait_for_somebody_to_look() {
    let mut accounts: Vec<_> = (0..12)
        .map(|id| seat(&format!("E{id}"), at(60 + id)))
        .collect();
    accounts.push(seat("E12", LastActivity::Never));
    let mut people: Vec<Person> = (0..12).map(|id| person(&format!("E{id}"))).collect();
    people.push(person("E12").left("2026-10-01"));
    let result = hub(&accounts, &[], &people, &Rules::default());
    let since = days_ago(60);
    let frozen = Notice::ActivityFrozen {
        application: "hub".into(),
        connection: None,
        since,
        accounts: 12,
    };
    assert!(result.notices.contains(&frozen), "{:?}", result.notices);
    let waiting = |candidate: &&Candidate| {
        candidate
            .attention
            .contains(&Attention::ActivityFrozen { since })
    };
    assert_eq!(result.candidates.iter().filter(waiting).count(), 12);
    let ready: Vec<_> = result
        .candidates
        .iter()
        .filter(|one| one.state == CandidateState::Ready)
        .collect();
    assert_eq!(ready.len(), 1, "whoever has left needs no seat");

    // One person who works suffices.
    accounts.push(seat("E13", at(1)));
    let result = hub(&accounts, &[], &people, &Rules::default());
    assert!(
        !result
            .candidates
            .iter()
            .any(|candidate| waiting(&candidate)),
        "{:?}",
        result.candidates
    );
}
