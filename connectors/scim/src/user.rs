//! Conversion of a SCIM user (RFC 7643, section 4.1, with the enterprise extension of section 4.3)
//! to an account.

use crate::multi_valued::{MultiValued, values};
use purser_sdk::prelude::*;
use purser_sdk::{RejectedRow, Timestamp, json};
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
    #[serde(deserialize_with = "json::id")]
    id: String,
    external_id: Option<String>,
    user_name: Option<String>,
    name: Option<Name>,
    display_name: Option<String>,
    user_type: Option<String>,
    active: Option<bool>,
    emails: Option<Vec<MultiValued>>,
    roles: Option<Vec<MultiValued>>,
    entitlements: Option<Vec<MultiValued>>,
    meta: Option<Meta>,
    #[serde(rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")]
    enterprise: Option<Enterprise>,
    // Names that other providers use for the extension: without its last part, that of SCIM 1.1,
    // and short ones.
    #[serde(rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0")]
    enterprise_without_type: Option<Enterprise>,
    #[serde(rename = "urn:scim:schemas:extension:enterprise:1.0")]
    enterprise_of_scim_1: Option<Enterprise>,
    #[serde(rename = "urn:scim:schemas:extension:enterprise:2.0:User")]
    enterprise_without_ietf: Option<Enterprise>,
    #[serde(rename = "enterprise")]
    enterprise_by_word: Option<Enterprise>,
    #[serde(rename = "enterpriseUser")]
    enterprise_by_type: Option<Enterprise>,
    // Its attributes at the top level, by name or by URN (RFC 7644, section 3.10).
    employee_number: Option<String>,
    cost_center: Option<String>,
    department: Option<String>,
    #[serde(rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber")]
    employee_number_by_urn: Option<String>,
    #[serde(rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter")]
    cost_center_by_urn: Option<String>,
    #[serde(rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department")]
    department_by_urn: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Name {
    formatted: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
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
    pub(crate) fn account(mut self, rule: &SeatRule<'_>) -> Result<Account, RejectedRow> {
        if self.id.is_empty() {
            return Err(rejected(
                self.user_name.unwrap_or_else(|| "a user".into()),
                "id: is empty",
            ));
        }

        let enterprise = self.enterprise();
        let seats = self.seats(rule);
        let attributes = self.attributes(&enterprise);
        let name = self.name.unwrap_or_default();

        Ok(Account {
            principal_name: self.user_name,
            emails: self
                .emails
                .into_iter()
                .flatten()
                .filter_map(MultiValued::email)
                .collect(),
            display_name: self.display_name.or(name.formatted),
            given_name: name.given_name,
            family_name: name.family_name,
            employee_number: enterprise.employee_number,
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

    /// Takes the enterprise extension, under the first name that has each attribute.
    fn enterprise(&mut self) -> Enterprise {
        let by_name = [
            self.enterprise.take(),
            self.enterprise_without_type.take(),
            self.enterprise_of_scim_1.take(),
            self.enterprise_without_ietf.take(),
            self.enterprise_by_word.take(),
            self.enterprise_by_type.take(),
        ];
        let by_urn = Enterprise {
            employee_number: self.employee_number_by_urn.take(),
            cost_center: self.cost_center_by_urn.take(),
            department: self.department_by_urn.take(),
        };
        let at_the_top = Enterprise {
            employee_number: self.employee_number.take(),
            cost_center: self.cost_center.take(),
            department: self.department.take(),
        };

        let all = by_name.into_iter().flatten().chain([by_urn, at_the_top]);
        all.fold(Enterprise::default(), |found, next| Enterprise {
            employee_number: found.employee_number.or(next.employee_number),
            cost_center: found.cost_center.or(next.cost_center),
            department: found.department.or(next.department),
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

    fn attributes(&self, enterprise: &Enterprise) -> Vec<(String, String)> {
        let single = [
            ("external-id", self.external_id.as_deref()),
            ("user-type", self.user_type.as_deref()),
            ("department", enterprise.department.as_deref()),
            ("cost-center", enterprise.cost_center.as_deref()),
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
