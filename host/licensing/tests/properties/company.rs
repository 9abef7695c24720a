//! Generated companies: the input of a reconciliation.

use jiff::civil::date;
use proptest::prelude::*;
use purser_licensing::{AccountPattern, AsOf, Reconciler, Reconciliation, Rules};
use purser_model::{
    Account, AccountKind, Activity, Email, Employment, Entitlement, LastActivity, Person, Seat,
    Term, Timestamp,
};
use std::collections::BTreeSet;

/// A day of 24 hours in milliseconds.
pub(crate) const DAY: i64 = 24 * 60 * 60 * 1000;

/// Returns the moment that companies are reconciled at.
pub(crate) fn as_of() -> AsOf {
    AsOf {
        now: Timestamp::from_millisecond(20_780 * DAY).unwrap(),
        today: date(2026, 11, 23),
    }
}

fn any_instant() -> impl Strategy<Value = Timestamp> {
    (-2 * DAY..200 * DAY).prop_map(|back| Timestamp::from_millisecond(20_780 * DAY - back).unwrap())
}

fn any_activity() -> impl Strategy<Value = LastActivity> {
    prop_oneof![
        Just(LastActivity::Unknown),
        Just(LastActivity::Never),
        any_instant().prop_map(LastActivity::At)
    ]
}

/// Generates addresses from few values, so that they collide.
fn any_address() -> impl Strategy<Value = String> {
    "[abAB]@(x|X|eu\\.x)".prop_map(String::from)
}

fn any_number() -> impl Strategy<Value = String> {
    "[eE][0-5]".prop_map(String::from)
}

fn any_product() -> impl Strategy<Value = String> {
    "[pq]".prop_map(String::from)
}

prop_compose! {
    fn any_seat()(
        product in any_product(),
        assigned_at in proptest::option::of(any_instant()),
        inherited_from in proptest::option::of("[gh]"),
    ) -> Seat {
        Seat { product, assigned_at, inherited_from }
    }
}

prop_compose! {
    fn any_account()(
        principal_name in proptest::option::of(any_address()),
        emails in proptest::collection::vec((any_address(), any::<bool>()), 0..3),
        employee_number in proptest::option::of(any_number()),
        kind in prop_oneof![
            Just(AccountKind::Human),
            Just(AccountKind::Service),
            Just(AccountKind::Guest),
            Just(AccountKind::Unspecified),
        ],
        created_at in proptest::option::of(any_instant()),
        last_activity in any_activity(),
        seats in proptest::collection::vec(any_seat(), 0..3),
    ) -> Account {
        let emails = emails
            .into_iter()
            .map(|(address, primary)| Email { address, primary })
            .collect();

        Account {
            principal_name,
            emails,
            employee_number,
            kind,
            created_at,
            last_activity,
            seats,
            ..Account::default()
        }
    }
}

/// Generates accounts with the ids a0, a1, …
fn any_accounts() -> impl Strategy<Value = Vec<Account>> {
    proptest::collection::vec(any_account(), 0..12).prop_map(|accounts| {
        let numbered = accounts.into_iter().enumerate();
        numbered
            .map(|(index, account)| Account {
                id: format!("a{index}"),
                ..account
            })
            .collect()
    })
}

prop_compose! {
    fn any_person()(
        employee_number in any_number(),
        email in proptest::option::of(any_address()),
        aliases in proptest::collection::vec(any_address(), 0..2),
        left in prop_oneof![4 => Just(Employment::Employed), 1 => Just(Employment::Left(None))],
    ) -> Person {
        Person {
            name: employee_number.clone(),
            employee_number,
            email,
            aliases,
            user_name: None,
            department: None,
            manager: None,
            employment: left,
        }
    }
}

/// Generates people with distinct employee numbers, as in a directory.
fn any_people() -> impl Strategy<Value = Vec<Person>> {
    proptest::collection::vec(any_person(), 0..6).prop_map(|people| {
        let mut numbers = BTreeSet::new();
        people
            .into_iter()
            .filter(|person| numbers.insert(person.employee_number.to_lowercase()))
            .collect()
    })
}

prop_compose! {
    fn any_entitlement()(
        product in any_product(),
        quantity in 0_u32..9,
        cost in proptest::option::of(("[1-9][0-9]?\\.[0-9]{2} (EUR|USD)", any::<bool>())),
    ) -> Entitlement {
        let is_monthly = cost.as_ref().is_some_and(|(_, monthly)| *monthly);
        let unit_cost = cost.map(|(text, _)| text.parse().unwrap());

        Entitlement {
            reference: String::new(),
            application: "hub".into(),
            product,
            quantity,
            unit_cost,
            term: if is_monthly { Term::Monthly } else { Term::Yearly },
            start: None,
            end: None,
        }
    }
}

fn any_entitlements() -> impl Strategy<Value = Vec<Entitlement>> {
    proptest::collection::vec(any_entitlement(), 0..5).prop_map(|entitlements| {
        let numbered = entitlements.into_iter().enumerate();
        numbered
            .map(|(index, entitlement)| Entitlement {
                reference: format!("PO-{index}"),
                ..entitlement
            })
            .collect()
    })
}

pub(crate) fn any_record() -> impl Strategy<Value = Activity> {
    (
        "a[0-9]",
        proptest::option::of(any_product()),
        any_activity(),
    )
        .prop_map(|(account, product, last_activity)| Activity {
            account,
            product,
            last_activity,
        })
}

/// The input of a reconciliation.
#[derive(Debug, Clone)]
pub(crate) struct Company {
    pub(crate) accounts: Vec<Account>,
    pub(crate) activity: Vec<Activity>,
    pub(crate) people: Vec<Person>,
    pub(crate) entitlements: Vec<Entitlement>,
    pub(crate) rules: Rules,
}

prop_compose! {
    pub(crate) fn any_company()(
        accounts in any_accounts(),
        activity in proptest::collection::vec(any_record(), 0..6),
        people in any_people(),
        entitlements in any_entitlements(),
        exempt in proptest::option::of("a[0-3]"),
        rewrite in any::<bool>(),
    ) -> Company {
        let mut rules = Rules::default();
        rules.reclamation.exempt = exempt
            .iter()
            .map(|text| AccountPattern::new(None, text).unwrap())
            .collect();
        if rewrite {
            rules.matching.domains.insert("eu.x".into(), "x".into());
        }

        Company {
            accounts,
            activity,
            people,
            entitlements,
            rules,
        }
    }
}

impl Company {
    /// Reconciles the company, whose only application is `hub`.
    pub(crate) fn reconcile(&self) -> Reconciliation {
        let mut reconciler =
            Reconciler::new(&self.people, &self.entitlements, &self.rules, as_of()).unwrap();

        let mut hub = reconciler.add_application("hub", &[], &self.activity);
        for account in &self.accounts {
            hub.add_account(account);
        }

        reconciler.finish().unwrap()
    }
}
