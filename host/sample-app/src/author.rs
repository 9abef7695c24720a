//! Writes one member of the application, and the employee behind it.

use crate::company::{Employee, PLANS, Population};
use crate::member::{Kind, Member, Role, Seat, State, Used};
use crate::names::{BOTS, FAMILY, GIVEN, GROUPS, Part};
use crate::story::{Contact, Story};
use crate::truth::{Fact, Holder, Usage};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// Writes one member and the employee behind it.
pub(crate) struct Author {
    population: Population,
    index: usize,
    story: Story,
    given: Part,
    family: Part,
    contact: Contact,
    /// Days since the person left, for leavers.
    left_days: i64,
    rng: fastrand::Rng,
}

impl Author {
    /// Of the member at this place in the list.
    pub(crate) fn new(population: Population, index: usize) -> Self {
        Self::telling(population, index, Story::of(index))
    }

    /// Of an employee who has no account.
    pub(crate) fn without_account(population: Population, index: usize) -> Self {
        Self::telling(population, index, Story::Working)
    }

    fn telling(population: Population, index: usize, story: Story) -> Self {
        let spread = (index as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut rng = fastrand::Rng::with_seed(population.seed ^ spread);
        let [given, family] =
            [&GIVEN, &FAMILY].map(|parts| rng.choice(parts).copied().unwrap_or(Part::NONE));
        let left_days = rng.i64(3..240);
        Self {
            population,
            index,
            story,
            given,
            family,
            contact: Contact::of(index),
            left_days,
            rng,
        }
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

    fn number(&self) -> String {
        format!("N{:06}", self.index + 1)
    }

    /// The directory's row, for those who are in it.
    pub(crate) fn employee(&self) -> Option<Employee> {
        let day = |days| Offset::UTC.to_datetime(self.days_ago(days)).date();
        self.story.is_employee().then(|| Employee {
            number: self.number(),
            name: self.name(),
            email: format!("{}@northbridge.example", self.slug()),
            alias: (self.contact == Contact::Alias).then(|| format!("{}@nbi.example", self.slug())),
            user_name: (self.contact == Contact::UserName).then(|| self.slug()),
            department: self.index,
            left_on: match self.story {
                Story::Leaver => Some(day(self.left_days)),
                Story::LeavingSoon => Some(day(-20)),
                _ => None,
            },
        })
    }

    fn email(&self) -> Option<String> {
        let slug = self.slug();
        match (self.story, self.contact) {
            (Story::Bot, _) => None,
            (Story::Guest, _) => Some(format!("{slug}@studio-partner.example")),
            (Story::Stranger, _) => Some(format!("{slug}@mailbox.example")),
            (_, Contact::Number | Contact::UserName) => None,
            (_, Contact::Alias) => Some(format!("{slug}@nbi.example")),
            (_, Contact::OtherCase) => Some(format!("{}@Northbridge.Example", slug.to_uppercase())),
            (_, Contact::Address) => Some(format!("{slug}@northbridge.example")),
        }
    }

    /// The account, and for each of its seats what is true of it.
    pub(crate) fn member(&mut self, facts: &mut Vec<Fact>) -> Member {
        let age = if self.story == Story::New {
            5
        } else {
            self.rng.i64(450..2_000)
        };
        let created_at = self.days_ago(age);
        let email = self.email();
        let seats = self.seats(created_at, facts);
        let bot = self.story == Story::Bot;
        let bot_name = BOTS.get(self.index % BOTS.len()).unwrap_or(&"Bot");
        Member {
            id: format!("m_{:016x}", self.rng.u64(..)),
            login: match (bot, &email) {
                (true, _) => format!("bot-{}", self.index),
                (false, Some(email)) => email.clone(),
                (false, None) if self.contact == Contact::UserName => self.slug(),
                (false, None) => format!("member-{}", self.index),
            },
            other_emails: if email.is_some() && self.index % 17 == 5 {
                vec![format!("{}@private.example", self.slug())]
            } else {
                Vec::new()
            },
            email,
            name: if bot {
                format!("{bot_name} {}", self.index)
            } else {
                self.name()
            },
            given_name: (!bot).then(|| self.given.text.to_owned()),
            family_name: (!bot && !self.family.text.is_empty())
                .then(|| self.family.text.to_owned()),
            employee_ref: (self.story.is_employee() && self.contact == Contact::Number)
                .then(|| self.number()),
            kind: match self.story {
                Story::Bot => Kind::Bot,
                Story::Guest => Kind::Guest,
                _ => Kind::Person,
            },
            state: match self.story {
                Story::Leaver if self.index.is_multiple_of(3) => State::Suspended,
                Story::Never if self.index.is_multiple_of(3) => State::Invited,
                _ => State::Active,
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

    /// One of the two editions for everybody, and the add-on for some employees.
    fn seats(&mut self, since: Timestamp, facts: &mut Vec<Fact>) -> Vec<Seat> {
        let [standard, premium, add_on] = PLANS.map(|plan| plan.key);
        let holder = self.story.holder();
        let plan = if self.index % 7 < 2 && self.story.is_employee() {
            premium
        } else {
            standard
        };
        let via_group = GROUPS
            .get(self.index % 33)
            .copied()
            .filter(|_| plan == premium);
        let (used, usage) = self.use_of_edition();
        let mut seats = vec![Seat {
            plan,
            since,
            via_group,
            used,
        }];
        facts.push(Fact {
            plan,
            holder,
            usage,
        });
        if self.story.is_employee() && self.index % 13 < 2 {
            // A third of those who use the edition has never opened the add-on.
            let unopened =
                usage == Usage::InUse && holder == Holder::Employee && self.index.is_multiple_of(3);
            let (used, usage) = if unopened {
                (Used::Never, Usage::NeverUsed)
            } else {
                (used, usage)
            };
            seats.push(Seat {
                plan: add_on,
                since,
                via_group: None,
                used,
            });
            facts.push(Fact {
                plan: add_on,
                holder,
                usage,
            });
        }
        seats
    }

    fn use_of_edition(&mut self) -> (Used, Usage) {
        let days = match self.story {
            Story::Never => return (Used::Never, Usage::NeverUsed),
            Story::New => return (Used::Never, Usage::New),
            Story::Private => return (Used::Untold, Usage::Untold),
            Story::Boundary => 59,
            Story::Idle => self.rng.i64(61..400),
            Story::Leaver => self.left_days + 1,
            Story::Working | Story::LeavingSoon | Story::Stranger | Story::Guest | Story::Bot => {
                self.rng.i64(0..45)
            }
        };
        let usage = if days < 60 {
            Usage::InUse
        } else {
            Usage::Inactive
        };
        (Used::At(self.days_ago(days)), usage)
    }
}
