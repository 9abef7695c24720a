//! Conversion of a SCIM user (RFC 7643, section 4.1, with the enterprise extension of section 4.3)
//! to an account.

use purser_sdk::prelude::*;
use purser_sdk::{RejectedRow, Timestamp};
use serde::Deserialize;

/// Largest number of attributes of an account.
const MAX_ATTRIBUTES: usize = 64;

/// The settings that decide which accounts without entitlements hold a seat.
pub(crate) struct SeatRule<'a> {
    pub(crate) product: &'a str,
    pub(crate) include_inactive: bool,
}

/// A user. Providers leave out unassigned attributes (RFC 7643, section 2.5), so only the id is
/// required.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    id: String,
    external_id: Option<String>,
    user_name: Option<String>,
    name: Option<Name>,
    display_name: Option<String>,
    user_type: Option<String>,
    active: Option<bool>,
    emails: Option<Vec<Value>>,
    roles: Option<Vec<Value>>,
    entitlements: Option<Vec<Value>>,
    meta: Option<Meta>,
    #[serde(rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")]
    enterprise: Option<Enterprise>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Name {
    formatted: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
}

/// One value of a multi-valued attribute (RFC 7643, section 2.4).
#[derive(Deserialize)]
struct Value {
    value: Option<String>,
    primary: Option<bool>,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(default, deserialize_with = "time::optional")]
    created: Option<Timestamp>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Enterprise {
    employee_number: Option<String>,
    cost_center: Option<String>,
    department: Option<String>,
}

impl User {
    /// Converts the user, or rejects it.
    pub(crate) fn account(self, rule: &SeatRule<'_>) -> Result<Account, RejectedRow> {
        if self.id.is_empty() {
            return Err(rejected(
                self.user_name.unwrap_or_else(|| "a user".into()),
                "id: is empty",
            ));
        }

        let seats = self.seats(rule);
        let attributes = self.attributes();
        let name = self.name.unwrap_or_default();

        Ok(Account {
            principal_name: self.user_name,
            emails: self
                .emails
                .into_iter()
                .flatten()
                .filter_map(Value::email)
                .collect(),
            display_name: self.display_name.or(name.formatted),
            given_name: name.given_name,
            family_name: name.family_name,
            employee_number: self
                .enterprise
                .and_then(|enterprise| enterprise.employee_number),
            kind: kind(self.user_type.as_deref()),
            status: match self.active {
                Some(true) => AccountStatus::Active,
                Some(false) => AccountStatus::Suspended,
                None => AccountStatus::Unspecified,
            },
            created_at: self.meta.and_then(|meta| meta.created),
            seats,
            attributes,
            ..Account::new(self.id)
        })
    }

    fn seats(&self, rule: &SeatRule<'_>) -> Vec<Seat> {
        let mut products = Vec::new();
        for product in values(self.entitlements.as_deref()) {
            if !products.contains(&product) {
                products.push(product);
            }
        }

        if products.is_empty() && (rule.include_inactive || self.active != Some(false)) {
            products.push(rule.product);
        }
        products.into_iter().map(Seat::of).collect()
    }

    fn attributes(&self) -> Vec<(String, String)> {
        let enterprise = self.enterprise.as_ref();
        let single = [
            ("external-id", self.external_id.as_deref()),
            ("user-type", self.user_type.as_deref()),
            (
                "department",
                enterprise.and_then(|enterprise| enterprise.department.as_deref()),
            ),
            (
                "cost-center",
                enterprise.and_then(|enterprise| enterprise.cost_center.as_deref()),
            ),
        ];

        let single = single
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        let roles = values(self.roles.as_deref()).map(|role| ("role", role));
        single
            .chain(roles)
            .take(MAX_ATTRIBUTES)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

impl Value {
    fn email(self) -> Option<Email> {
        Some(Email {
            address: self.value?,
            primary: self.primary == Some(true),
        })
    }
}

fn values(of: Option<&[Value]>) -> impl Iterator<Item = &str> {
    of.into_iter()
        .flatten()
        .filter_map(|each| each.value.as_deref())
}

/// Interprets `userType`, which is free text; RFC 7643 names some usual values. Unknown values stay
/// unspecified. The text is an attribute in any case.
fn kind(user_type: Option<&str>) -> AccountKind {
    match user_type.map(str::to_ascii_lowercase).as_deref() {
        Some("employee" | "contractor" | "intern" | "temp" | "member") => AccountKind::Human,
        Some("guest" | "external") => AccountKind::Guest,
        Some("bot" | "service" | "service account") => AccountKind::Service,
        _ => AccountKind::Unspecified,
    }
}
