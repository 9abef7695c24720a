//! Members of the workspace: accounts, with the seats they hold.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// The kind of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberKind {
    /// A person of the company.
    Person,
    /// A person of another company.
    Guest,
    /// A program.
    Bot,
}

/// The state of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberState {
    /// Can sign in.
    Active,
    /// Cannot sign in until re-enabled. Its seats are still paid for.
    Suspended,
    /// Has not accepted the invitation yet.
    Invited,
}

/// The role of a member in the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Pays the bill. Can neither be suspended nor lose a seat through the API.
    Owner,
    /// Any other member.
    Member,
}

/// The last use of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastUse {
    /// Not reported: the member hides it, and the activity list leaves the seat out.
    Unreported,
    /// Never used.
    Never,
    /// Used at this instant.
    At(Timestamp),
}

/// A right to use a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seat {
    /// The plan's key.
    pub plan: &'static str,
    /// The instant of assignment.
    #[serde(serialize_with = "serialize_seconds")]
    pub since: Timestamp,
    /// The group that the seat comes from; absent if it was assigned directly.
    pub via_group: Option<&'static str>,
    /// The last use. The activity list reports it, and the member does not.
    #[serde(skip)]
    pub last_use: LastUse,
}

/// A member, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Stable and unique id, in no order.
    pub id: String,
    /// Sign-in name.
    pub login: String,
    /// Address; absent for programs and for people added by their employee number.
    pub email: Option<String>,
    /// Further addresses.
    pub other_emails: Vec<String>,
    /// Display name.
    pub name: String,
    /// Given name; absent for programs.
    pub given_name: Option<String>,
    /// Family name; absent for programs and for people with one name.
    pub family_name: Option<String>,
    /// Employee number; absent if the company did not fill it in. The JSON then omits the field, as
    /// many applications do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employee_ref: Option<String>,
    /// Kind of member.
    pub kind: MemberKind,
    /// State of the member.
    pub state: MemberState,
    /// Role in the workspace.
    pub role: Role,
    /// Instant of creation.
    #[serde(serialize_with = "serialize_seconds")]
    pub created_at: Timestamp,
    /// Seats held.
    pub seats: Vec<Seat>,
}

/// Writes an instant as RFC 3339 in whole seconds, as most applications do.
fn serialize_seconds<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{at:.0}"))
}
