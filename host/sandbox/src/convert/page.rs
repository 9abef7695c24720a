//! Pages and records: from the WIT package to the model.

use super::row::{self, Unusable};
use super::{Checked, each, id};
use crate::bindings::types as wit;
use crate::outcome::CallError;
use crate::text::plain;
use purser_model::{Cursor, Page, Records, RejectedRow, StreamKind};
use std::collections::HashSet;

/// Longest text about a rejected row that is kept, in bytes.
const MAX_REASON: usize = 1_000;

/// Longest part of an unusable row that is shown, in bytes.
const MAX_SHOWN: usize = 80;

/// Converts a page of a stream of `kind`, with at most `page_rows` rows.
///
/// Data of the application costs a field or a row, never the page. Only what the connector alone
/// decides is refused as a whole: the kind, the number of rows, cursors and partitions.
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
    let mut rejected: Vec<_> = page.rejected.into_iter().map(rejected_row).collect();
    let records = records(page.records, &mut rejected);
    if records.kind() != kind {
        return Err(format!(
            "records are {:?} where the stream yields {kind:?}",
            records.kind()
        )
        .to_lowercase());
    }
    Ok(Page {
        records,
        rejected,
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

/// Converts the records of a page. Rows that cannot be used are added to the rejected ones.
fn records(records: wit::Records, rejected: &mut Vec<RejectedRow>) -> Records {
    match records {
        wit::Records::Accounts(rows) => {
            let rows = usable(rows, rejected, row::account);
            Records::Accounts(first_of_each(rows, rejected, |row| &row.id))
        }
        wit::Records::Activity(rows) => Records::Activity(usable(rows, rejected, row::activity)),
        wit::Records::Products(rows) => {
            let rows = usable(rows, rejected, row::product);
            Records::Products(first_of_each(rows, rejected, |row| &row.id))
        }
    }
}

/// Converts rows, and rejects those that cannot be used.
fn usable<T, U>(
    rows: Vec<T>,
    rejected: &mut Vec<RejectedRow>,
    convert: impl Fn(T) -> Result<U, Unusable>,
) -> Vec<U> {
    let mut used = Vec::with_capacity(rows.len());
    for (index, row) in rows.into_iter().enumerate() {
        match convert(row) {
            Ok(row) => used.push(row),
            Err(Unusable { id, shown, reason }) => rejected.push(RejectedRow {
                id,
                row: format!(
                    "row {} of its page: {}",
                    index + 1,
                    plain(&shown, MAX_SHOWN)
                ),
                reason: plain(&reason, MAX_REASON),
            }),
        }
    }
    used
}

/// Keeps the first row of each id, and rejects the others: rows cannot move within one response, so
/// the application lists one record twice.
fn first_of_each<T>(
    rows: Vec<T>,
    rejected: &mut Vec<RejectedRow>,
    id: impl Fn(&T) -> &String,
) -> Vec<T> {
    let mut seen = HashSet::with_capacity(rows.len());
    let mut kept = Vec::with_capacity(rows.len());
    for row in rows {
        if seen.insert(id(&row).clone()) {
            kept.push(row);
        } else {
            rejected.push(RejectedRow {
                id: Some(id(&row).clone()),
                row: plain(id(&row), MAX_SHOWN),
                reason: "id: the application lists it twice on one page; the first row is kept"
                    .into(),
            });
        }
    }
    kept
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
    use purser_model::{Account, LastActivity};

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

    /// Converts a page of two accounts, the second one changed.
    fn with_second(change: impl FnOnce(&mut wit::Account)) -> Page {
        let mut second = account_of("b");
        change(&mut second);
        let page = page_of(vec![account_of("a"), second]);
        super::page(page, StreamKind::Accounts, 10).unwrap()
    }

    /// Returns the reason why the second of two accounts is rejected, and its id.
    fn rejection(change: impl FnOnce(&mut wit::Account)) -> (Option<String>, String) {
        let page = with_second(change);
        assert_eq!(page.records.len(), 1, "the other row is kept");
        let [row] = page.rejected.as_slice() else {
            panic!("{:?}", page.rejected)
        };
        (row.id.clone(), row.reason.clone())
    }

    /// Returns the second of two accounts, which is kept.
    fn kept(change: impl FnOnce(&mut wit::Account)) -> Account {
        let page = with_second(change);
        assert_eq!(page.rejected, []);
        let Records::Accounts(mut rows) = page.records else {
            panic!("no accounts")
        };
        rows.remove(1)
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
    fn row_with_an_unusable_identifier_is_rejected_and_the_others_stay() {
        for (id, reason) in [
            ("".to_owned(), "id is empty"),
            ("x".repeat(1025), "id has 1025 bytes; it can have 1024"),
            ("a\nb".into(), "id holds the control character U+000A"),
            ("a\0".into(), "id holds the control character U+0000"),
        ] {
            let rejection = rejection(|row| row.id = id);
            assert_eq!(rejection, (None, reason.to_owned()));
        }
    }

    #[test]
    fn identifier_that_occurs_twice_in_a_page_costs_the_second_row() {
        let (id, reason) = rejection(|row| row.id = "a".into());
        assert_eq!(id.as_deref(), Some("a"));
        assert!(reason.contains("twice on one page"), "{reason}");
    }

    #[test]
    fn unusable_optional_field_is_left_out_with_a_warning() {
        let long = "x".repeat((64 << 10) + 1);
        let account = kept(|row| {
            row.given_name = Some("a\0".into());
            row.display_name = Some(long);
            row.family_name = Some("kept".into());
            row.emails = ["b\0@x", "b@x"]
                .map(|address| wit::Email {
                    address: address.into(),
                    primary: false,
                })
                .into();
            row.seats = ["", "pro"]
                .map(|product| wit::Seat {
                    product: product.into(),
                    assigned_at: Some(i64::MAX),
                    inherited_from: None,
                })
                .into();
            row.created_at = Some(i64::MAX);
            row.last_activity = wit::LastActivity::At(i64::MIN);
            row.attributes = vec![("ok".into(), "1".into()), (String::new(), "2".into())];
            row.warnings = vec!["title: 5 is not a text".into()];
        });

        assert_eq!(account.family_name.as_deref(), Some("kept"));
        assert_eq!((account.given_name, account.display_name), (None, None));
        assert_eq!(account.emails.len(), 1);
        assert_eq!(account.seats.len(), 1);
        assert_eq!(account.seats[0].assigned_at, None);
        assert_eq!(account.created_at, None);
        assert_eq!(account.last_activity, LastActivity::Unknown);
        assert_eq!(account.attributes, [("ok".to_owned(), "1".to_owned())]);
        let begins = [
            "title: 5",
            "emails[0].address holds a NUL character",
            "display-name has 65537 bytes",
            "given-name holds a NUL character",
            "created-at is 92233",
            "last-activity is -92233",
            "seats[0].product is empty",
            "seats[1].assigned-at is 92233",
            "attributes[1].name is empty",
        ];
        assert_eq!(
            account.warnings.len(),
            begins.len(),
            "{:?}",
            account.warnings
        );
        for (warning, begin) in account.warnings.iter().zip(begins) {
            assert!(warning.starts_with(begin), "{warning}");
        }
    }

    #[test]
    fn attributes_and_warnings_over_their_limits_are_cut_with_a_warning() {
        let account = kept(|row| row.attributes = vec![("name".to_owned(), String::new()); 65]);
        assert_eq!(account.attributes.len(), 64);
        assert_eq!(
            account.warnings,
            ["attributes has 65 entries; the first 64 are kept"]
        );

        let account = kept(|row| row.warnings = vec!["x: y".to_owned(); 40]);
        assert_eq!(account.warnings.len(), 16);
        assert_eq!(account.warnings[15], "further fields: 25 more warnings");
    }

    #[test]
    fn row_of_activity_that_is_unusable_is_rejected_with_its_account() {
        let row = |account: &str, product: Option<&str>, at| wit::Activity {
            account: account.into(),
            product: product.map(Into::into),
            last_activity: wit::LastActivity::At(at),
        };
        let rows = vec![
            row("a", None, 1),
            row("b", None, i64::MAX),
            row("c", Some("p\0"), 1),
            row("\0", None, 1),
        ];
        let page = wit::Page {
            records: wit::Records::Activity(rows),
            ..page_of(vec![])
        };

        let page = super::page(page, StreamKind::Activity, 10).unwrap();

        assert_eq!(page.records.len(), 1);
        let ids: Vec<_> = page.rejected.iter().map(|row| row.id.as_deref()).collect();
        assert_eq!(ids, [Some("b"), Some("c"), None]);
    }

    #[test]
    fn product_survives_its_name_and_not_its_identifier() {
        let product = |id: &str| wit::Product {
            id: id.into(),
            name: "Pro\0".into(),
            purchased: None,
            assigned: None,
        };
        let page = wit::Page {
            records: wit::Records::Products(vec![product("p"), product(""), product("p")]),
            ..page_of(vec![])
        };

        let page = super::page(page, StreamKind::Products, 10).unwrap();

        let Records::Products(rows) = page.records else {
            panic!("no products")
        };
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].name, "Pro");
        assert_eq!(page.rejected.len(), 2);
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
