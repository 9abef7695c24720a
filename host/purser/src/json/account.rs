//! Accounts in JSON: `purser accounts`.

use super::{Document, list};
use crate::words;
use jiff::Timestamp;
use purser_engine::AccountView;
use purser_model::{Email, LastActivity, Seat};
use serde::Serialize;

/// An account, with the connection it was read through.
#[derive(Serialize)]
pub(crate) struct AccountJson<'a> {
    connection: &'a str,
    id: &'a str,
    principal_name: Option<&'a str>,
    emails: Vec<EmailJson<'a>>,
    display_name: Option<&'a str>,
    given_name: Option<&'a str>,
    family_name: Option<&'a str>,
    employee_number: Option<&'a str>,
    kind: &'static str,
    status: &'static str,
    created_at: Option<Timestamp>,
    last_activity: LastActivityJson,
    seats: Vec<HeldSeatJson<'a>>,
    /// Pairs of a name and a value, in the application's order.
    attributes: &'a [(String, String)],
    /// Fields that could not be read, one sentence each.
    warnings: &'a [String],
    /// The first complete read that lacked it; null while the application lists it.
    missing_since: Option<Timestamp>,
}

/// An e-mail address of an account.
#[derive(Serialize)]
struct EmailJson<'a> {
    address: &'a str,
    primary: bool,
}

/// A seat that an account holds.
#[derive(Serialize)]
struct HeldSeatJson<'a> {
    product: &'a str,
    assigned_at: Option<Timestamp>,
    inherited_from: Option<&'a str>,
}

/// The last use of an account or a seat.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "state", content = "at")]
pub(super) enum LastActivityJson {
    /// The application does not report it.
    Unknown,
    /// Never used.
    Never,
    /// The instant of the last use.
    At(Timestamp),
}

impl Document for AccountJson<'_> {}

impl<'a> From<&'a AccountView> for AccountJson<'a> {
    fn from(view: &'a AccountView) -> Self {
        let account = &view.account;

        Self {
            connection: view.connection.as_str(),
            id: &account.id,
            principal_name: account.principal_name.as_deref(),
            emails: list(&account.emails),
            display_name: account.display_name.as_deref(),
            given_name: account.given_name.as_deref(),
            family_name: account.family_name.as_deref(),
            employee_number: account.employee_number.as_deref(),
            kind: words::account_kind(account.kind),
            status: words::account_status(account.status),
            created_at: account.created_at,
            last_activity: account.last_activity.into(),
            seats: list(&account.seats),
            attributes: &account.attributes,
            warnings: &account.warnings,
            missing_since: view.missing_since,
        }
    }
}

impl<'a> From<&'a Email> for EmailJson<'a> {
    fn from(email: &'a Email) -> Self {
        Self {
            address: &email.address,
            primary: email.primary,
        }
    }
}

impl<'a> From<&'a Seat> for HeldSeatJson<'a> {
    fn from(seat: &'a Seat) -> Self {
        Self {
            product: &seat.product,
            assigned_at: seat.assigned_at,
            inherited_from: seat.inherited_from.as_deref(),
        }
    }
}

impl From<LastActivity> for LastActivityJson {
    fn from(activity: LastActivity) -> Self {
        match activity {
            LastActivity::Unknown => Self::Unknown,
            LastActivity::Never => Self::Never,
            LastActivity::At(at) => Self::At(at),
        }
    }
}
