//! One account from the reports of several streams.
//!
//! A stream that does not tell something does not deny it, so the account has what any stream
//! tells. The result depends on the reports alone, and not on the order in which they came. Values
//! that the streams tell differently about identity or state are not decided here: the field is
//! left out, or has the value with the smaller consequence, and a warning says so.

use purser_model::{Account, AccountKind, AccountStatus, Email, LastActivity, Seat};
use std::collections::BTreeMap;
use std::fmt::Debug;

/// A report of one stream about an account.
pub(super) struct Report {
    pub(super) account: Account,
    /// False if the last complete read of the stream lacked the account.
    pub(super) is_listed: bool,
}

/// Merges reports of one account. Returns `None` for no report, and a single one as it is.
pub(super) fn merge(mut reports: Vec<Report>) -> Option<Account> {
    if reports.len() < 2 {
        return reports.pop().map(|report| report.account);
    }

    // why: a stream that lacks the account may hold an old state of it, such as one before a move
    let listed: Vec<&Account> = reports
        .iter()
        .filter(|report| report.is_listed)
        .map(|report| &report.account)
        .collect();
    let all: Vec<&Account> = reports.iter().map(|report| &report.account).collect();
    let current = if listed.is_empty() { &all } else { &listed };

    let mut warnings: Vec<String> = all
        .iter()
        .flat_map(|account| account.warnings.iter().cloned())
        .collect();
    let mut merged = Account {
        id: all.first()?.id.clone(),
        principal_name: told(current, &all, |account| account.principal_name.clone())
            .one_or_warn("principal-name", &mut warnings),
        employee_number: told(current, &all, |account| account.employee_number.clone())
            .one_or_warn("employee-number", &mut warnings),
        display_name: told(current, &all, |account| account.display_name.clone()).longest(),
        given_name: told(current, &all, |account| account.given_name.clone()).longest(),
        family_name: told(current, &all, |account| account.family_name.clone()).longest(),
        kind: kind(current, &mut warnings),
        status: status(current, &mut warnings),
        created_at: all.iter().filter_map(|account| account.created_at).min(),
        last_activity: all
            .iter()
            .map(|account| account.last_activity)
            .fold(LastActivity::Unknown, LastActivity::latest),
        emails: emails(&all),
        seats: seats(&all),
        attributes: attributes(&all),
        warnings: Vec::new(),
    };

    warnings.sort();
    warnings.dedup();
    merged.warnings = warnings;
    Some(merged)
}

/// The values that streams tell of one field, without repetition and in order.
struct Told<T>(Vec<T>);

/// Collects the values of the current reports, or of all if those have none.
fn told<T: Ord>(
    current: &[&Account],
    all: &[&Account],
    value: impl Fn(&Account) -> Option<T>,
) -> Told<T> {
    let collect = |accounts: &[&Account]| {
        let mut values: Vec<T> = accounts
            .iter()
            .filter_map(|account| value(account))
            .collect();
        values.sort();
        values.dedup();
        values
    };

    let values = collect(current);
    Told(if values.is_empty() {
        collect(all)
    } else {
        values
    })
}

impl Told<String> {
    /// Returns the only value. Several would identify different people, so none is kept.
    fn one_or_warn(mut self, field: &str, warnings: &mut Vec<String>) -> Option<String> {
        if self.0.len() > 1 {
            warnings.push(contradiction(field, &self.0));
            return None;
        }
        self.0.pop()
    }

    /// Returns the longest value: a name for people, which may be shortened elsewhere.
    fn longest(self) -> Option<String> {
        self.0
            .into_iter()
            .max_by(|a, b| (a.chars().count(), a).cmp(&(b.chars().count(), b)))
    }
}

fn contradiction(field: &str, values: &[impl Debug]) -> String {
    format!("{field}: streams report different values: {values:?}")
}

fn kind(accounts: &[&Account], warnings: &mut Vec<String>) -> AccountKind {
    let mut kinds: Vec<_> = accounts
        .iter()
        .map(|account| account.kind)
        .filter(|kind| *kind != AccountKind::Unspecified)
        .collect();
    kinds.sort_by_key(|kind| kind.as_str());
    kinds.dedup();

    match kinds.as_slice() {
        [kind] => *kind,
        [] => AccountKind::Unspecified,
        // why: an unspecified account is matched to a person, which no other kind takes back
        kinds => {
            warnings.push(contradiction("kind", kinds));
            AccountKind::Unspecified
        }
    }
}

fn status(accounts: &[&Account], warnings: &mut Vec<String>) -> AccountStatus {
    let mut statuses: Vec<_> = accounts
        .iter()
        .map(|account| account.status)
        .filter(|status| *status != AccountStatus::Unspecified)
        .collect();
    statuses.sort_by_key(|status| status.as_str());
    statuses.dedup();

    match statuses.as_slice() {
        [status] => *status,
        [] => AccountStatus::Unspecified,
        // why: an account that may be in use must not look like one that is not
        statuses => {
            warnings.push(contradiction("status", statuses));
            if statuses.contains(&AccountStatus::Active) {
                AccountStatus::Active
            } else {
                AccountStatus::Unspecified
            }
        }
    }
}

fn emails(accounts: &[&Account]) -> Vec<Email> {
    let mut primary: BTreeMap<&str, bool> = BTreeMap::new();
    for email in accounts.iter().flat_map(|account| &account.emails) {
        *primary.entry(&email.address).or_default() |= email.primary;
    }

    primary
        .into_iter()
        .map(|(address, primary)| Email {
            address: address.to_owned(),
            primary,
        })
        .collect()
}

