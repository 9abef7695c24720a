//! Accounts: the logins that exist in a SaaS application, and the seats they hold.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// Last use of an account. The three cases stay apart: `Unknown` is never waste, `Never` may be.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case", tag = "state", content = "at")]
pub enum LastActivity {
    /// The application does not report activity.
    #[default]
    Unknown,
    /// The application reports activity, and the account was never used.
    Never,
    /// Latest known use.
    At(Timestamp),
}

impl LastActivity {
    /// Returns the value that says more: an instant before `Never`, `Never` before `Unknown`, and
    /// the later of two instants.
    ///
    /// Activity therefore only moves forward: merging never loses a known use.
    #[must_use]
    pub fn latest(self, other: Self) -> Self {
        self.max(other)
    }
}

/// Kind of user that signs in with an account.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, strum::IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum AccountKind {
    /// A person.
    Human,
    /// A program; never matched to a person.
    Service,
    /// A person outside the organisation.
    Guest,
    /// Not reported by the application; treated as `Human`.
    #[default]
    Unspecified,
}

impl AccountKind {
    /// Returns the word used in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// State of an account's sign-in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, strum::IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum AccountStatus {
    /// The account can be signed in to.
    Active,
    /// The account exists, and cannot be signed in to until it is re-enabled.
    Suspended,
    /// The invitation is not accepted yet.
    Invited,
    /// Not reported by the application.
    #[default]
    Unspecified,
}

impl AccountStatus {
    /// Returns the word used in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// E-mail address of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Email {
    /// Address in the application's spelling.
    pub address: String,
    /// True if the application calls it the main address.
    pub primary: bool,
}

/// Right of an account to use one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Identifier of the product in the application.
    pub product: String,
    /// Instant of the assignment; absent if not known.
    pub assigned_at: Option<Timestamp>,
    /// Group that the seat is inherited from; absent if it is assigned directly.
    pub inherited_from: Option<String>,
}

/// Login that exists in the application. Absent fields are unknown, not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Account {
    /// Identifier in the application: not empty, at most 1 KiB.
    pub id: String,
    /// Name that is typed to sign in.
    pub principal_name: Option<String>,
    /// All known addresses.
    pub emails: Vec<Email>,
    /// Name shown to other users.
    pub display_name: Option<String>,
    /// Given name of the person.
    pub given_name: Option<String>,
    /// Family name of the person.
    pub family_name: Option<String>,
    /// Number that the employer gave the person.
    pub employee_number: Option<String>,
    /// Kind of user.
    pub kind: AccountKind,
    /// State of the sign-in.
    pub status: AccountStatus,
    /// Instant of creation.
    pub created_at: Option<Timestamp>,
    /// Last use.
    pub last_activity: LastActivity,
    /// Seats that the account holds.
    pub seats: Vec<Seat>,
    /// Other attributes, as name and value.
    pub attributes: Vec<(String, String)>,
    /// Fields that could not be read and are therefore absent, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl Account {
    /// Returns the address that stands for the account: the main one, else the first.
    #[must_use]
    pub fn primary_email(&self) -> Option<&str> {
        let primary = self
            .emails
            .iter()
            .find(|email| email.primary)
            .or_else(|| self.emails.first());

        primary.map(|email| email.address.as_str())
    }

    /// Visits the addresses that the application calls the main one. There is one as a rule;
    /// several contradict each other. An only address is the main one; of several none may be.
    pub fn primary_emails(&self) -> impl Iterator<Item = &str> {
        let is_only = self.emails.len() == 1;

        self.emails
            .iter()
            .filter(move |email| email.primary || is_only)
            .map(|email| email.address.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latest_keeps_the_value_that_says_more() {
        let early = LastActivity::At(Timestamp::UNIX_EPOCH);
        let late = LastActivity::At(Timestamp::MAX);

        assert_eq!(
            LastActivity::Unknown.latest(LastActivity::Never),
            LastActivity::Never
        );
        assert_eq!(early.latest(LastActivity::Never), early);
        assert_eq!(late.latest(early), late);
        assert_eq!(early.latest(late), late);
    }

    #[test]
    fn primary_email_need_not_be_the_first() {
        let email = |address: &str, primary| Email {
            address: address.into(),
            primary,
        };

        let account = Account {
            emails: vec![email("home@x", false), email("work@x", true)],
            ..Account::default()
        };

        assert_eq!(account.primary_email(), Some("work@x"));
        assert!(account.primary_emails().eq(["work@x"]));
        assert_eq!(Account::default().primary_email(), None);
    }
}
