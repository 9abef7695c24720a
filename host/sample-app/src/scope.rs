//! Scopes of a token.

use serde::Serialize;

/// A permission of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Scope {
    /// Permission to read members.
    #[serde(rename = "members:read")]
    MembersRead,
    /// Permission to suspend members and remove their seats.
    #[serde(rename = "members:write")]
    MembersWrite,
    /// Permission to read activity.
    #[serde(rename = "activity:read")]
    ActivityRead,
    /// Permission to read plans.
    #[serde(rename = "billing:read")]
    BillingRead,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 4] = [
        Self::MembersRead,
        Self::MembersWrite,
        Self::ActivityRead,
        Self::BillingRead,
    ];

    /// Returns the scope as responses spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MembersRead => "members:read",
            Self::MembersWrite => "members:write",
            Self::ActivityRead => "activity:read",
            Self::BillingRead => "billing:read",
        }
    }
}