fn seats(accounts: &[&Account]) -> Vec<Seat> {
    let mut seats: BTreeMap<&str, Seat> = BTreeMap::new();
    for seat in accounts.iter().flat_map(|account| &account.seats) {
        let merged = seats.entry(&seat.product).or_insert_with(|| seat.clone());
        merged.assigned_at = [merged.assigned_at, seat.assigned_at]
            .into_iter()
            .flatten()
            .min();
        // why: a seat that a group gives cannot be taken from the account alone
        merged.inherited_from = merged
            .inherited_from
            .clone()
            .max(seat.inherited_from.clone());
    }
    seats.into_values().collect()
}

fn attributes(accounts: &[&Account]) -> Vec<(String, String)> {
    let mut attributes: Vec<_> = accounts
        .iter()
        .flat_map(|account| account.attributes.iter().cloned())
        .collect();
    attributes.sort();
    attributes.dedup();
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;
    use purser_model::Timestamp;

    fn report(account: Account) -> Report {
        Report {
            account,
            is_listed: true,
        }
    }

    fn email(address: &str, primary: bool) -> Email {
        Email {
            address: address.into(),
            primary,
        }
    }

    fn seat(product: &str, inherited_from: Option<&str>) -> Seat {
        Seat {
            product: product.into(),
            assigned_at: None,
            inherited_from: inherited_from.map(Into::into),
        }
    }

    /// Reports that differ in every field.
    fn reports() -> Vec<Account> {
        let named = |name: &str, number: Option<&str>| Account {
            id: "u1".into(),
            principal_name: Some("ada".into()),
            display_name: Some(name.into()),
            employee_number: number.map(Into::into),
            ..Account::default()
        };

        vec![
            Account {
                emails: vec![email("b@x", true), email("a@x", false)],
                seats: vec![seat("pro", None), seat("wiki", Some("staff"))],
                status: AccountStatus::Active,
                kind: AccountKind::Human,
                warnings: vec!["title: 5 is not a text".into()],
                ..named("Ada", Some("E1"))
            },
            Account {
                emails: vec![email("a@x", true)],
                seats: vec![seat("pro", Some("all"))],
                status: AccountStatus::Suspended,
                created_at: Some(Timestamp::UNIX_EPOCH),
                attributes: vec![("team".into(), "x".into())],
                ..named("Ada Lovelace", Some("E2"))
            },
            Account {
                last_activity: LastActivity::Never,
                attributes: vec![("team".into(), "y".into()), ("team".into(), "x".into())],
                kind: AccountKind::Guest,
                ..named("Ada L", None)
            },
        ]
    }

    fn merged(order: &[usize], listed: &[bool]) -> Account {
        let reports = reports();
        let ordered = order.iter().map(|index| Report {
            account: reports[*index].clone(),
            is_listed: listed[*index],
        });
        merge(ordered.collect()).unwrap()
    }

    #[test]
    fn any_order_of_reports_gives_the_same_account() {
        let orders = [
            [0, 1, 2],
            [0, 2, 1],
            [1, 0, 2],
            [1, 2, 0],
            [2, 0, 1],
            [2, 1, 0],
        ];
        for listed in 0..8_u8 {
            let listed = [listed & 1 > 0, listed & 2 > 0, listed & 4 > 0];
            let first = merged(&orders[0], &listed);
            for order in &orders {
                assert_eq!(merged(order, &listed), first, "{order:?} {listed:?}");
            }
        }
    }

    #[test]
    fn account_has_what_any_stream_tells() {
        let account = merged(&[0, 1, 2], &[true; 3]);

        assert_eq!(account.display_name.as_deref(), Some("Ada Lovelace"));
        assert_eq!(account.principal_name.as_deref(), Some("ada"));
        assert_eq!(account.emails, [email("a@x", true), email("b@x", true)]);
        let seats = [seat("pro", Some("all")), seat("wiki", Some("staff"))];
        assert_eq!(account.seats, seats);
        assert_eq!(account.created_at, Some(Timestamp::UNIX_EPOCH));
        assert_eq!(account.last_activity, LastActivity::Never);
        assert_eq!(account.attributes.len(), 2);
    }

    #[test]
    fn contradictions_are_left_open_and_named() {
        let account = merged(&[0, 1, 2], &[true; 3]);

        assert_eq!(account.employee_number, None);
        assert_eq!(account.status, AccountStatus::Active);
        assert_eq!(account.kind, AccountKind::Unspecified);
        for field in ["employee-number", "status", "kind", "title"] {
            let named = account.warnings.iter().any(|it| it.starts_with(field));
            assert!(named, "{field}: {:?}", account.warnings);
        }
    }

    #[test]
    fn state_is_that_of_the_streams_that_still_list_the_account() {
        let account = merged(&[0, 1, 2], &[false, true, true]);

        assert_eq!(account.status, AccountStatus::Suspended);
        assert_eq!(account.employee_number.as_deref(), Some("E2"));
        assert_eq!(account.seats.len(), 2, "seats stay until it is confirmed");
    }

    #[test]
    fn single_report_stays_as_it_is() {
        let account = reports().remove(0);

        assert_eq!(merge(vec![report(account.clone())]), Some(account));
        assert_eq!(merge(Vec::new()), None);
    }
}
