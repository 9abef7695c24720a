//! A member of the workspace: an account, and the seats it holds.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// Who or what signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody of the company.
    Person,
    /// Somebody of another company.
    Guest,
    /// A program.
    Bot,
}

/// Whether the member can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Yes.
    Active,
    /// No, until somebody re-enables it. Its seats are still paid for.
    Suspended,
    /// Not yet: the invitation was not accepted.
    Invited,
}

/// What the member may do in the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Pays the bill; can neither be suspended nor lose a seat through the API.
    Owner,
    /// Anybody else.
    Member,
}

/// When a seat was last used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Used {
    /// The member does not share it: the activity list leaves the seat out.
    Untold,
    /// Never.
    Never,
    /// At this instant.
    At(Timestamp),
}

/// A right to use a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seat {
    /// The plan's key.
    pub plan: &'static str,
    /// When it was given.
    #[serde(serialize_with = "seconds")]
    pub since: Timestamp,
    /// The group it comes from.
    pub via_group: Option<&'static str>,
    /// When it was last used. Not part of the member; the activity list tells.
    #[serde(skip)]
    pub used: Used,
}

/// A member, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Stable and unique; in no order.
    pub id: String,
    /// What is typed to sign in.
    pub login: String,
    /// Absent for programs and for people who were added by their employee number.
    pub email: Option<String>,
    /// Further addresses.
    pub other_emails: Vec<String>,
    /// Shown to others.
    pub name: String,
    /// Given name; absent for programs.
    pub given_name: Option<String>,
    /// Family name; absent for programs and for people with one name.
    pub family_name: Option<String>,
    /// The employee number, where the company filled it in. Left out of the JSON otherwise, as many applications do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employee_ref: Option<String>,
    /// Who or what it is.
    pub kind: Kind,
    /// Whether it can sign in.
    pub state: State,
    /// What it may do.
    pub role: Role,
    /// When it was made.
    #[serde(serialize_with = "seconds")]
    pub created_at: Timestamp,
    /// What it holds.
    pub seats: Vec<Seat>,
}

/// RFC 3339 in whole seconds, as most applications print it.
pub(crate) fn seconds<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{at:.0}"))
}
