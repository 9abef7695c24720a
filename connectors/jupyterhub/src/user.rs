//! From a user of the hub to an account. A token sees only the fields that its scopes cover; the others are absent.

use purser_sdk::prelude::*;
use purser_sdk::{RejectedRow, Timestamp};
use serde::Deserialize;

/// The most attributes that an account may carry.
const ATTRIBUTES: usize = 64;

/// Who holds a seat of what.
pub(crate) struct Counting<'a> {
    pub(crate) product: &'a str,
    /// Only its members hold a seat; absent: everybody.
    pub(crate) group: Option<&'a str>,
}

/// A user.
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
    /// Null for a user who never signed in; absent without the scope `read:users:activity`.
    #[serde(default, deserialize_with = "time::null_is_never")]
    pub(crate) last_activity: LastActivity,
}

impl User {
    /// Whether deleting the user may leave nobody who can administer the hub; `None` when the token may not see it.
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

    /// The account, or why the user is none.
    pub(crate) fn account(self, counting: &Counting<'_>) -> Result<Account, RejectedRow> {
        if self.name.is_empty() {
            return Err(rejected("a user without a name", "name: is empty"));
        }
        let seat = self.seat(counting);
        let attributes = self.attributes();
        Ok(Account {
            principal_name: Some(self.name.clone()),
            // The hub knows no addresses. Where people sign in with theirs, the name is one.
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

    fn seat(&self, counting: &Counting<'_>) -> Option<Seat> {
        let seat = Seat::of(counting.product);
        let Some(group) = counting.group else {
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
        let all = admin.into_iter().chain(roles).chain(groups);
        all.take(ATTRIBUTES)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

/// Whether a name has the shape of an e-mail address. It need not be one that works: matching compares it, nobody writes to it.
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
    fn only_what_looks_like_an_address_is_one() {
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
