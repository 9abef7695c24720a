//! Conversion of a user to an account. Fields that the token's scopes do not cover are absent.

use purser_sdk::prelude::*;
use purser_sdk::{RejectedRow, Timestamp};
use serde::Deserialize;

/// Largest number of attributes of an account.
const MAX_ATTRIBUTES: usize = 64;

/// The settings that decide which users hold a seat.
pub(crate) struct SeatRule<'a> {
    pub(crate) product: &'a str,
    /// The group whose members hold a seat. Absent: every user holds one.
    pub(crate) group: Option<&'a str>,
}

/// A user of the hub.
#[derive(Deserialize)]
pub(crate) struct User {
    name: String,
    kind: Option<String>,
    admin: Option<bool>,
    roles: Option<Vec<String>>,
    /// Absent without the scope `read:users:groups`.
    pub(crate) groups: Option<Vec<String>>,
    #[serde(default, deserialize_with = "time::optional")]
    created: Option<Timestamp>,
    /// Null for a user who never signed in. Absent without the scope `read:users:activity`.
    #[serde(default, deserialize_with = "time::null_is_never")]
    pub(crate) last_activity: LastActivity,
}

impl User {
    /// True if the user can administer the hub; `None` if the token may not see that.
    pub(crate) fn is_administrator(&self) -> Option<bool> {
        let by_role = self
            .roles
            .as_ref()
            .map(|roles| roles.iter().any(|role| role == "admin"));

        match (self.admin, by_role) {
            (None, None) => None,
            (flag, role) => Some(flag == Some(true) || role == Some(true)),
        }
    }

    /// Converts the user, or rejects it.
    pub(crate) fn account(self, rule: &SeatRule<'_>) -> Result<Account, RejectedRow> {
        if self.name.is_empty() {
            return Err(rejected("a user without a name", "name: is empty"));
        }

        // why: whether the user holds a seat is then unknown, and neither answer is right
        if rule.group.is_some() && self.groups.is_none() {
            let reason = "groups: cannot be read, so that the seat is unknown";
            return Err(rejected(&self.name, reason).with_id(self.name));
        }

        let seat = self.seat(rule);
        let attributes = self.attributes();
        Ok(Account {
            principal_name: Some(self.name.clone()),
            // The hub stores no addresses, but people may sign in with theirs.
            emails: is_address(&self.name)
                .then(|| Email::other(&self.name))
                .into_iter()
                .collect(),
            kind: match self.kind.as_deref() {
                Some("user") => AccountKind::Human,
                Some("service") => AccountKind::Service,
                _ => AccountKind::Unspecified,
            },
            created_at: self.created,
            last_activity: self.last_activity,
            seats: seat.into_iter().collect(),
            attributes,
            ..Account::new(self.name)
        })
    }

    fn seat(&self, rule: &SeatRule<'_>) -> Option<Seat> {
        let seat = Seat::of(rule.product);
        let Some(group) = rule.group else {
            return Some(seat);
        };

        let member = self.groups.iter().flatten().any(|each| each == group);
        member.then(|| Seat {
            inherited_from: Some(group.into()),
            ..seat
        })
    }

    fn attributes(&self) -> Vec<(String, String)> {
        let admin = self
            .is_administrator()
            .map(|admin| ("admin", if admin { "true" } else { "false" }));
        let roles = self
            .roles
            .iter()
            .flatten()
            .map(|role| ("role", role.as_str()));
        let groups = self
            .groups
            .iter()
            .flatten()
            .map(|group| ("group", group.as_str()));
        admin
            .into_iter()
            .chain(roles)
            .chain(groups)
            .take(MAX_ATTRIBUTES)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

/// True if a name has the form of an e-mail address. It is only compared, so it need not be
/// deliverable.
fn is_address(name: &str) -> bool {
    let Some((local, domain)) = name.rsplit_once('@') else {
        return false;
    };
    let labels = || domain.split('.');
    !local.is_empty()
        && !local.contains('@')
        && !name.contains(char::is_whitespace)
        && labels().count() > 1
        && labels().all(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn is_address_requires_the_form_of_an_address() {
        for address in [
            "ada@example.com",
            "o'brien+seat@eu.example.com",
            "Ada.B@Example.com",
        ] {
            assert!(is_address(address), "{address}");
        }
        for name in [
            "ada",
            "ada@hub",
            "@example.com",
            "ada@",
            "ada@.com",
            "ada@example.",
            "a b@example.com",
            "a@b@c.de",
        ] {
            assert!(!is_address(name), "{name}");
        }
    }
}
