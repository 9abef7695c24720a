//! Northbridge, the company: who works there, who has left, and what each of its accounts in the application is like.
//!
//! Everything follows from a seed and an instant. A member does not depend on how many others there are, and each kind of member has a fixed
//! share of every hundred, so even a small company has one of each.

use crate::author::Author;
use crate::member::Member;
use crate::story::Story;
use crate::truth::{Fact, PlanTruth, Price, Truth};
use jiff::tz::Offset;
use jiff::{Timestamp, civil::Date};

/// What a company is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Population {
    /// The same seed gives the same company.
    pub seed: u64,
    /// Accounts in the application.
    pub members: usize,
    /// The instant from which days are counted back; cut to whole seconds.
    pub now: Timestamp,
}

/// A row of the company's directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Employee {
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) alias: Option<String>,
    pub(crate) user_name: Option<String>,
    pub(crate) department: usize,
    pub(crate) left_on: Option<Date>,
}

/// A plan that the company pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) key: &'static str,
    pub(crate) title: &'static str,
    pub(crate) price: Price,
    /// Seats bought for every hundred given out.
    bought_per_hundred: u64,
}

const fn yearly(cents: u64, currency: &'static str) -> Price {
    Price {
        cents,
        currency,
        payments_per_year: 1,
    }
}

/// How many plans there are. Apart from them, because a type that asks `PLANS` for its length makes the compiler go round in circles when it
/// optimises.
pub(crate) const PLAN_COUNT: usize = 3;

/// Too many of the first, too few of the second, and the third paid in the first's currency: what most companies find.
pub(crate) const PLANS: [Plan; PLAN_COUNT] = [
    Plan {
        key: "boards-standard",
        title: "Quayboard Standard",
        price: yearly(9_600, "USD"),
        bought_per_hundred: 112,
    },
    Plan {
        key: "boards-premium",
        title: "Quayboard Premium",
        price: Price {
            cents: 1_450,
            currency: "EUR",
            payments_per_year: 12,
        },
        bought_per_hundred: 92,
    },
    Plan {
        key: "whiteboard",
        title: "Whiteboard add-on",
        price: yearly(3_650, "USD"),
        bought_per_hundred: 105,
    },
];

/// The company and its members.
#[derive(Debug, Clone)]
pub struct Company {
    pub(crate) members: Vec<Member>,
    pub(crate) employees: Vec<Employee>,
    pub(crate) today: Date,
    truth: Truth,
}

impl Company {
    /// Makes the company up.
    #[must_use]
    pub fn new(population: Population) -> Self {
        let now = Timestamp::from_second(population.now.as_second()).unwrap_or(population.now);
        let population = Population { now, ..population };
        let mut facts = Vec::new();
        let mut members = Vec::with_capacity(population.members);
        let mut employees = Vec::new();
        for index in 0..population.members {
            let mut author = Author::new(population, index);
            employees.extend(author.employee());
            members.push(author.member(&mut facts));
        }
        // Some employees have no account.
        for index in population.members..population.members + population.members / 10 {
            employees.extend(Author::without_account(population, index).employee());
        }
        let truth = truth(&members, &employees, &facts);
        Self {
            members,
            employees,
            today: Offset::UTC.to_datetime(population.now).date(),
            truth,
        }
    }

    /// The answer key.
    #[must_use]
    pub const fn truth(&self) -> &Truth {
        &self.truth
    }

    /// The members of the application, in the order in which it lists them.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }
}

