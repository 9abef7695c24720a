//! Positions: counts, costs and rows of a product.

use super::*;

#[test]
fn position_counts_and_costs_add_up() {
    let input = HubInput {
        entitlements: vec![
            entitlement("PO-1", 8).with_unit_cost("120 EUR"),
            entitlement("PO-2", 2).with_unit_cost("120 EUR"),
        ],
        ..sample_input()
    };

    let result = input.reconcile();

    let position = result.position("hub", "seat").unwrap();
    for (figure, seats) in [
        (Figure::Owned, 10),
        (Figure::Allocated, 6),
        (Figure::InUse, 3),
        (Figure::Inactive, 1),
        (Figure::NeverUsed, 1),
        (Figure::Unknown, 1),
        (Figure::Reclaimable, 3),
        (Figure::Required, 3),
        (Figure::Available, 4),
        (Figure::OverLicensed, 7),
        (Figure::Shortfall, 0),
    ] {
        assert_eq!(position.figure(figure), Amount::Seats(seats), "{figure}");
    }
    assert_eq!(position.status, ComplianceStatus::OverLicensed);
    assert_eq!(position.potential_savings, Some(money("360 EUR")));
    assert_eq!(position.true_up_cost, Some(money("0 EUR")));

    assert_eq!(result.totals.potential_savings, [money("360 EUR")]);
    assert_eq!(result.totals.true_up_cost, []);
}

#[test]
fn position_status_follows_from_owned_and_required_seats() {
    let in_use = used_days_ago(1);
    let idle = used_days_ago(90);

    for (owned, held, last_activity, status, true_up) in [
        (5, 5, in_use, ComplianceStatus::Compliant, Some("0 EUR")),
        (5, 4, in_use, ComplianceStatus::OverLicensed, Some("0 EUR")),
        (5, 5, idle, ComplianceStatus::OverLicensed, Some("0 EUR")),
        (
            5,
            5,
            LastActivity::Unknown,
            ComplianceStatus::Compliant,
            Some("0 EUR"),
        ),
        (5, 7, in_use, ComplianceStatus::NotCompliant, Some("20 EUR")),
        (5, 7, idle, ComplianceStatus::NotCompliant, Some("20 EUR")),
        (5, 0, in_use, ComplianceStatus::Unused, Some("0 EUR")),
        (0, 2, in_use, ComplianceStatus::Unlicensed, None),
    ] {
        let input = HubInput {
            accounts: (0..held)
                .map(|id| seat_account(&format!("E{id}"), last_activity))
                .collect(),
            entitlements: vec![entitlement("PO", owned).with_unit_cost("10 EUR")],
            people: numbered_people(9),
            ..HubInput::default()
        };

        let result = input.reconcile();

        let position = result.position("hub", "seat").unwrap();
        let case = format!("{owned} owned, {held} held, {last_activity:?}");
        assert_eq!(position.status, status, "{case}");
        assert_eq!(position.true_up_cost, true_up.map(money), "{case}");
    }
}

#[test]
fn entitlement_counts_through_its_last_day() {
    let ended_yesterday = Entitlement {
        end: Some("2026-11-22".parse().unwrap()),
        ..entitlement("OLD", 50).with_unit_cost("9 EUR")
    };
    let ends_today = Entitlement {
        end: Some(as_of().today),
        ..entitlement("NOW", 3).with_unit_cost("10 EUR")
    };
    let input = HubInput {
        accounts: vec![seat_account("E1", used_days_ago(1))],
        entitlements: vec![ended_yesterday, ends_today],
        people: vec![person("E1")],
        ..HubInput::default()
    };

    let result = input.reconcile();

    let position = result.position("hub", "seat").unwrap();
    assert_eq!(position.owned, 3);
    assert_eq!(position.seat_cost, Some(money("10 EUR")));
}

#[test]
fn amounts_of_different_currencies_are_not_added() {
    let input = HubInput {
        accounts: vec![
            seat_account("E1", used_days_ago(90))
                .with_seat("pro")
                .with_seat("max"),
            seat_account("E2", used_days_ago(90)).with_seat("pro"),
        ],
        entitlements: vec![
            entitlement("A", 5).with_unit_cost("10 EUR"),
            entitlement("B", 5)
                .with_unit_cost("20 USD")
                .with_product("hub", "pro"),
            entitlement("C", 5)
                .with_unit_cost("1 EUR")
                .with_product("hub", "max"),
            entitlement("D", 5)
                .with_unit_cost("1 USD")
                .with_product("hub", "max"),
        ],
        people: vec![person("E1"), person("E2")],
        ..HubInput::default()
    };

    let result = input.reconcile();

    let totals = &result.totals;
    assert_eq!(totals.potential_savings, [money("20 EUR"), money("40 USD")]);
    assert_eq!(totals.reclaimable_without_cost, 1);

    let mixed = result.position("hub", "max").unwrap();
    assert_eq!(mixed.potential_savings, None);
    assert_eq!(mixed.cost_gap, Some(CostGap::MixedCurrencies));
}

