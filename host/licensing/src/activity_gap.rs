//! Detection of activity gaps: a connection through which no person shows recent activity.
//!
//! A whole company seldom stops using an application at once. The activity feed is more likely
//! broken: the application stopped reporting, the credential sees less than before, or nothing was
//! read. Without this check every seat would look idle, and soon wasted.

use purser_model::{Account, AccountKind, LastActivity, Timestamp};

/// The fewest accounts for which a gap is reported. A smaller team may all be on leave.
const MIN_ACCOUNTS: u64 = 10;

/// The latest activity of all people whose accounts were read through one connection.
#[derive(Debug, Default)]
pub(crate) struct ActivityGap {
    accounts: u64,
    latest: Option<Timestamp>,
}

impl ActivityGap {
    /// Records the latest activity of one account.
    ///
    /// Service accounts are ignored: they keep working while everybody is away.
    pub(crate) fn observe(&mut self, account: &Account, activity: LastActivity) {
        if let LastActivity::At(at) = activity
            && account.kind != AccountKind::Service
        {
            self.accounts += 1;
            self.latest = self.latest.max(Some(at));
        }
    }

    /// Returns the number of people's accounts that were ever used.
    pub(crate) const fn accounts(&self) -> u64 {
        self.accounts
    }

    /// Returns the start of the gap, if it lasts at least `days` days until the accounts were read.
    /// With 0 days there is never a gap.
    pub(crate) fn since(&self, days: u32, read_at: Timestamp) -> Option<Timestamp> {
        let latest = self
            .latest
            .filter(|_| days > 0 && self.accounts >= MIN_ACCOUNTS)?;
        let idle_days = read_at.duration_since(latest).as_hours() / 24;

        (idle_days >= i64::from(days)).then_some(latest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn has_gap(accounts: u64, kind: AccountKind, days_ago: i64, after_days: u32) -> bool {
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let account = Account {
            kind,
            ..Account::default()
        };

        // Each account was last used a day before the previous one.
        let mut gap = ActivityGap::default();
        for number in 0..accounts {
            let hours = (days_ago + i64::try_from(number).unwrap()) * 24;
            gap.observe(
                &account,
                LastActivity::At(now - SignedDuration::from_hours(hours)),
            );
            gap.observe(&account, LastActivity::Never);
        }

        let since = gap.since(after_days, now);
        assert!(
            since.is_none_or(|since| since == now - SignedDuration::from_hours(days_ago * 24)),
            "{since:?}"
        );
        since.is_some()
    }

    #[test]
    fn activity_gap_needs_many_people_and_many_days() {
        let human = AccountKind::Human;

        assert!(has_gap(10, human, 7, 7));
        assert!(has_gap(500, AccountKind::Unspecified, 30, 7));

        assert!(!has_gap(9, human, 30, 7), "too few accounts");
        assert!(!has_gap(500, human, 6, 7), "activity is recent");
        assert!(
            !has_gap(500, AccountKind::Service, 30, 7),
            "service accounts do not count"
        );
        assert!(!has_gap(500, human, 30, 0), "the check is off");
    }
}
