//! Northbridge, the sample company: its employees, and its members in the application.
//!
//! Everything follows from a seed and an instant. A member does not depend on the number of
//! others. Each scenario has a fixed share of every hundred members, so a small company has all of
//! them.

use crate::expected::{Expected, ExpectedPlan, SeatFacts};
use crate::member::Member;
use crate::member_generator::{Employee, MemberGenerator};
use crate::plan::{PLANS, Plan};
use crate::population::Population;
use crate::scenario::Scenario;
use jiff::tz::Offset;
use jiff::{Timestamp, civil::Date};

/// The company and its members.
#[derive(Debug, Clone)]
pub struct Company {
    pub(crate) members: Vec<Member>,
    pub(crate) employees: Vec<Employee>,
    pub(crate) today: Date,
    expected: Expected,
}

impl Company {
    /// Generates the company.
    #[must_use]
    pub fn new(population: Population) -> Self {
        let now = Timestamp::from_second(population.now.as_second()).unwrap_or(population.now);
        let population = Population { now, ..population };

        let mut facts = Vec::new();
        let mut members = Vec::with_capacity(population.members);
        let mut employees = Vec::new();
        for index in 0..population.members {
            let mut generator = MemberGenerator::new(population, index);
            employees.extend(generator.employee());
            members.push(generator.member(&mut facts));
        }

        // A tenth of the employees has no account.
        let last = population.members + population.members / 10;
        for index in population.members..last {
            let generator = MemberGenerator::without_account(population, index);
            employees.extend(generator.employee());
        }

        let expected = expected(&members, &employees, &facts);
        Self {
            members,
            employees,
            today: Offset::UTC.to_datetime(population.now).date(),
            expected,
        }
    }

    /// Returns the expected result of a reconciliation.
    #[must_use]
    pub const fn expected(&self) -> &Expected {
        &self.expected
    }

    /// Returns the members of the application, in the order of its list.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }
}

fn expected(members: &[Member], employees: &[Employee], facts: &[SeatFacts]) -> Expected {
    let count = |wanted: fn(Scenario) -> bool| {
        (0..members.len())
            .filter(|index| wanted(Scenario::for_index(*index)))
            .count() as u64
    };
    let plan =
        |plan: &Plan| ExpectedPlan::count(plan.key, plan.price, plan.purchased_percent, facts);

    Expected {
        accounts: members.len() as u64,
        matched_accounts: count(Scenario::is_in_directory),
        unmatched_accounts: count(|scenario| scenario == Scenario::Unlisted),
        guest_accounts: count(|scenario| scenario == Scenario::Guest),
        service_accounts: count(|scenario| scenario == Scenario::Bot),
        people: employees.len() as u64,
        plans: PLANS.iter().map(plan).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member::{LastUse, MemberKind, MemberState};
    use std::collections::HashSet;

    fn company(members: usize) -> Company {
        Company::new(Population {
            seed: 7,
            members,
            now: "2026-03-01T12:00:00.5Z".parse().unwrap(),
        })
    }

    #[test]
    fn same_seed_gives_the_same_company() {
        let one = company(500);
        let other = company(500);

        assert_eq!(one.members, other.members);
        assert_eq!(one.employees, other.employees);
    }

    #[test]
    fn member_does_not_depend_on_the_number_of_members() {
        assert_eq!(company(500).members[..100], company(100).members[..]);
    }

    #[test]
    fn ids_numbers_and_addresses_are_unique() {
        let company = company(100_000);

        let ids: HashSet<_> = company.members.iter().map(|member| &member.id).collect();
        let employees = || company.employees.iter();
        let numbers: HashSet<_> = employees().map(|employee| &employee.number).collect();
        let addresses: HashSet<_> = employees().map(|employee| &employee.email).collect();

        assert_eq!(ids.len(), 100_000);
        assert_eq!(numbers.len(), company.employees.len());
        assert_eq!(addresses.len(), company.employees.len());
    }

    #[test]
    fn hundred_members_have_every_scenario() {
        let expected = company(100).expected;

        assert_eq!(expected.matched_accounts, 93);
        assert_eq!(expected.unmatched_accounts, 2);
        assert_eq!(expected.guest_accounts, 3);
        assert_eq!(expected.service_accounts, 2);

        let editions = &expected.plans[..2];
        let both = |count: fn(&ExpectedPlan) -> u64| editions.iter().map(count).sum::<u64>();
        assert_eq!(both(|plan| plan.seats), 100, "every member has one edition");
        assert_eq!(both(|plan| plan.leavers), 5);
        assert_eq!(both(|plan| plan.never_used), 6 + 3);
        assert_eq!(both(|plan| plan.in_grace), 3);
        assert_eq!(both(|plan| plan.unknown), 2);
        assert_eq!(both(|plan| plan.reclaimable), 12 + 6 + 5);
    }

    #[test]
    fn expected_counts_agree_with_the_members() {
        let company = company(3_000);
        let now = "2026-03-01T12:00:00Z".parse::<Timestamp>().unwrap();
        let days = |at: Timestamp| now.duration_since(at).as_hours() / 24;

        for plan in &company.expected.plans {
            let key = plan.plan;
            let uses: Vec<_> = company
                .members
                .iter()
                .flat_map(|member| &member.seats)
                .filter(|seat| seat.plan == key)
                .map(|seat| seat.last_use)
                .collect();
            let count = |wanted: &dyn Fn(LastUse) -> bool| {
                uses.iter().filter(|last_use| wanted(**last_use)).count() as u64
            };
            let in_use = count(&|used| matches!(used, LastUse::At(at) if days(at) < 60));
            let inactive = count(&|used| matches!(used, LastUse::At(at) if days(at) >= 60));

            assert_eq!(plan.seats, uses.len() as u64, "{key}");
            assert_eq!(plan.in_use, in_use, "{key}");
            assert_eq!(plan.inactive, inactive, "{key}");
            assert_eq!(
                plan.never_used,
                count(&|used| used == LastUse::Never),
                "{key}"
            );
            assert_eq!(
                plan.unknown,
                count(&|used| used == LastUse::Unreported),
                "{key}"
            );
            assert!(plan.reclaimable > 0, "{key}");
            assert!(plan.reclaimable < plan.seats, "{key}");
        }
    }

    #[test]
    fn members_include_awkward_cases() {
        let members = company(1_000).members;
        let any = |wanted: fn(&Member) -> bool| assert!(members.iter().any(wanted));
        let is_person = |member: &Member| member.kind == MemberKind::Person;

        any(|member| member.name.contains('\''));
        any(|member| !member.name.is_ascii());
        any(|member| member.state == MemberState::Suspended);
        any(|member| member.state == MemberState::Invited);
        any(|member| member.seats.iter().any(|seat| seat.via_group.is_some()));
        any(|member| {
            let email = member.email.as_ref();
            email.is_some_and(|email| *email != email.to_lowercase())
        });

        let people: Vec<_> = members.iter().filter(|member| is_person(member)).collect();
        assert!(people.iter().any(|person| person.family_name.is_none()));
        let without_email = || people.iter().filter(|person| person.email.is_none());
        assert!(without_email().any(|person| person.employee_ref.is_some()));
        assert!(without_email().any(|person| person.employee_ref.is_none()));
    }
}
