//! Usage of a seat: its activity measured against the window of inactivity.

use jiff::civil::Date;
use jiff::tz::Offset;
use purser_model::{LastActivity, Timestamp};
use serde::{Deserialize, Serialize};

/// The usage of a seat. Every seat has exactly one, by its activity alone: grace and exemptions do
/// not change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Usage {
    /// Used within the window.
    InUse,
    /// Last used before the window.
    Inactive,
    /// Never used, as the application reports.
    NeverUsed,
    /// Not reported by the application.
    Unknown,
}

impl Usage {
    /// Classifies activity by a window of `inactive_after_days` days that ends at `now`.
    ///
    /// Activity in the future counts as use: the application's clock may be ahead.
    pub(crate) fn classify(
        activity: LastActivity,
        inactive_after_days: u32,
        now: Timestamp,
    ) -> Self {
        match activity {
            LastActivity::Unknown => Self::Unknown,
            LastActivity::Never => Self::NeverUsed,
            LastActivity::At(at) if whole_days(at, now) >= i64::from(inactive_after_days) => {
                Self::Inactive
            }
            LastActivity::At(_) => Self::InUse,
        }
    }

    /// Returns true if the seat was not used within the window. Unknown usage is not idle.
    pub(crate) const fn is_idle(self) -> bool {
        matches!(self, Self::Inactive | Self::NeverUsed)
    }
}

/// Returns the whole days of 24 hours between two instants, rounded down: negative if `from` is
/// later.
pub(crate) fn whole_days(from: Timestamp, to: Timestamp) -> i64 {
    const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

    (to.as_millisecond() - from.as_millisecond()).div_euclid(DAY_MILLIS)
}

/// Returns the day of an instant in UTC.
pub(crate) fn utc_day(at: Timestamp) -> Date {
    Offset::UTC.to_datetime(at).date()
}
