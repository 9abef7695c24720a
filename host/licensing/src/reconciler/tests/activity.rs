//! Activity: its sources and its absence.

use super::*;

#[test]
fn application_that_reports_no_activity_has_no_waste() {
    let input = HubInput {
        accounts: (0..40)
            .map(|id| seat_account(&format!("E{id}"), LastActivity::Unknown))
            .collect(),
        entitlements: vec![entitlement("A", 40).with_unit_cost("10 EUR")],
        people: numbered_people(40),
        ..HubInput::default()
    };

    let result = input.reconcile();

    let position = result.position("hub", "seat").unwrap();
    assert_eq!(position.unknown, 40);
    assert_eq!(position.reclaimable, 0);
    assert_eq!(position.required, 40);
    assert!(result.candidates.is_empty());
    assert_eq!(
        result.findings,
        BTreeMap::from([(FindingKind::ActivityUnknown, 40)])
    );
    assert_eq!(
        notice_texts(&result),
        ["hub: activity unknown: 40 seats cannot be judged, which is all of them"]
    );
}

#[test]
fn only_activity_of_the_account_or_of_the_product_makes_a_seat_used() {
    let record = |product: Option<&str>, last_activity| Activity {
        account: "E1".into(),
        product: product.map(str::to_owned),
        last_activity,
    };
    let recent = used_days_ago(5);
    let of_another_account = Activity {
        account: "E2".into(),
        ..record(None, recent)
    };

    for (activity, reclaimable) in [
        (vec![], 1),
        (vec![record(None, recent)], 0),
        (
            vec![
                record(Some("seat"), recent),
                record(None, used_days_ago(300)),
            ],
            0,
        ),
        (vec![record(Some("other"), recent)], 1),
        (
            vec![
                record(None, LastActivity::Unknown),
                record(None, LastActivity::Never),
            ],
            1,
        ),
        (vec![of_another_account], 1),
    ] {
        let case = format!("{activity:?}");
        let input = HubInput {
            accounts: vec![seat_account("E1", used_days_ago(100))],
            activity,
            people: vec![person("E1")],
            ..HubInput::default()
        };

        let result = input.reconcile();

        let position = result.position("hub", "seat").unwrap();
        assert_eq!(position.reclaimable, reclaimable, "{case}");
    }
}
