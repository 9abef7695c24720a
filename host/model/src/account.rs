//! Accounts: the logins that exist in a SaaS application, and the seats they hold.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// When an account was last used. The three cases never blur: `Unknown` is never waste, `Never` may be.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case", tag = "state", content = "at")]
pub enum LastActivity {
    /// The application does not tell.
    #[default]
    Unknown,
    /// The application tells, and the account was never used.
    Never,
    /// The latest use known.
    At(Timestamp),
}

impl LastActivity {
    /// The one that says more: an instant before `Never`, `Never` before `Unknown`, and the later of two instants. This is what
    /// "activity only moves forward" means: merging never loses what is known.
    #[must_use]
    pub fn latest(self, other: Self) -> Self {
        self.max(other)
    }
}

/// Who or what signs in with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountKind {
    /// A person.
    Human,
    /// A program; never matched to people.
    Service,
    /// A person outside the organisation.
    Guest,
    /// The application does not tell; treated as `Human`.
    #[default]
    Unspecified,
}

impl AccountKind {
    /// The word used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Service => "service",
            Self::Guest => "guest",
            Self::Unspecified => "unspecified",
        }
    }
}

/// Whether an account can be signed in to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountStatus {
    /// It can.
    Active,
    /// It exists, and cannot until somebody re-enables it.
    Suspended,
    /// Invited, not yet accepted.
    Invited,
    /// The application does not tell.
    #[default]
    Unspecified,
}

impl AccountStatus {
    /// The word used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Invited => "invited",
            Self::Unspecified => "unspecified",
        }
    }
}

/// One e-mail address of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Email {
    /// As the application spells it.
    pub address: String,
    /// Whether the application calls it the main one.
    pub primary: bool,
}

/// An account's right to use one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// The application's identifier of the product.
    pub product: String,
    /// When it was given.
    pub assigned_at: Option<Timestamp>,
    /// The group it comes from, if it does.
    pub inherited_from: Option<String>,
}

/// A login that exists in the application. Absent fields are unknown, not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Account {
    /// The application's own identifier: not empty, at most 1 KiB.
    pub id: String,
    /// What is typed to sign in.
    pub principal_name: Option<String>,
    /// Every address known.
    pub emails: Vec<Email>,
    /// The name shown to others.
    pub display_name: Option<String>,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// The employer's number of the person.
    pub employee_number: Option<String>,
    /// Who or what signs in.
    pub kind: AccountKind,
    /// Whether it can be signed in to.
    pub status: AccountStatus,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last used.
    pub last_activity: LastActivity,
    /// The seats it holds.
    pub seats: Vec<Seat>,
    /// Anything else, as name and value.
    pub attributes: Vec<(String, String)>,
}

impl Account {
    /// The address that stands for the account: the one called primary, else the first.
    #[must_use]
    pub fn primary_email(&self) -> Option<&str> {
        let primary = self
            .emails
            .iter()
            .find(|email| email.primary)
            .or_else(|| self.emails.first());
        primary.map(|email| email.address.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_activity_is_what_says_most() {
        let (early, late) = (
            LastActivity::At(Timestamp::UNIX_EPOCH),
            LastActivity::At(Timestamp::MAX),
        );
        assert_eq!(
            LastActivity::Unknown.latest(LastActivity::Never),
            LastActivity::Never
        );
        assert_eq!(early.latest(LastActivity::Never), early);
        assert_eq!(late.latest(early), late);
        assert_eq!(early.latest(late), late);
    }

    #[test]
    fn the_primary_address_need_not_be_the_first() {
        let email = |address: &str, primary| Email {
            address: address.into(),
            primary,
        };
        let account = Account {
            emails: vec![email("home@x", false), email("work@x", true)],
            ..Account::default()
        };
        assert_eq!(account.primary_email(), Some("work@x"));
        assert_eq!(Account::default().primary_email(), None);
    }
}
