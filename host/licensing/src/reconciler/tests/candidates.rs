//! Candidates: seats proposed for reclaim.

use super::*;

#[test]
fn candidates_have_saving_state_and_attention() {
    let mut input = HubInput {
        entitlements: vec![entitlement("PO", 9).with_unit_cost("12 EUR")],
        ..sample_input()
    };
    let service = seat_account("service", used_days_ago(100)).with_kind(AccountKind::Service);
    let mut inherited = seat_account("E2", used_days_ago(200));
    inherited.id = "inherited".into();
    inherited.seats = vec![Seat {
        product: "seat".into(),
        assigned_at: None,
        inherited_from: Some("staff".into()),
    }];
    input.accounts.extend([
        service,
        seat_account("unmatched", used_days_ago(3)),
        seat_account("unmatched-idle", used_days_ago(300)),
        inherited,
    ]);

    let result = input.reconcile();

    let summary: Vec<_> = result
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
        summary,
        [
            ("unmatched-idle", CandidateState::AttentionRequired, true),
            ("inherited", CandidateState::AttentionRequired, true),
            ("service", CandidateState::AttentionRequired, true),
            ("E3", CandidateState::Ready, true),
            ("E6", CandidateState::AttentionRequired, true),
            ("E4", CandidateState::Ready, true),
            ("unmatched", CandidateState::AttentionRequired, false),
        ]
    );

    let unmatched_idle = &result.candidates[0];
    assert_eq!(
        unmatched_idle.evidence,
        "last used 2026-01-27, 300 days ago; rule: inactive 60 days; no matching person"
    );
    assert_eq!(unmatched_idle.attention, [Attention::NoOwner]);

    let inherited = &result.candidates[1];
    let from_group = Attention::Inherited {
        group: "staff".into(),
    };
    assert_eq!(inherited.attention, [from_group]);

    let leaver = result.candidates[4].person.as_ref().unwrap();
    assert_eq!(leaver.employee_number, "E6");

    let position = result.position("hub", "seat").unwrap();
    assert_eq!(position.potential_savings, Some(money("72 EUR")));
}

#[test]
fn exempt_account_is_counted_and_not_proposed() {
    let mut input = sample_input();
    input.rules.reclamation.exempt = ["E3", "E6"]
        .map(|id| AccountPattern::new(Some("hub"), id).unwrap())
        .into();

    let result = input.reconcile();

    assert_eq!(candidate_accounts(&result), ["E4"]);
    let position = result.position("hub", "seat").unwrap();
    assert_eq!(position.exempt, 2);
    assert_eq!(position.inactive, 1);
    assert_eq!(position.reclaimable, 1);
}

#[test]
fn candidates_are_sorted_by_saving_before_idle_time() {
    let input = HubInput {
        accounts: vec![
            seat_account("E1", used_days_ago(900)),
            account("E2")
                .with_employee_number("E2")
                .with_activity(used_days_ago(70))
                .with_seat("pro"),
        ],
        entitlements: vec![
            entitlement("A", 5).with_unit_cost("10 EUR"),
            entitlement("B", 5)
                .with_unit_cost("99 EUR")
                .with_product("hub", "pro"),
        ],
        people: vec![person("E1"), person("E2")],
        ..HubInput::default()
    };

    let result = input.reconcile();

    assert_eq!(candidate_accounts(&result), ["E2", "E1"]);
}

#[test]
fn activity_gap_holds_idle_candidates_for_review() {
    let mut input = HubInput {
        accounts: (0..12)
            .map(|id| seat_account(&format!("E{id}"), used_days_ago(60 + id)))
            .collect(),
        people: numbered_people(12),
        ..HubInput::default()
    };
    input
        .accounts
        .push(seat_account("E12", LastActivity::Never));
    input.people.push(person("E12").who_left_on("2026-10-01"));
    let since = days_ago(60);
    let is_held = |candidate: &&Candidate| {
        candidate
            .attention
            .contains(&Attention::ActivityFrozen { since })
    };

    let result = input.reconcile();

    let frozen = Notice::ActivityFrozen {
        application: "hub".into(),
        connection: None,
        since,
        accounts: 12,
    };
    assert!(result.notices.contains(&frozen), "{:?}", result.notices);
    assert_eq!(result.candidates.iter().filter(is_held).count(), 12);
    let ready: Vec<_> = result
        .candidates
        .iter()
        .filter(|candidate| candidate.state == CandidateState::Ready)
        .map(|candidate| candidate.account.as_str())
        .collect();
    assert_eq!(ready, ["E12"], "a leaver needs no seat");

    // Recent activity of one person ends the gap.
    input.accounts.push(seat_account("E13", used_days_ago(1)));
    let result = input.reconcile();
    assert_eq!(result.candidates.iter().filter(is_held).count(), 0);
}
