//! Plausibility of the instants in a page, before anything is stored.
//!
//! Activity only moves forward: a use in the future, once stored, would stand for as long as one of
//! two clocks was wrong. A placeholder would stand as a use hundreds of years ago.

use jiff::Timestamp;
use purser_model::plausibility::{is_beyond, is_placeholder};
use purser_model::{Account, LastActivity, Page, Records};

/// Replaces implausible instants of a page by *unknown*, as of the time of its call. An account
/// keeps a warning for each that lies in the future.
pub(super) fn with_plausible_instants(mut page: Page, called_at: Timestamp) -> Page {
    match &mut page.records {
        Records::Accounts(accounts) => accounts
            .iter_mut()
            .for_each(|account| check_account(account, called_at)),
        Records::Activity(rows) => rows
            .iter_mut()
            .for_each(|row| row.last_activity = plausible_activity(row.last_activity, called_at)),
        Records::Products(_) => {}
    }

    page
}

fn check_account(account: &mut Account, called_at: Timestamp) {
    if let LastActivity::At(at) = account.last_activity {
        warn_of_future(&mut account.warnings, "last_activity", at, called_at);
        account.last_activity = plausible_activity(account.last_activity, called_at);
    }

    if let Some(at) = account.created_at {
        warn_of_future(&mut account.warnings, "created_at", at, called_at);
        account.created_at = plausible_day(at, called_at);
    }
    for seat in &mut account.seats {
        if let Some(at) = seat.assigned_at {
            warn_of_future(&mut account.warnings, "assigned_at", at, called_at);
            seat.assigned_at = plausible_day(at, called_at);
        }
    }
}

/// Returns the activity as evidence. A use that is ahead by no more than clocks differ is set back
/// to the time of the call.
fn plausible_activity(activity: LastActivity, called_at: Timestamp) -> LastActivity {
    match activity.as_evidence(called_at) {
        LastActivity::At(at) => LastActivity::At(at.min(called_at)),
        other => other,
    }
}

fn plausible_day(at: Timestamp, called_at: Timestamp) -> Option<Timestamp> {
    (!is_placeholder(at) && !is_beyond(at, called_at)).then_some(at)
}

fn warn_of_future(warnings: &mut Vec<String>, field: &str, at: Timestamp, called_at: Timestamp) {
    if is_beyond(at, called_at) {
        warnings.push(format!(
            "{field}: {at} is in the future, so it is not known"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan as _;
    use purser_model::{Activity, Seat};

    fn now() -> Timestamp {
        "2026-11-28T12:00:00Z".parse().unwrap()
    }

    fn page(records: Records) -> Page {
        Page {
            records,
            rejected: Vec::new(),
            next: None,
            total: None,
            partitions: Vec::new(),
            offset_paged: false,
        }
    }

    fn check(account: Account) -> Account {
        let page = page(Records::Accounts(vec![account]));
        match with_plausible_instants(page, now()).records {
            Records::Accounts(mut accounts) => accounts.remove(0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn future_instants_of_an_account_are_unknown_and_warned_of() {
        let future: Timestamp = "2099-01-01T00:00:00Z".parse().unwrap();
        let account = check(Account {
            last_activity: LastActivity::At(future),
            created_at: Some(future),
            seats: vec![Seat {
                product: "seat".into(),
                assigned_at: Some(future),
                inherited_from: None,
            }],
            ..Account::default()
        });

        assert_eq!(account.last_activity, LastActivity::Unknown);
        assert_eq!(
            (account.created_at, account.seats[0].assigned_at),
            (None, None)
        );
        assert_eq!(
            account.warnings[0],
            "last_activity: 2099-01-01T00:00:00Z is in the future, so it is not known"
        );
        assert_eq!(account.warnings.len(), 3);
    }

    #[test]
    fn placeholders_are_unknown_without_a_warning() {
        let unset: Timestamp = "0001-01-01T00:00:00Z".parse().unwrap();
        let account = check(Account {
            last_activity: LastActivity::At(unset),
            created_at: Some(unset),
            ..Account::default()
        });

        assert_eq!(account, Account::default());
    }

    #[test]
    fn use_ahead_by_a_time_zone_is_set_back_to_the_call() {
        let rows = vec![Activity {
            account: "a".into(),
            product: None,
            last_activity: LastActivity::At(now() + 14.hours()),
        }];
        let page = page(Records::Activity(rows));

        let Records::Activity(rows) = with_plausible_instants(page, now()).records else {
            panic!("the kind of records changed")
        };

        assert_eq!(rows[0].last_activity, LastActivity::At(now()));
    }
}
