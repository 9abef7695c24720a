//! Sample accounts, people and entitlements for tests.

use crate::rules::AsOf;
use jiff::ToSpan;
use jiff::civil::date;
use purser_model::{
    Account, AccountKind, Email, Employment, Entitlement, LastActivity, Money, Person, Seat, Term,
    Timestamp,
};

/// Returns the moment that tests reconcile at: noon UTC of 2026-11-23.
pub(crate) fn as_of() -> AsOf {
    AsOf {
        now: "2026-11-23T12:00:00Z".parse().unwrap(),
        today: date(2026, 11, 23),
    }
}

/// Returns the instant a number of days of 24 hours before that moment.
pub(crate) fn days_ago(days: i64) -> Timestamp {
    as_of().now - (days * 24).hours()
}

/// Returns activity a number of days before that moment.
pub(crate) fn used_days_ago(days: i64) -> LastActivity {
    LastActivity::At(days_ago(days))
}

/// Parses an amount such as `120 EUR`.
pub(crate) fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// Returns an account with an id and nothing else.
pub(crate) fn account(id: &str) -> Account {
    Account {
        id: id.into(),
        ..Account::default()
    }
}

/// Returns an employed person with an employee number and a name.
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

/// Returns an unpriced yearly entitlement to product `seat` of application `hub`.
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

/// Fields of an account, set one by one.
pub(crate) trait AccountBuilder: Sized {
    fn with_principal_name(self, name: &str) -> Self;
    fn with_emails(self, addresses: &[&str]) -> Self;
    fn with_employee_number(self, number: &str) -> Self;
    fn with_kind(self, kind: AccountKind) -> Self;
    fn with_activity(self, last_activity: LastActivity) -> Self;
    fn with_creation(self, at: Timestamp) -> Self;
    fn with_seat(self, product: &str) -> Self;
}

impl AccountBuilder for Account {
    fn with_principal_name(self, name: &str) -> Self {
        Self {
            principal_name: Some(name.into()),
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

    fn with_employee_number(self, number: &str) -> Self {
        Self {
            employee_number: Some(number.into()),
            ..self
        }
    }

    fn with_kind(self, kind: AccountKind) -> Self {
        Self { kind, ..self }
    }

    fn with_activity(self, last_activity: LastActivity) -> Self {
        Self {
            last_activity,
            ..self
        }
    }

    fn with_creation(self, at: Timestamp) -> Self {
        Self {
            created_at: Some(at),
            ..self
        }
    }

    fn with_seat(mut self, product: &str) -> Self {
        self.seats.push(Seat {
            product: product.into(),
            assigned_at: None,
            inherited_from: None,
        });
        self
    }
}

/// Fields of a person, set one by one.
pub(crate) trait PersonBuilder: Sized {
    fn with_email(self, address: &str) -> Self;
    fn with_alias(self, address: &str) -> Self;
    fn with_user_name(self, name: &str) -> Self;
    fn who_left_on(self, day: &str) -> Self;
}

impl PersonBuilder for Person {
    fn with_email(self, address: &str) -> Self {
        Self {
            email: Some(address.into()),
            ..self
        }
    }

    fn with_alias(mut self, address: &str) -> Self {
        self.aliases.push(address.into());
        self
    }

    fn with_user_name(self, name: &str) -> Self {
        Self {
            user_name: Some(name.into()),
            ..self
        }
    }

    fn who_left_on(self, day: &str) -> Self {
        Self {
            employment: Employment::Left(Some(day.parse().unwrap())),
            ..self
        }
    }
}

/// Fields of an entitlement, set one by one.
pub(crate) trait EntitlementBuilder: Sized {
    fn with_unit_cost(self, unit_cost: &str) -> Self;
    fn with_product(self, application: &str, product: &str) -> Self;
}

impl EntitlementBuilder for Entitlement {
    fn with_unit_cost(self, unit_cost: &str) -> Self {
        Self {
            unit_cost: Some(unit_cost.parse().unwrap()),
            ..self
        }
    }

    fn with_product(self, application: &str, product: &str) -> Self {
        Self {
            application: application.into(),
            product: product.into(),
            ..self
        }
    }
}
