//! Generation of one member of the application, and of the employee it belongs to.

use crate::expected::{SeatFacts, SeatHolder, SeatUsage};
use crate::member::{LastUse, Member, MemberKind, MemberState, Role, Seat};
use crate::names::{BOTS, FAMILY, GIVEN, GROUPS, NamePart};
use crate::plan::PLANS;
use crate::population::Population;
use crate::scenario::{Identifier, Scenario};
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// A row of the company's directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Employee {
    /// Employee number.
    pub(crate) number: String,
    /// Full name.
    pub(crate) name: String,
    /// Primary address.
    pub(crate) email: String,
    /// Further address; absent for most.
    pub(crate) alias: Option<String>,
    /// Sign-in name; absent for most.
    pub(crate) user_name: Option<String>,
    /// Index of the department, modulo their number.
    pub(crate) department: usize,
    /// Day of leaving, past or future; absent for everybody who stays.
    pub(crate) left_on: Option<Date>,
}

/// A generator of one member and the employee it belongs to.
pub(crate) struct MemberGenerator {
    population: Population,
    index: usize,
    scenario: Scenario,
    given: NamePart,
    family: NamePart,
    identifier: Identifier,
    /// Days since the person left, for leavers.
    left_days: i64,
    rng: fastrand::Rng,
}

impl MemberGenerator {
    /// Creates a generator for the member at an index of the list.
    pub(crate) fn new(population: Population, index: usize) -> Self {
        Self::with_scenario(population, index, Scenario::for_index(index))
    }

    /// Creates a generator for an employee who has no account.
    pub(crate) fn without_account(population: Population, index: usize) -> Self {
        Self::with_scenario(population, index, Scenario::Active)
    }

