//! Facts for tests, built in a few words.

use crate::AsOf;
use jiff::ToSpan;
use jiff::civil::date;
use purser_model::{
    Account, AccountKind, Email, Employment, Entitlement, LastActivity, Person, Seat, Term,
    Timestamp,
};

/// The moment that tests are about: noon UTC of 2026-11-23.
pub(crate) fn as_of() -> AsOf {
    AsOf {
        now: "2026-11-23T12:00:00Z".parse().unwrap(),
        today: date(2026, 11, 23),
    }
}

/// An instant so many whole days of 24 hours before the moment.
pub(crate) fn days_ago(days: i64) -> Timestamp {
    as_of().now - (days * 24).hours()
}

pub(crate) fn account(id: &str) -> Account {
    Account {
        id: id.into(),
        ..Account::default()
    }
}

pub(crate) fn person(number: &str) -> Person {
    Person {
        employee_number: number.into(),
        name: format!("Person {number}"),
        email: None,
        aliases: Vec::new(),
        user_name: None,
        department: None,
        manager: None,
        employment: Employment::Employed,
    }
}

pub(crate) fn entitlement(reference: &str, quantity: u32) -> Entitlement {
    Entitlement {
        reference: reference.into(),
        application: "hub".into(),
        product: "seat".into(),
        quantity,
        unit_cost: None,
        term: Term::Yearly,
        start: None,
        end: None,
    }
}

/// Says more about an account.
pub(crate) trait AccountWords: Sized {
    fn named(self, principal_name: &str) -> Self;
    fn with_emails(self, addresses: &[&str]) -> Self;
    fn numbered(self, employee_number: &str) -> Self;
    fn of_kind(self, kind: AccountKind) -> Self;
    fn used(self, last_activity: LastActivity) -> Self;
    fn made(self, at: Timestamp) -> Self;
    fn holding(self, product: &str) -> Self;
}

impl AccountWords for Account {
    fn named(self, principal_name: &str) -> Self {
        Self {
            principal_name: Some(principal_name.into()),
            ..self
        }
    }

    fn with_emails(self, addresses: &[&str]) -> Self {
        let email = |address: &&str| Email {
            address: (*address).into(),
            primary: false,
        };
        Self {
            emails: addresses.iter().map(email).collect(),
            ..self
        }
    }

    fn numbered(self, employee_number: &str) -> Self {
        Self {
            employee_number: Some(employee_number.into()),
            ..self
        }
    }

    fn of_kind(self, kind: AccountKind) -> Self {
        Self { kind, ..self }
    }

    fn used(self, last_activity: LastActivity) -> Self {
        Self {
            last_activity,
            ..self
        }
    }

    fn made(self, at: Timestamp) -> Self {
        Self {
            created_at: Some(at),
            ..self
        }
    }

    fn holding(mut self, product: &str) -> Self {
        self.seats.push(Seat {
            product: product.into(),
            assigned_at: None,
            inherited_from: None,
        });
        self
    }
}

/// Says more about a person.
pub(crate) trait PersonWords: Sized {
    fn email(self, address: &str) -> Self;
    fn alias(self, address: &str) -> Self;
    fn user_name(self, name: &str) -> Self;
    fn left(self, day: &str) -> Self;
}

impl PersonWords for Person {
    fn email(self, address: &str) -> Self {
        Self {
            email: Some(address.into()),
            ..self
        }
    }

    fn alias(mut self, address: &str) -> Self {
        self.aliases.push(address.into());
        self
    }

    fn user_name(self, name: &str) -> Self {
        Self {
            user_name: Some(name.into()),
            ..self
        }
    }

    fn left(self, day: &str) -> Self {
        Self {
            employment: Employment::Left(Some(day.parse().unwrap())),
            ..self
        }
    }
}

/// Says more about an entitlement.
pub(crate) trait EntitlementWords: Sized {
    fn costing(self, unit: &str) -> Self;
    fn to(self, application: &str, product: &str) -> Self;
}

impl EntitlementWords for Entitlement {
    fn costing(self, unit: &str) -> Self {
        Self {
            unit_cost: Some(unit.parse().unwrap()),
            ..self
        }
    }

    fn to(self, application: &str, product: &str) -> Self {
        Self {
            application: application.into(),
            product: product.into(),
            ..self
        }
    }
}
