//! Pages and records: from the WIT package to the model.

use super::{Checked, each, id, instant, optional, optional_instant, text};
use crate::bindings::types as wit;
use crate::outcome::CallError;
use crate::text::plain;
use purser_model::{
    Account, AccountKind, AccountStatus, Activity, Cursor, Email, LastActivity, Page, Product,
    Records, RejectedRow, Seat, StreamKind,
};
use std::collections::{HashMap, HashSet};

/// Largest number of attributes of one account.
const MAX_ATTRIBUTES: usize = 64;

/// Largest number of warnings of one account that are kept.
const MAX_WARNINGS: usize = 16;

/// Longest text about a rejected row that is kept, in bytes.
const MAX_REASON: usize = 1_000;

/// Converts a page of a stream of `kind`, with at most `page_rows` rows.
pub(crate) fn page(page: wit::Page, kind: StreamKind, page_rows: u64) -> Result<Page, CallError> {
    let rows = count(&page.records) + page.rejected.len();
    if rows as u64 > page_rows {
        return Err(CallError::OverLimit {
            limit: "page-rows",
            value: page_rows,
        });
    }
    checked(page, kind).map_err(CallError::InvalidResult)
}

fn checked(page: wit::Page, kind: StreamKind) -> Checked<Page> {
    let records = records(page.records)?;
    if records.kind() != kind {
        return Err(format!(
            "records are {:?} where the stream yields {kind:?}",
            records.kind()
        )
        .to_lowercase());
    }
    Ok(Page {
        records,
        rejected: page.rejected.into_iter().map(rejected_row).collect(),
        next: page.next.map(|next| cursor(next, "next")).transpose()?,
        total: page.total,
        partitions: partitions(page.partitions)?,
        offset_paged: page.offset_paged,
    })
}

/// Converts the cursors of further partitions.
fn partitions(partitions: Vec<String>) -> Checked<Vec<Cursor>> {
    if partitions.len() > Page::MAX_PARTITIONS {
        return Err(format!(
            "partitions has {} entries; it can have {}",
            partitions.len(),
            Page::MAX_PARTITIONS
        ));
    }
    let distinct: HashSet<_> = partitions.iter().collect();
    if distinct.len() < partitions.len() {
        return Err("partitions contains a cursor twice".into());
    }
    each(partitions, "partitions", |start| cursor(start, "cursor"))
}

/// Converts a cursor.
pub(super) fn cursor(text: String, field: &str) -> Checked<Cursor> {
    Cursor::new(text).map_err(|error| format!("{field}: {error}"))
}

const fn count(records: &wit::Records) -> usize {
    match records {
        wit::Records::Accounts(rows) => rows.len(),
        wit::Records::Activity(rows) => rows.len(),
        wit::Records::Products(rows) => rows.len(),
    }
}

fn records(records: wit::Records) -> Checked<Records> {
    Ok(match records {
        wit::Records::Accounts(rows) => {
            let rows = each(rows, "accounts", account)?;
            refuse_repeated(&rows)?;
            Records::Accounts(rows)
        }
        wit::Records::Activity(rows) => Records::Activity(each(rows, "activity", activity)?),
        wit::Records::Products(rows) => Records::Products(each(rows, "products", product)?),
    })
}

/// Refuses an id that occurs twice in one page: rows cannot move within one response.
fn refuse_repeated(rows: &[Account]) -> Checked<()> {
    let mut seen = HashMap::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        if let Some(first) = seen.insert(row.id.as_str(), index) {
            return Err(format!(
                "accounts[{index}].id is that of accounts[{first}]: {:?}",
                plain(&row.id, 80)
            ));
        }
    }
    Ok(())
}

fn account(row: wit::Account) -> Checked<Account> {
    if row.attributes.len() > MAX_ATTRIBUTES {
        return Err(format!(
            "attributes has {} entries; it can have {MAX_ATTRIBUTES}",
            row.attributes.len()
        ));
    }
    Ok(Account {
        id: id(row.id, "id")?,
        principal_name: optional(row.principal_name, "principal-name")?,
        emails: each(row.emails, "emails", email)?,
        display_name: optional(row.display_name, "display-name")?,
        given_name: optional(row.given_name, "given-name")?,
        family_name: optional(row.family_name, "family-name")?,
        employee_number: optional(row.employee_number, "employee-number")?,
        kind: account_kind(row.kind),
        status: account_status(row.status),
        created_at: optional_instant(row.created_at, "created-at")?,
        last_activity: last_activity(row.last_activity)?,
        seats: each(row.seats, "seats", seat)?,
        attributes: each(row.attributes, "attributes", |(name, value)| {
            Ok((id(name, "name")?, text(value, "value")?))
        })?,
        warnings: warnings(&row.warnings),
    })
}

