//! What holds of every reconciliation, tried on thousands of made-up companies.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use jiff::civil::date;
use proptest::prelude::*;
use purser_licensing::{
    AccountPattern, Amount, Application, AsOf, Directory, Figure, Input, Match, MatchRules,
    Reconciliation, Rules, SeatRow, Usage, reconcile,
};
use purser_model::{
    Account, AccountKind, Activity, Email, Employment, Entitlement, LastActivity, Money, Person,
    Seat, Term, Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn as_of() -> AsOf {
    AsOf {
        now: Timestamp::from_millisecond(20_780 * DAY).unwrap(),
        today: date(2026, 11, 23),
    }
}

fn ago() -> impl Strategy<Value = Timestamp> {
    (-2 * DAY..200 * DAY).prop_map(|back| Timestamp::from_millisecond(20_780 * DAY - back).unwrap())
}

fn activity() -> impl Strategy<Value = LastActivity> {
    prop_oneof![
        Just(LastActivity::Unknown),
        Just(LastActivity::Never),
        ago().prop_map(LastActivity::At)
    ]
}

/// Few values, so that they collide.
fn address() -> impl Strategy<Value = String> {
    "[abAB]@(x|X|eu\\.x)".prop_map(String::from)
}

fn number() -> impl Strategy<Value = String> {
    "[eE][0-5]".prop_map(String::from)
}

fn product() -> impl Strategy<Value = String> {
    "[pq]".prop_map(String::from)
}

prop_compose! {
    fn seat()(
        product in product(),
        assigned_at in proptest::option::of(ago()),
        inherited_from in proptest::option::of("[gh]"),
    ) -> Seat {
        Seat { product, assigned_at, inherited_from }
    }
}

prop_compose! {
    fn account()(
        principal_name in proptest::option::of(address()),
        emails in proptest::collection::vec((address(), any::<bool>()), 0..3),
        employee_number in proptest::option::of(number()),
        kind in prop_oneof![
            Just(AccountKind::Human), Just(AccountKind::Service), Just(AccountKind::Guest), Just(AccountKind::Unspecified)
        ],
        created_at in proptest::option::of(ago()),
        last_activity in activity(),
        seats in proptest::collection::vec(seat(), 0..3),
    ) -> Account {
        let emails = emails.into_iter().map(|(address, primary)| Email { address, primary }).collect();
        Account { principal_name, emails, employee_number, kind, created_at, last_activity, seats, ..Account::default() }
    }
}

/// Accounts with the ids a0, a1, …
fn accounts() -> impl Strategy<Value = Vec<Account>> {
    proptest::collection::vec(account(), 0..12).prop_map(|accounts| {
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
    fn person()(
        employee_number in number(),
        email in proptest::option::of(address()),
        aliases in proptest::collection::vec(address(), 0..2),
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

/// People, each employee number once, as a directory has them.
fn people() -> impl Strategy<Value = Vec<Person>> {
    proptest::collection::vec(person(), 0..6).prop_map(|people| {
        let mut numbers = BTreeSet::new();
        people
            .into_iter()
            .filter(|person| numbers.insert(person.employee_number.to_lowercase()))
            .collect()
    })
}

prop_compose! {
    fn entitlement()(
        product in product(),
        quantity in 0_u32..9,
        cost in proptest::option::of(("[1-9][0-9]?\\.[0-9]{2} (EUR|USD)", any::<bool>())),
    ) -> Entitlement {
        let (unit_cost, monthly) = cost.map_or((None, false), |(text, monthly)| (Some(text.parse().unwrap()), monthly));
        Entitlement {
            reference: String::new(),
            application: "hub".into(),
            product,
            quantity,
            unit_cost,
            term: if monthly { Term::Monthly } else { Term::Yearly },
            start: None,
            end: None,
        }
    }
}

fn entitlements() -> impl Strategy<Value = Vec<Entitlement>> {
    proptest::collection::vec(entitlement(), 0..5).prop_map(|entitlements| {
        let numbered = entitlements.into_iter().enumerate();
        numbered
            .map(|(index, entitlement)| Entitlement {
                reference: format!("PO-{index}"),
                ..entitlement
            })
            .collect()
    })
}

fn record() -> impl Strategy<Value = Activity> {
    ("a[0-9]", proptest::option::of(product()), activity()).prop_map(
        |(account, product, last_activity)| Activity {
            account,
            product,
            last_activity,
        },
    )
}

/// Everything that a company has and did.
#[derive(Debug, Clone)]
struct Company {
    accounts: Vec<Account>,
    activity: Vec<Activity>,
    people: Vec<Person>,
    entitlements: Vec<Entitlement>,
    rules: Rules,
}

prop_compose! {
    fn company()(
        accounts in accounts(),
        activity in proptest::collection::vec(record(), 0..6),
        people in people(),
        entitlements in entitlements(),
        exempt in proptest::option::of("a[0-3]"),
        rewrite in any::<bool>(),
    ) -> Company {
        let mut rules = Rules::default();
        rules.reclamation.exempt = exempt.iter().map(|text| AccountPattern::new(None, text).unwrap()).collect();
        if rewrite {
            rules.matching.domains.insert("eu.x".into(), "x".into());
        }
        Company { accounts, activity, people, entitlements, rules }
    }
}

impl Company {
    fn reconcile(&self) -> Reconciliation {
        let applications = [Application {
            name: "hub",
            accounts: &self.accounts,
            activity: &self.activity,
            products: &[],
        }];
        let (entitlements, people, rules) = (&self.entitlements, &self.people, &self.rules);
        reconcile(&Input {
            applications: &applications,
            entitlements,
            people,
            rules,
            as_of: as_of(),
        })
        .unwrap()
    }
}

fn reclaimable(result: &Reconciliation) -> u64 {
    result
        .positions
        .iter()
        .map(|position| position.reclaimable)
        .sum()
}

fn rows(result: &Reconciliation) -> Vec<&SeatRow> {
    let all = |position: &purser_licensing::Position| {
        result
            .explain(&position.application, &position.product, Figure::Allocated)
            .unwrap()
            .seats
    };
    result.positions.iter().flat_map(all).collect()
}

proptest! {
    #[test]
    fn positions_add_up(company in company()) {
        let result = company.reconcile();
        for position in &result.positions {
            let used = position.in_use + position.inactive + position.never_used + position.unknown;
            prop_assert_eq!(position.allocated, used);
            prop_assert_eq!(position.required + position.reclaimable, position.allocated);
            prop_assert_eq!(position.owned + position.shortfall, position.allocated + position.available);
            prop_assert!(position.over_licensed >= position.available);
            prop_assert_eq!(position.seat_cost.is_some(), position.cost_gap.is_none());
        }
        let held: BTreeSet<_> = company.accounts.iter()
            .flat_map(|account| account.seats.iter().map(move |seat| (&account.id, &seat.product)))
            .collect();
        prop_assert_eq!(rows(&result).len(), held.len());
    }

    #[test]
    fn every_number_of_seats_is_the_number_of_its_rows(company in company()) {
        let result = company.reconcile();
        use Figure::{Allocated, Exempt, InGrace, InUse, Inactive, NeverUsed, Reclaimable, Required, Unknown};
        for position in &result.positions {
            for figure in [Allocated, InUse, Inactive, NeverUsed, Unknown, InGrace, Exempt, Reclaimable, Required] {
                let explanation = result.explain("hub", &position.product, figure).unwrap();
                prop_assert_eq!(explanation.value, Amount::Seats(explanation.seats.len().try_into().unwrap()));
            }
            let owned = result.explain("hub", &position.product, Figure::Owned).unwrap();
            let quantity: u64 = owned.entitlements.iter().map(|entitlement| u64::from(entitlement.quantity)).sum();
            prop_assert_eq!(owned.value, Amount::Seats(quantity));
        }
    }

    #[test]
    fn unknown_activity_is_only_waste_when_the_holder_left(company in company()) {
        let result = company.reconcile();
        let left: BTreeSet<_> = company.people.iter()
            .filter(|person| person.employment.has_left_by(as_of().today))
            .map(|person| person.employee_number.as_str())
            .collect();
        for row in rows(&result).iter().filter(|row| row.usage == Usage::Unknown && row.reclaimable) {
            prop_assert!(row.employee_number.as_deref().is_some_and(|number| left.contains(number)));
        }
    }

    #[test]
    fn savings_are_those_of_the_candidates_and_currencies_never_mix(company in company()) {
        let result = company.reconcile();
        let mut sums: BTreeMap<&str, Money> = BTreeMap::new();
        for saving in result.candidates.iter().filter_map(|candidate| candidate.yearly_saving) {
            let sum = sums.entry(saving.currency.code()).or_insert(Money::zero(saving.currency));
            *sum = sum.plus(saving).unwrap();
        }
        prop_assert_eq!(&result.totals.potential_savings, &sums.into_values().collect::<Vec<_>>());
        let proposed = result.candidates.iter().filter(|candidate| candidate.reclaimable).count();
        prop_assert_eq!(u64::try_from(proposed).unwrap(), reclaimable(&result));
        for position in &result.positions {
            let currencies: BTreeSet<_> = company.entitlements.iter()
                .filter(|entitlement| entitlement.product == position.product && entitlement.quantity > 0)
                .filter_map(|entitlement| entitlement.unit_cost.map(|cost| cost.currency.code()))
                .collect();
            prop_assert_eq!(position.seat_cost.is_some(), currencies.len() == 1);
        }
    }

    #[test]
    fn the_order_of_the_input_makes_no_difference(company in company(), turn in any::<prop::sample::Index>()) {
        let mut turned = company.clone();
        turned.accounts.reverse();
        for account in &mut turned.accounts {
            account.seats.reverse();
        }
        turned.activity.reverse();
        turned.people.reverse();
        turned.entitlements.reverse();
        if !turned.accounts.is_empty() {
            let by = turn.index(turned.accounts.len());
            turned.accounts.rotate_left(by);
        }
        let (one, other) = (company.reconcile(), turned.reconcile());
        prop_assert_eq!(serde_json::to_value(&one).unwrap(), serde_json::to_value(&other).unwrap());
        prop_assert_eq!(rows(&one), rows(&other));
    }

    /// Except that learning of an old use of a seat of which nothing was known shows that it is wasted.
    #[test]
    fn new_activity_never_makes_waste(company in company(), new in record()) {
        let recent = matches!(new.last_activity, LastActivity::At(at) if as_of().now.as_millisecond() - at.as_millisecond() < 60 * DAY);
        let mut company = company;
        if !recent {
            for account in &mut company.accounts {
                account.last_activity = account.last_activity.latest(LastActivity::Never);
            }
        }
        let before = reclaimable(&company.reconcile());
        company.activity.push(new);
        prop_assert!(reclaimable(&company.reconcile()) <= before);
    }

    #[test]
    fn matching_never_guesses(people in people(), account in account()) {
        let rules = MatchRules::default();
        let found = Directory::new(&people).match_account("hub", &account, &rules);
        let mut turned = people.clone();
        turned.reverse();
        prop_assert_eq!(&found, &Directory::new(&turned).match_account("hub", &account, &rules));
        let has = |person: &Person, value: &str| {
            let addresses = person.email.iter().chain(&person.aliases);
            addresses.chain([&person.employee_number]).any(|known| known.eq_ignore_ascii_case(value))
        };
        match found {
            Match::Person { person, evidence } => prop_assert!(has(person, &evidence.value)),
            Match::Ambiguous { people, evidence } => {
                prop_assert!(people.len() > 1);
                let values: Vec<_> = evidence.value.split(", ").collect();
                prop_assert!(people.iter().all(|person| values.iter().any(|value| has(person, value))));
            }
            Match::Unmatched { .. } | Match::Guest => {
                let number = account.employee_number.iter();
                let told: Vec<_> = number.chain(account.emails.iter().map(|email| &email.address)).collect();
                prop_assert!(people.iter().all(|person| !told.iter().any(|value| has(person, value))));
            }
            Match::NotAPerson => prop_assert_eq!(account.kind, AccountKind::Service),
            Match::Excluded { .. } => prop_assert!(false, "nothing is excluded"),
        }
    }
}
