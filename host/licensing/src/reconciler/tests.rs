//! Tests of whole reconciliations.

use super::*;
use crate::attention::Attention;
use crate::candidate::CandidateState;
use crate::cost::CostGap;
use crate::figure::Figure;
use crate::fixtures::{
    AccountBuilder, EntitlementBuilder, PersonBuilder, account, as_of, days_ago, entitlement,
    money, person, used_days_ago,
};
use crate::notice::Notice;
use crate::pattern::AccountPattern;
use crate::position::{Amount, ComplianceStatus};
use purser_model::{AccountKind, Blame, Blamed, LastActivity, Seat};

mod activity;
mod candidates;
mod doubts;
mod positions;

/// The input of a reconciliation of one application, `hub`.
#[derive(Default)]
struct HubInput {
    accounts: Vec<Account>,
    activity: Vec<Activity>,
    products: Vec<Product>,
    entitlements: Vec<Entitlement>,
    people: Vec<Person>,
    rules: Rules,
}

impl HubInput {
    fn reconcile(&self) -> Reconciliation {
        let mut reconciler =
            Reconciler::new(&self.people, &self.entitlements, &self.rules, as_of()).unwrap();

        let mut hub = reconciler.add_application("hub", &self.products, &self.activity);
        for account in &self.accounts {
            hub.add_account(account);
        }

        reconciler.finish().unwrap()
    }
}

/// Returns an account that holds product `seat` and has its id as employee number.
fn seat_account(id: &str, last_activity: LastActivity) -> Account {
    account(id)
        .with_employee_number(id)
        .with_activity(last_activity)
        .with_seat("seat")
}

/// Returns people with the employee numbers E0, E1, …
fn numbered_people(count: usize) -> Vec<Person> {
    (0..count).map(|id| person(&format!("E{id}"))).collect()
}

/// Returns six matched accounts: two in use, one inactive, one never used, one unknown, and a
/// leaver's in use.
fn sample_input() -> HubInput {
    let mut people: Vec<Person> = ["E1", "E2", "E3", "E4", "E5"].map(person).into();
    people.push(person("E6").who_left_on("2026-10-01"));

    HubInput {
        accounts: vec![
            seat_account("E1", used_days_ago(0)),
            seat_account("E2", used_days_ago(59)),
            seat_account("E3", used_days_ago(60)),
            seat_account("E4", LastActivity::Never),
            seat_account("E5", LastActivity::Unknown),
            seat_account("E6", used_days_ago(2)),
        ],
        people,
        ..HubInput::default()
    }
}

fn candidate_accounts(result: &Reconciliation) -> Vec<&str> {
    result
        .candidates
        .iter()
        .map(|candidate| candidate.account.as_str())
        .collect()
}

fn notice_texts(result: &Reconciliation) -> Vec<String> {
    result.notices.iter().map(Notice::to_string).collect()
}

#[test]
fn limits_of_the_figures_become_notices() {
    let mut input = HubInput {
        accounts: vec![
            account("a"),
            account("b"),
            seat_account("E1", used_days_ago(1)),
            seat_account("E2", LastActivity::Unknown),
        ],
        entitlements: vec![
            entitlement("PO-9", 5).with_product("crm", "pro"),
            entitlement("PO-8", 5).with_product("crm", "max"),
            entitlement("PO-9", 5).with_product("crm", "max"),
        ],
        people: vec![person("E1"), person("E2")],
        ..HubInput::default()
    };
    input.rules.matching.mappings =
        BTreeMap::from([("hub".into(), BTreeMap::from([("a".into(), "E404".into())]))]);

    let result = input.reconcile();

    assert_eq!(
        notice_texts(&result),
        [
            "crm: not read, so the position of PO-8, PO-9 is not known",
            "hub: activity unknown: 1 of 2 seats cannot be judged",
            "hub: 2 accounts hold no seat and are in no position",
            "hub: 1 accounts are mapped to employee numbers that the directory does not have",
        ]
    );
    assert!(result.position("crm", "pro").is_none());
    assert_eq!(result.matches.accounts, 4);
    assert_eq!(result.matches.matched, 2);
    assert_eq!(result.matches.unmatched, 2);
}

#[test]
fn window_of_no_days_is_the_operators_error() {
    let mut rules = Rules::default();
    rules.reclamation.inactive_after_days = 0;

    let error = Reconciler::new(&[], &[], &rules, as_of()).unwrap_err();

    assert_eq!(error, ReconcileError::NoWindow);
    assert_eq!(error.blame(), Blame::Operator);
    assert!(error.next_step().is_some());
}

#[test]
fn overflowing_cost_is_the_operators_error() {
    let rules = Rules::default();
    let huge = [entitlement("A", u32::MAX).with_unit_cost("79228162514264337593543950335 EUR")];

    let error = Reconciler::new(&[], &huge, &rules, as_of()).unwrap_err();

    assert!(matches!(error, ReconcileError::Cost { .. }), "{error}");
    assert_eq!(error.blame(), Blame::Operator);
    assert!(error.next_step().is_some());
}

#[test]
fn reconciliation_serializes_to_stable_json() {
    let mut input = HubInput {
        entitlements: vec![entitlement("PO-1", 10).with_unit_cost("12.50 EUR")],
        ..sample_input()
    };
    input.rules.reclamation.exempt = vec![AccountPattern::new(None, "E5").unwrap()];

    let result = input.reconcile();

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
    assert!(json.get("rows").is_none());

    let never_used = result.explain("hub", "seat", Figure::NeverUsed);
    let json = serde_json::to_value(never_used).unwrap();
    assert_eq!(json["figure"], "never_used");
    assert_eq!(json["value"], 1);

    let exempt = result.explain("hub", "seat", Figure::Exempt);
    let json = serde_json::to_value(exempt).unwrap();
    assert_eq!(
        json["seats"][0]["spared"],
        serde_json::json!({"reason": "exempt", "pattern": "E5"})
    );
}

#[test]
fn mapped_to_unknown_employee_notice_keeps_its_json_name() {
    let notice = Notice::MappedToUnknownEmployee {
        application: "hub".into(),
        accounts: 1,
    };

    let json = serde_json::to_value(&notice).unwrap();

    assert_eq!(json["notice"], "mapped-to-nobody");
}