/// Converts the warnings of an account. They are for people, so they are shortened, not refused.
fn warnings(warnings: &[String]) -> Vec<String> {
    let shown = warnings.iter().take(MAX_WARNINGS);
    shown.map(|text| plain(text, MAX_REASON)).collect()
}

fn email(email: wit::Email) -> Checked<Email> {
    Ok(Email {
        address: text(email.address, "address")?,
        primary: email.primary,
    })
}

fn seat(seat: wit::Seat) -> Checked<Seat> {
    Ok(Seat {
        product: id(seat.product, "product")?,
        assigned_at: optional_instant(seat.assigned_at, "assigned-at")?,
        inherited_from: optional(seat.inherited_from, "inherited-from")?,
    })
}

fn activity(row: wit::Activity) -> Checked<Activity> {
    Ok(Activity {
        account: id(row.account, "account")?,
        product: row
            .product
            .map(|product| id(product, "product"))
            .transpose()?,
        last_activity: last_activity(row.last_activity)?,
    })
}

fn product(row: wit::Product) -> Checked<Product> {
    Ok(Product {
        id: id(row.id, "id")?,
        name: text(row.name, "name")?,
        purchased: row.purchased,
        assigned: row.assigned,
    })
}

fn last_activity(activity: wit::LastActivity) -> Checked<LastActivity> {
    Ok(match activity {
        wit::LastActivity::Unknown => LastActivity::Unknown,
        wit::LastActivity::Never => LastActivity::Never,
        wit::LastActivity::At(at) => LastActivity::At(instant(at, "last-activity")?),
    })
}

const fn account_kind(kind: wit::AccountKind) -> AccountKind {
    match kind {
        wit::AccountKind::Human => AccountKind::Human,
        wit::AccountKind::Service => AccountKind::Service,
        wit::AccountKind::Guest => AccountKind::Guest,
        wit::AccountKind::Unspecified => AccountKind::Unspecified,
    }
}

const fn account_status(status: wit::AccountStatus) -> AccountStatus {
    match status {
        wit::AccountStatus::Active => AccountStatus::Active,
        wit::AccountStatus::Suspended => AccountStatus::Suspended,
        wit::AccountStatus::Invited => AccountStatus::Invited,
        wit::AccountStatus::Unspecified => AccountStatus::Unspecified,
    }
}

