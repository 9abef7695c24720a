//! Accounts as text.

use super::{Table, number};
use crate::words;
use jiff::Timestamp;
use purser_engine::AccountView;
use purser_model::{AccountStatus, LastActivity};

/// Column heads of the table.
const HEADS: [&str; 9] = [
    "CONNECTION",
    "ID",
    "LOGIN",
    "NAME",
    "EMAIL",
    "KIND",
    "STATUS",
    "LAST USED",
    "SEATS",
];

/// Returns a table of accounts.
pub(crate) fn list(accounts: &[AccountView]) -> String {
    if accounts.is_empty() {
        return "No account was read. Next: purser run PROFILE".into();
    }

    let mut table = Table::new(HEADS);
    for AccountView {
        connection,
        account,
        missing_since,
    } in accounts
    {
        let seats: Vec<_> = account
            .seats
            .iter()
            .map(|seat| seat.product.as_str())
            .collect();
        table.row([
            connection.as_str(),
            &account.id,
            account.principal_name.as_deref().unwrap_or_default(),
            account.display_name.as_deref().unwrap_or_default(),
            account.primary_email().unwrap_or_default(),
            words::account_kind(account.kind),
            &status(account.status, *missing_since),
            &last_used(account.last_activity),
            &seats.join(", "),
        ]);
    }

    table.to_string()
}

/// Returns the status as text, with the first complete read that lacked the account.
fn status(status: AccountStatus, missing_since: Option<Timestamp>) -> String {
    let status = words::account_status(status);

    match missing_since {
        Some(since) => format!("{status}, missing since {}", number::time(since)),
        None => status.to_owned(),
    }
}

/// Returns the last use as text. `unknown` means that the application does not report it.
pub(crate) fn last_used(activity: LastActivity) -> String {
    match activity {
        LastActivity::Unknown => "unknown".into(),
        LastActivity::Never => "never".into(),
        LastActivity::At(at) => number::time(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use purser_model::Account;

    #[test]
    fn account_text_with_control_characters_is_sanitized() {
        let name = Some("\u{1b}[31mRoot\u{202e}".to_owned());
        let account = Account {
            id: "1\n2".into(),
            display_name: name,
            ..Account::default()
        };
        let list = list(&[AccountView {
            connection: "acme".parse().unwrap(),
            account,
            missing_since: None,
        }]);
        assert_eq!(list.lines().count(), 2, "{list}");
        assert!(
            list.contains("1\\n2") && list.contains("\\u{1b}[31mRoot\\u{202e}"),
            "{list}"
        );
    }

    #[test]
    fn account_that_a_read_lacked_is_shown_as_missing() {
        let list = list(&[AccountView {
            connection: "acme".parse().unwrap(),
            account: Account::default(),
            missing_since: Some(Timestamp::UNIX_EPOCH),
        }]);

        assert!(list.contains(", missing since 1970-01-01"), "{list}");
    }

    #[test]
    fn unknown_activity_differs_from_never() {
        assert_ne!(
            last_used(LastActivity::Unknown),
            last_used(LastActivity::Never)
        );
    }
}
