//! Seats as rows: the evidence for the figures of a position.

use crate::assessment::{Assessment, NotReclaimable};
use crate::matching::Match;
use crate::subscription::Subscription;
use crate::usage::Usage;
use purser_model::LastActivity;
use serde::{Deserialize, Serialize};

/// One seat, kept to show the rows that a figure was counted from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatRow {
    /// The connection the account was read through; absent if the application has only one.
    pub connection: Option<String>,
    /// The id of the account that holds the seat.
    pub account: String,
    /// The account's sign-in name; absent if the application does not report it.
    pub principal_name: Option<String>,
    /// The employee number of the holder; absent if the account was not matched to one person.
    pub employee_number: Option<String>,
    /// The latest use of the seat.
    pub last_activity: LastActivity,
    /// The usage that follows from `last_activity`.
    pub usage: Usage,
    /// True if the seat is wasted and may be reclaimed.
    pub reclaimable: bool,
    /// The reason not to reclaim the seat; absent if there is none.
    #[serde(rename = "spared")]
    pub not_reclaimable: Option<NotReclaimable>,
}

impl SeatRow {
    /// Keeps the facts of an assessed seat.
    pub(crate) fn new(seat: &Subscription<'_>, assessment: &Assessment) -> Self {
        let employee_number = match seat.holder {
            Match::Person { person, .. } => Some(person.employee_number.clone()),
            _ => None,
        };

        Self {
            connection: seat.connection.map(str::to_owned),
            account: seat.account.id.clone(),
            principal_name: seat.account.principal_name.clone(),
            employee_number,
            last_activity: seat.last_activity,
            usage: assessment.usage,
            reclaimable: assessment.is_reclaimable(),
            not_reclaimable: assessment.not_reclaimable.clone(),
        }
    }
}
