//! Seats that a figure counts, in JSON.

use super::account::LastActivityJson;
use crate::words;
use purser_engine::licensing::{NotReclaimable, SeatRow};
use serde::Serialize;

/// A seat as the rules see it.
#[derive(Serialize)]
pub(super) struct SeatRowJson<'a> {
    connection: Option<&'a str>,
    account: &'a str,
    principal_name: Option<&'a str>,
    employee_number: Option<&'a str>,
    last_activity: LastActivityJson,
    usage: &'static str,
    reclaimable: bool,
    spared: Option<NotReclaimableJson<'a>>,
}

/// The reason why an unused seat is not reclaimable.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
enum NotReclaimableJson<'a> {
    Grace,
    Exempt { pattern: &'a str },
}

impl<'a> From<&'a SeatRow> for SeatRowJson<'a> {
    fn from(row: &'a SeatRow) -> Self {
        Self {
            connection: row.connection.as_deref(),
            account: &row.account,
            principal_name: row.principal_name.as_deref(),
            employee_number: row.employee_number.as_deref(),
            last_activity: row.last_activity.into(),
            usage: words::usage(row.usage),
            reclaimable: row.reclaimable,
            spared: row.not_reclaimable.as_ref().map(|reason| match reason {
                NotReclaimable::Grace => NotReclaimableJson::Grace,
                NotReclaimable::Exempt { pattern } => NotReclaimableJson::Exempt { pattern },
            }),
        }
    }
}