fn rejected_row(row: wit::RejectedRow) -> RejectedRow {
    RejectedRow {
        // why: a malformed id identifies no account, and the reason beside it tells enough
        id: row.id.and_then(|value| id(value, "id").ok()),
        row: plain(&row.row, MAX_REASON),
        reason: plain(&row.reason, MAX_REASON),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account_of(id: &str) -> wit::Account {
        wit::Account {
            id: id.into(),
            principal_name: None,
            emails: vec![],
            display_name: None,
            given_name: None,
            family_name: None,
            employee_number: None,
            kind: wit::AccountKind::Human,
            status: wit::AccountStatus::Active,
            created_at: None,
            last_activity: wit::LastActivity::Unknown,
            seats: vec![],
            attributes: vec![],
            warnings: vec![],
        }
    }

    fn page_of(accounts: Vec<wit::Account>) -> wit::Page {
        wit::Page {
            records: wit::Records::Accounts(accounts),
            rejected: vec![],
            next: None,
            total: None,
            partitions: vec![],
            offset_paged: false,
        }
    }

    fn refusal(page: wit::Page) -> String {
        match super::page(page, StreamKind::Accounts, 10) {
            Err(CallError::InvalidResult(reason)) => reason,
            other => panic!("not refused as an invalid result: {other:?}"),
        }
    }

    fn refusal_of(change: impl FnOnce(&mut wit::Account)) -> String {
        let mut second = account_of("b");
        change(&mut second);
        refusal(page_of(vec![account_of("a"), second]))
    }

    #[test]
    fn text_of_the_application_is_kept_unchanged() {
        let mut row = account_of("u/1 ü");
        row.display_name = Some("Zoë\t\u{202e}".into());
        row.created_at = Some(-1);
        row.last_activity = wit::LastActivity::At(1_700_000_000_123);
        row.seats = vec![wit::Seat {
            product: "pro".into(),
            assigned_at: None,
            inherited_from: Some("all".into()),
        }];
        let page = super::page(page_of(vec![row]), StreamKind::Accounts, 10).unwrap();
        let Records::Accounts(rows) = page.records else {
            panic!("no accounts")
        };
        assert_eq!(rows[0].id, "u/1 ü");
        assert_eq!(rows[0].display_name.as_deref(), Some("Zoë\t\u{202e}"));
        assert_eq!(rows[0].created_at.unwrap().as_millisecond(), -1);
        assert!(
            matches!(rows[0].last_activity, LastActivity::At(at) if at.as_millisecond() == 1_700_000_000_123)
        );
        assert_eq!(rows[0].seats[0].inherited_from.as_deref(), Some("all"));
    }

    #[test]
    fn identifier_that_is_empty_long_or_multiline_is_refused() {
        assert_eq!(
            refusal_of(|row| row.id = String::new()),
            "accounts[1].id is empty"
        );
        assert_eq!(
            refusal_of(|row| row.id = "x".repeat(1025)),
            "accounts[1].id has 1025 bytes; it can have 1024"
        );
        assert_eq!(
            refusal_of(|row| row.id = "a\nb".into()),
            "accounts[1].id holds the control character U+000A"
        );
        let seat = |product: &str| wit::Seat {
            product: product.into(),
            assigned_at: None,
            inherited_from: None,
        };
        assert_eq!(
            refusal_of(|row| row.seats = vec![seat("a"), seat("")]),
            "accounts[1].seats[1].product is empty"
        );
    }

    #[test]
    fn identifier_that_occurs_twice_in_a_page_is_refused() {
        assert_eq!(
            refusal_of(|row| row.id = "a".into()),
            "accounts[1].id is that of accounts[0]: \"a\""
        );
    }

    #[test]
    fn text_with_nul_or_over_the_limit_is_refused() {
        assert_eq!(
            refusal_of(|row| row.given_name = Some("a\0".into())),
            "accounts[1].given-name holds a NUL character"
        );
        let long = refusal_of(|row| row.display_name = Some("x".repeat(MAX_TEXT_PLUS_ONE)));
        assert_eq!(
            long,
            "accounts[1].display-name has 65537 bytes; it can have 65536"
        );
    }

    const MAX_TEXT_PLUS_ONE: usize = (64 << 10) + 1;

    #[test]
    fn attributes_over_the_limit_are_refused() {
        let attributes = vec![("name".to_owned(), String::new()); 65];
        assert_eq!(
            refusal_of(|row| row.attributes = attributes),
            "accounts[1].attributes has 65 entries; it can have 64"
        );
    }

    #[test]
    fn instant_out_of_range_is_refused() {
        assert!(
            refusal_of(|row| row.created_at = Some(i64::MAX))
                .starts_with("accounts[1].created-at is 92233")
        );
        let at = wit::LastActivity::At(i64::MIN);
        assert!(
            refusal_of(|row| row.last_activity = at)
                .starts_with("accounts[1].last-activity is -92233")
        );
    }

    #[test]
    fn page_of_another_kind_than_its_stream_is_refused() {
        let records = wit::Records::Products(vec![]);
        let page = wit::Page {
            records,
            rejected: vec![],
            next: None,
            total: None,
            partitions: vec![],
            offset_paged: false,
        };
        assert_eq!(
            refusal(page),
            "records are products where the stream yields accounts"
        );
    }

    #[test]
    fn cursor_over_the_limit_is_refused() {
        let page = wit::Page {
            next: Some("x".repeat(Cursor::MAX_BYTES + 1)),
            ..page_of(vec![])
        };
        assert_eq!(
            refusal(page),
            "next: a cursor of 16385 bytes is over the limit of 16384"
        );
    }

    #[test]
    fn partitions_that_repeat_or_exceed_the_limit_are_refused() {
        let page = |partitions: Vec<String>| wit::Page {
            partitions,
            ..page_of(vec![])
        };
        assert_eq!(
            refusal(page(vec!["a".into(), "b".into(), "a".into()])),
            "partitions contains a cursor twice"
        );
        let many = (0..=Page::MAX_PARTITIONS)
            .map(|start| start.to_string())
            .collect();
        assert_eq!(
            refusal(page(many)),
            "partitions has 1025 entries; it can have 1024"
        );
        let long = "x".repeat(Cursor::MAX_BYTES + 1);
        assert_eq!(
            refusal(page(vec![long])),
            "partitions[0].cursor: a cursor of 16385 bytes is over the limit of 16384"
        );
        let read =
            super::page(page(vec!["a".into(), "b".into()]), StreamKind::Accounts, 10).unwrap();
        assert_eq!(
            read.partitions
                .iter()
                .map(Cursor::as_str)
                .collect::<Vec<_>>(),
            ["a", "b"]
        );
    }

    #[test]
    fn rejected_rows_count_towards_the_page_limit() {
        let rejected = vec![
            wit::RejectedRow {
                id: None,
                row: "3".into(),
                reason: "no id\u{1b}".into()
            };
            2
        ];
        let page = wit::Page {
            rejected,
            ..page_of(vec![account_of("a")])
        };
        let over = super::page(page.clone(), StreamKind::Accounts, 2);
        assert_eq!(
            over,
            Err(CallError::OverLimit {
                limit: "page-rows",
                value: 2
            })
        );
        let page = super::page(page, StreamKind::Accounts, 3).unwrap();
        assert_eq!(page.rejected[0].reason, "no id");
    }
}
