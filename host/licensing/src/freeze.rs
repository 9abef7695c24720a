//! Freezes: when nobody at all seems to have used an application for days, it is rarely that everybody stopped. The application no longer
//! tells, the credential sees less than it did, or nothing was read: every seat would look idle, and soon wasted.

use crate::AsOf;
use purser_model::{Account, AccountKind, LastActivity, Timestamp};

/// Fewer people than these may well all be away.
const FEWEST: u64 = 10;

/// The latest use of anything, by anybody, as one connection tells it.
#[derive(Debug, Default)]
pub(crate) struct Latest {
    /// Accounts of people that were ever used.
    pub(crate) accounts: u64,
    at: Option<Timestamp>,
}

impl Latest {
    /// Takes in one account. Programs do not count: they work on when everybody is away.
    pub(crate) fn see(&mut self, account: &Account, used: LastActivity) {
        if let LastActivity::At(at) = used
            && account.kind != AccountKind::Service
        {
            self.accounts += 1;
            self.at = self.at.max(Some(at));
        }
    }

    /// Since when there is no activity, where that is at least so many days. With 0 nothing is taken for a freeze.
    pub(crate) fn frozen_since(&self, days: u32, as_of: AsOf) -> Option<Timestamp> {
        let at = self.at.filter(|_| days > 0 && self.accounts >= FEWEST)?;
        let idle = as_of.now.duration_since(at).as_hours() / 24;
        (idle >= i64::from(days)).then_some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{SignedDuration, civil::date};

    fn frozen(accounts: u64, kind: AccountKind, days_ago: i64, after_days: u32) -> bool {
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let account = Account {
            kind,
            ..Account::default()
        };
        let mut latest = Latest::default();
        for number in 0..accounts {
            let hours = (days_ago + i64::try_from(number).unwrap()) * 24;
            latest.see(
                &account,
                LastActivity::At(now - SignedDuration::from_hours(hours)),
            );
            latest.see(&account, LastActivity::Never);
        }
        let since = latest.frozen_since(
            after_days,
            AsOf {
                now,
                today: date(2026, 3, 1),
            },
        );
        assert!(
            since.is_none_or(|since| since == now - SignedDuration::from_hours(days_ago * 24)),
            "{since:?}"
        );
        since.is_some()
    }

    #[test]
    fn a_freeze_is_of_many_people_and_of_many_days() {
        let human = AccountKind::Human;
        assert!(frozen(10, human, 7, 7) && frozen(500, AccountKind::Unspecified, 30, 7));
        assert!(!frozen(9, human, 30, 7), "few people may all be away");
        assert!(!frozen(500, human, 6, 7), "somebody was there");
        assert!(
            !frozen(500, AccountKind::Service, 30, 7),
            "no person is known to use it"
        );
        assert!(!frozen(500, human, 30, 0), "it is switched off");
    }
}