#[test]
fn product_held_twice_is_one_seat_with_the_later_grace() {
    let mut twice = seat_account("E1", used_days_ago(90)).with_seat("seat");
    twice.seats[1].inherited_from = Some("staff".into());
    twice.seats[1].assigned_at = Some(days_ago(3));
    let input = HubInput {
        accounts: vec![twice],
        people: vec![person("E1")],
        ..HubInput::default()
    };

    let result = input.reconcile();

    let position = result.position("hub", "seat").unwrap();
    assert_eq!(position.allocated, 1);
    assert_eq!(position.in_grace, 1);
    assert_eq!(position.reclaimable, 0);
}

#[test]
fn listed_product_without_seats_has_a_position() {
    let input = HubInput {
        products: vec![Product {
            id: "pro".into(),
            name: "Pro".into(),
            purchased: Some(7),
            assigned: Some(0),
        }],
        ..HubInput::default()
    };

    let result = input.reconcile();

    assert_eq!(result.positions[0].reported_purchased, Some(7));
    assert_eq!(result.positions[0].status, ComplianceStatus::Compliant);
}

#[test]
fn connections_of_one_application_share_a_position_and_keep_their_accounts_apart() {
    let people = [person("E1")];
    let owned = [entitlement("PO-1", 5).with_unit_cost("10 EUR")];
    let rules = Rules::default();
    let mut reconciler = Reconciler::new(&people, &owned, &rules, as_of()).unwrap();

    for (connection, purchased) in [("eu", 3), ("us", 4)] {
        let products = [Product {
            id: "seat".into(),
            name: "Seat".into(),
            purchased: Some(purchased),
            assigned: None,
        }];
        reconciler
            .add_application("hub", &products, &[])
            .with_connection(connection)
            .add_account(&seat_account("E1", used_days_ago(90)));
    }
    let result = reconciler.finish().unwrap();

    let position = result.position("hub", "seat").unwrap();
    assert_eq!(position.allocated, 2);
    assert_eq!(position.reported_purchased, Some(7));
    assert_eq!(position.reported_assigned, None);
    let connections: Vec<_> = result
        .candidates
        .iter()
        .map(|candidate| candidate.connection.as_deref())
        .collect();
    assert_eq!(connections, [Some("eu"), Some("us")]);
}

#[test]
fn explanation_lists_the_rows_of_a_figure() {
    let input = HubInput {
        entitlements: vec![entitlement("PO-1", 10).with_unit_cost("120 EUR")],
        ..sample_input()
    };

    let result = input.reconcile();

    let accounts = |figure| -> Vec<&str> {
        let explanation = result.explain("hub", "seat", figure).unwrap();
        explanation
            .seats
            .iter()
            .map(|row| row.account.as_str())
            .collect()
    };
    assert_eq!(accounts(Figure::Reclaimable), ["E3", "E4", "E6"]);
    assert_eq!(accounts(Figure::PotentialSavings), ["E3", "E4", "E6"]);
    assert_eq!(accounts(Figure::Required), ["E1", "E2", "E5"]);
    assert_eq!(accounts(Figure::Unknown), ["E5"]);
    assert_eq!(accounts(Figure::Owned), Vec::<&str>::new());

    let owned = result.explain("hub", "seat", Figure::Owned).unwrap();
    assert_eq!(owned.entitlements[0].reference, "PO-1");
    assert!(result.explain("hub", "nothing", Figure::Owned).is_none());
}

#[test]
fn seats_owned_and_held_by_no_account_have_a_cost() {
    let input = HubInput {
        entitlements: vec![
            entitlement("PO-1", 10).with_unit_cost("12 EUR"),
            entitlement("PO-2", 4)
                .with_product("hub", "typo")
                .with_unit_cost("5 USD"),
        ],
        ..sample_input()
    };

    let result = input.reconcile();

    let position = result.position("hub", "seat").unwrap();
    assert_eq!(position.available, 4);
    assert_eq!(position.available_cost, Some(money("48 EUR")));
    assert_eq!(
        result.totals.available_cost,
        [money("48 EUR"), money("20 USD")]
    );
    assert_eq!(
        notice_texts(&result),
        [
            "hub: activity unknown: 1 of 6 seats cannot be judged",
            "hub: entitlements name the product typo, which it does not have; it has seat",
        ]
    );
}

#[test]
fn purchases_that_the_application_counts_otherwise_are_said() {
    let listed = |id: &str, purchased| Product {
        id: id.into(),
        name: id.into(),
        purchased,
        assigned: None,
    };
    let input = HubInput {
        products: vec![
            listed("seat", Some(12)),
            listed("pro", Some(7)),
            listed("max", None),
        ],
        entitlements: vec![
            entitlement("PO-1", 10),
            entitlement("PO-2", 7).with_product("hub", "pro"),
        ],
        ..HubInput::default()
    };

    assert_eq!(
        notice_texts(&input.reconcile()),
        ["hub: the application counts 12 seats of seat as bought, and the entitlements 10"]
    );
}