    fn with_scenario(population: Population, index: usize, scenario: Scenario) -> Self {
        // A seed of its own for each member, so that it does not depend on the others.
        let spread = (index as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut rng = fastrand::Rng::with_seed(population.seed ^ spread);
        let [given, family] =
            [&GIVEN, &FAMILY].map(|parts| rng.choice(parts).copied().unwrap_or(NamePart::EMPTY));
        let left_days = rng.i64(3..240);

        Self {
            population,
            index,
            scenario,
            given,
            family,
            identifier: Identifier::for_index(index),
            left_days,
            rng,
        }
    }

    /// Generates the directory's row, for people who are in it.
    pub(crate) fn employee(&self) -> Option<Employee> {
        if !self.scenario.is_in_directory() {
            return None;
        }

        let slug = self.slug();
        let day_before = |days| Offset::UTC.to_datetime(self.days_ago(days)).date();
        Some(Employee {
            number: self.employee_number(),
            name: self.name(),
            email: format!("{slug}@northbridge.example"),
            alias: (self.identifier == Identifier::Alias).then(|| format!("{slug}@nbi.example")),
            user_name: (self.identifier == Identifier::UserName).then(|| slug.clone()),
            department: self.index,
            left_on: match self.scenario {
                Scenario::Leaver => Some(day_before(self.left_days)),
                Scenario::LeavingSoon => Some(day_before(-20)),
                _ => None,
            },
        })
    }

    /// Generates the account, and adds the expected facts of each of its seats.
    pub(crate) fn member(&mut self, facts: &mut Vec<SeatFacts>) -> Member {
        // The order of the random numbers decides the company of a seed.
        let age = if self.scenario == Scenario::New {
            5
        } else {
            self.rng.i64(450..2_000)
        };
        let created_at = self.days_ago(age);
        let email = self.email();
        let seats = self.seats(created_at, facts);
        let id = format!("m_{:016x}", self.rng.u64(..));

        Member {
            id,
            login: self.login(email.as_deref()),
            other_emails: self.other_emails(email.as_deref()),
            email,
            name: self.display_name(),
            given_name: (!self.is_bot()).then(|| self.given.text.to_owned()),
            family_name: (!self.is_bot() && !self.family.text.is_empty())
                .then(|| self.family.text.to_owned()),
            employee_ref: (self.scenario.is_in_directory()
                && self.identifier == Identifier::EmployeeNumber)
                .then(|| self.employee_number()),
            kind: match self.scenario {
                Scenario::Bot => MemberKind::Bot,
                Scenario::Guest => MemberKind::Guest,
                _ => MemberKind::Person,
            },
            state: match self.scenario {
                Scenario::Leaver if self.index.is_multiple_of(3) => MemberState::Suspended,
                Scenario::NeverUsed if self.index.is_multiple_of(3) => MemberState::Invited,
                _ => MemberState::Active,
            },
            role: if self.index == 0 {
                Role::Owner
            } else {
                Role::Member
            },
            created_at,
            seats,
        }
    }

    fn is_bot(&self) -> bool {
        self.scenario == Scenario::Bot
    }

    fn days_ago(&self, days: i64) -> Timestamp {
        self.population
            .now
            .saturating_sub(SignedDuration::from_hours(days * 24))
            .unwrap_or(self.population.now)
    }

    fn slug(&self) -> String {
        format!("{}.{}{}", self.given.slug, self.family.slug, self.index)
    }

    fn name(&self) -> String {
        format!("{} {}", self.given.text, self.family.text)
            .trim_end()
            .to_owned()
    }

    fn display_name(&self) -> String {
        if !self.is_bot() {
            return self.name();
        }

        let name = BOTS.get(self.index % BOTS.len()).unwrap_or(&"Bot");
        format!("{name} {}", self.index)
    }

    fn employee_number(&self) -> String {
        format!("N{:06}", self.index + 1)
    }

    fn email(&self) -> Option<String> {
        let slug = self.slug();

        match (self.scenario, self.identifier) {
            (Scenario::Bot, _) => None,
            (Scenario::Guest, _) => Some(format!("{slug}@studio-partner.example")),
            (Scenario::Unlisted, _) => Some(format!("{slug}@mailbox.example")),
            (_, Identifier::EmployeeNumber | Identifier::UserName) => None,
            (_, Identifier::Alias) => Some(format!("{slug}@nbi.example")),
            (_, Identifier::EmailInOtherCase) => {
                Some(format!("{}@Northbridge.Example", slug.to_uppercase()))
            }
            (_, Identifier::Email) => Some(format!("{slug}@northbridge.example")),
        }
    }

    /// Returns the private address that some members have beside their own.
    fn other_emails(&self, email: Option<&str>) -> Vec<String> {
        if email.is_some() && self.index % 17 == 5 {
            vec![format!("{}@private.example", self.slug())]
        } else {
            Vec::new()
        }
    }

    fn login(&self, email: Option<&str>) -> String {
        match email {
            _ if self.is_bot() => format!("bot-{}", self.index),
            Some(email) => email.to_owned(),
            None if self.identifier == Identifier::UserName => self.slug(),
            None => format!("member-{}", self.index),
        }
    }

    /// Generates a seat of one of the two editions, and for some employees one of the add-on.
    fn seats(&mut self, since: Timestamp, facts: &mut Vec<SeatFacts>) -> Vec<Seat> {
        let [standard, premium, add_on] = PLANS.map(|plan| plan.key);
        let holder = self.scenario.holder();
        let plan = if self.index % 7 < 2 && self.scenario.is_in_directory() {
            premium
        } else {
            standard
        };
        let via_group = GROUPS
            .get(self.index % 33)
            .copied()
            .filter(|_| plan == premium);
        let (last_use, usage) = self.edition_use();

        let mut seats = vec![Seat {
            plan,
            since,
            via_group,
            last_use,
        }];
        facts.push(SeatFacts {
            plan,
            holder,
            usage,
        });

        if self.scenario.is_in_directory() && self.index % 13 < 2 {
            // A third of those who use the edition has never opened the add-on.
            let is_unopened = usage == SeatUsage::InUse
                && holder == SeatHolder::Employee
                && self.index.is_multiple_of(3);
            let (last_use, usage) = if is_unopened {
                (LastUse::Never, SeatUsage::NeverUsed)
            } else {
                (last_use, usage)
            };
            seats.push(Seat {
                plan: add_on,
                since,
                via_group: None,
                last_use,
            });
            facts.push(SeatFacts {
                plan: add_on,
                holder,
                usage,
            });
        }

        seats
    }

    /// Generates the last use of the edition, with the usage that is expected of it.
    fn edition_use(&mut self) -> (LastUse, SeatUsage) {
        let days = match self.scenario {
            Scenario::NeverUsed => return (LastUse::Never, SeatUsage::NeverUsed),
            Scenario::New => return (LastUse::Never, SeatUsage::New),
            Scenario::ActivityHidden => return (LastUse::Unreported, SeatUsage::Unreported),
            Scenario::ActiveAtLimit => 59,
            Scenario::Inactive => self.rng.i64(61..400),
            Scenario::Leaver => self.left_days + 1,
            Scenario::Active
            | Scenario::LeavingSoon
            | Scenario::Unlisted
            | Scenario::Guest
            | Scenario::Bot => self.rng.i64(0..45),
        };
        let usage = if days < 60 {
            SeatUsage::InUse
        } else {
            SeatUsage::Inactive
        };

        (LastUse::At(self.days_ago(days)), usage)
    }
}