fn truth(members: &[Member], employees: &[Employee], facts: &[Fact]) -> Truth {
    let count = |wanted: fn(Story) -> bool| {
        (0..members.len())
            .filter(|index| wanted(Story::of(*index)))
            .count() as u64
    };
    let plan = |plan: &Plan| PlanTruth::count(plan.key, plan.price, plan.bought_per_hundred, facts);
    Truth {
        accounts: members.len() as u64,
        matched_accounts: count(Story::is_employee),
        unmatched_accounts: count(|story| story == Story::Stranger),
        guest_accounts: count(|story| story == Story::Guest),
        service_accounts: count(|story| story == Story::Bot),
        people: employees.len() as u64,
        plans: PLANS.iter().map(plan).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member::{Kind, State, Used};
    use std::collections::HashSet;

    fn company(members: usize) -> Company {
        Company::new(Population {
            seed: 7,
            members,
            now: "2026-03-01T12:00:00.5Z".parse().unwrap(),
        })
    }

    #[test]
    fn the_same_seed_gives_the_same_company() {
        let (one, other) = (company(500), company(500));
        assert_eq!(one.members, other.members);
        assert_eq!(one.employees, other.employees);
        assert_eq!(
            one.members[..100],
            company(100).members[..],
            "a member does not depend on how many there are"
        );
    }

    #[test]
    fn ids_and_employee_numbers_are_unique() {
        let company = company(100_000);
        let ids: HashSet<_> = company.members.iter().map(|member| &member.id).collect();
        let numbers: HashSet<_> = company
            .employees
            .iter()
            .map(|employee| &employee.number)
            .collect();
        let addresses: HashSet<_> = company
            .employees
            .iter()
            .map(|employee| &employee.email)
            .collect();
        assert_eq!(ids.len(), 100_000);
        assert_eq!(numbers.len(), company.employees.len());
        assert_eq!(addresses.len(), company.employees.len());
    }

    #[test]
    fn a_hundred_members_hold_one_of_each_kind() {
        let truth = company(100).truth;
        let kinds = (
            truth.matched_accounts,
            truth.unmatched_accounts,
            truth.guest_accounts,
            truth.service_accounts,
        );
        assert_eq!(kinds, (93, 2, 3, 2));
        let both = |of: fn(&PlanTruth) -> u64| truth.plans[..2].iter().map(of).sum::<u64>();
        assert_eq!(both(|plan| plan.seats), 100, "everybody has one edition");
        assert_eq!(both(|plan| plan.leavers), 5);
        assert_eq!(both(|plan| plan.never_used), 6 + 3);
        assert_eq!(both(|plan| plan.in_grace), 3);
        assert_eq!(both(|plan| plan.unknown), 2);
        assert_eq!(both(|plan| plan.reclaimable), 12 + 6 + 5);
    }

    #[test]
    fn the_answer_key_agrees_with_the_members() {
        let company = company(3_000);
        let now = "2026-03-01T12:00:00Z".parse::<Timestamp>().unwrap();
        for plan in &company.truth.plans {
            let seats: Vec<_> = company
                .members
                .iter()
                .flat_map(|member| &member.seats)
                .filter(|seat| seat.plan == plan.plan)
                .collect();
            let days = |at: Timestamp| now.duration_since(at).as_hours() / 24;
            let used = |wanted: &dyn Fn(Used) -> bool| {
                seats.iter().filter(|seat| wanted(seat.used)).count() as u64
            };
            assert_eq!(plan.seats, seats.len() as u64, "{}", plan.plan);
            assert_eq!(
                plan.in_use,
                used(&|used| matches!(used, Used::At(at) if days(at) < 60)),
                "{}",
                plan.plan
            );
            assert_eq!(
                plan.inactive,
                used(&|used| matches!(used, Used::At(at) if days(at) >= 60)),
                "{}",
                plan.plan
            );
            assert_eq!(
                plan.never_used,
                used(&|used| used == Used::Never),
                "{}",
                plan.plan
            );
            assert_eq!(
                plan.unknown,
                used(&|used| used == Used::Untold),
                "{}",
                plan.plan
            );
            assert!(
                plan.reclaimable > 0 && plan.reclaimable < plan.seats,
                "{}",
                plan.plan
            );
        }
    }

    #[test]
    fn awkward_people_are_among_them() {
        let members = company(1_000).members;
        let some = |wanted: fn(&Member) -> bool| assert!(members.iter().any(wanted));
        some(|member| member.name.contains('\''));
        some(|member| !member.name.is_ascii());
        some(|member| member.kind == Kind::Person && member.family_name.is_none());
        some(|member| {
            member.kind == Kind::Person && member.email.is_none() && member.employee_ref.is_some()
        });
        some(|member| {
            member.kind == Kind::Person && member.email.is_none() && member.employee_ref.is_none()
        });
        some(|member| member.state == State::Suspended);
        some(|member| member.state == State::Invited);
        some(|member| member.seats.iter().any(|seat| seat.via_group.is_some()));
        some(|member| {
            member
                .email
                .as_ref()
                .is_some_and(|email| *email != email.to_lowercase())
        });
    }
}
