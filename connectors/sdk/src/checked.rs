//! Checks of records before they go to the host, which refuses a page for one bad value.
//!
//! A value that the host would refuse is left out, with a warning; a record without a usable id is
//! rejected. Text stays as the application gave it otherwise.

use crate::{Account, Activity, LastActivity, Product, Timestamp};
use std::ops::RangeInclusive;

/// Longest identifier, in bytes, as in the host.
const MAX_ID: usize = 1 << 10;

/// Longest text, in bytes, as in the host.
const MAX_TEXT: usize = 64 << 10;

/// Largest number of attributes of an account, as in the host.
const MAX_ATTRIBUTES: usize = 64;

/// The instants that the host can represent: the years -9999 to 9999.
const INSTANTS: RangeInclusive<Timestamp> = -377_705_023_201_000..=253_402_207_200_999;

/// Checks an account, and leaves out what is not usable.
///
/// # Errors
/// The reason why its id is not usable.
pub(crate) fn account(account: &mut Account) -> Result<(), String> {
    id(&account.id, "id")?;

    let mut warnings = std::mem::take(&mut account.warnings);
    // A name is shown, so it may lose a character. What identifies a person may not.
    for (field, text) in [
        ("display-name", &mut account.display_name),
        ("given-name", &mut account.given_name),
        ("family-name", &mut account.family_name),
    ] {
        shown(text, field, &mut warnings);
    }
    for (field, text) in [
        ("principal-name", &mut account.principal_name),
        ("employee-number", &mut account.employee_number),
    ] {
        compared(text, field, &mut warnings);
    }

    account.emails.retain(|email| {
        let problem = problem_of(&email.address);
        let is_blank = email.address.trim().is_empty();
        keep("emails", problem, is_blank, &mut warnings)
    });
    account.seats.retain_mut(|seat| {
        instant(&mut seat.assigned_at, "seats.assigned-at", &mut warnings);
        compared(
            &mut seat.inherited_from,
            "seats.inherited-from",
            &mut warnings,
        );
        let problem = id(&seat.product, "product").err();
        keep("seats", problem, false, &mut warnings)
    });
    account.attributes.retain(|(name, value)| {
        let problem = id(name, "name").err().or_else(|| problem_of(value));
        keep("attributes", problem, false, &mut warnings)
    });
    if account.attributes.len() > MAX_ATTRIBUTES {
        account.attributes.truncate(MAX_ATTRIBUTES);
        warnings.push(format!(
            "attributes: only the first {MAX_ATTRIBUTES} are kept"
        ));
    }

    instant(&mut account.created_at, "created-at", &mut warnings);
    last_activity(&mut account.last_activity, &mut warnings);
    account.warnings = warnings;
    Ok(())
}

/// Checks a row of activity.
///
/// # Errors
/// The reason why its account or product is not usable.
pub(crate) fn activity(row: &mut Activity, warnings: &mut Vec<String>) -> Result<(), String> {
    id(&row.account, "account")?;
    if let Some(product) = &row.product {
        id(product, "product")?;
    }
    last_activity(&mut row.last_activity, warnings);
    Ok(())
}

/// Checks a product.
///
/// # Errors
/// The reason why its id is not usable.
pub(crate) fn product(product: &mut Product, warnings: &mut Vec<String>) -> Result<(), String> {
    id(&product.id, "id")?;
    if let Some(problem) = problem_of(&product.name) {
        warnings.push(format!("name: {problem}"));
        product.name.clone_from(&product.id);
    }
    Ok(())
}

/// Checks an identifier: not blank, short, one line.
fn id(value: &str, field: &str) -> Result<(), String> {
    if value.trim().is_empty() {
        return Err(format!("{field}: is empty"));
    }
    if value.len() > MAX_ID {
        let length = value.len();
        return Err(format!("{field}: has {length} bytes; it can have {MAX_ID}"));
    }
    let control = || value.chars().find(|each| each.is_control());
    match is_suspicious(value).then(control).flatten() {
        Some(control) => Err(format!("{field}: {}", has(control))),
        None => Ok(()),
    }
}

/// True if a text may have a control character. Plain ASCII has none.
fn is_suspicious(text: &str) -> bool {
    !text.bytes().all(|byte| (b' '..0x7f).contains(&byte))
}

fn has(control: char) -> String {
    format!("has the control character U+{:04X}", u32::from(control))
}

/// Names the problem of a text. Line breaks and tabs are none.
fn problem_of(text: &str) -> Option<String> {
    if text.len() > MAX_TEXT {
        return Some(format!("has {} bytes; it can have {MAX_TEXT}", text.len()));
    }
    // why: nearly every text has none of these bytes, and its characters need not be looked at
    if !is_suspicious(text) {
        return None;
    }
    text.chars().find(|&each| is_harmful(each)).map(has)
}

fn is_harmful(character: char) -> bool {
    character.is_control() && !matches!(character, '\t' | '\n' | '\r')
}

/// Checks a text by which people and accounts are compared.
fn compared(text: &mut Option<String>, field: &str, warnings: &mut Vec<String>) {
    let Some(value) = text else { return };
    let problem = problem_of(value);
    let is_blank = value.trim().is_empty();
    if !keep(field, problem, is_blank, warnings) {
        *text = None;
    }
}

/// Checks a text that is shown: control characters are removed.
fn shown(text: &mut Option<String>, field: &str, warnings: &mut Vec<String>) {
    let Some(value) = text else { return };
    if value.trim().is_empty() {
        *text = None;
        return;
    }

    let Some(problem) = problem_of(value) else {
        return;
    };
    if value.len() > MAX_TEXT {
        warnings.push(format!("{field}: {problem}"));
        *text = None;
        return;
    }
    warnings.push(format!("{field}: {problem}, which was removed"));
    value.retain(|character| !is_harmful(character));
}

/// Returns true if a value is kept, and adds a warning if it is not. A blank one says nothing.
fn keep(field: &str, problem: Option<String>, is_blank: bool, warnings: &mut Vec<String>) -> bool {
    match problem {
        _ if is_blank => false,
        None => true,
        Some(problem) => {
            warnings.push(format!("{field}: {problem}"));
            false
        }
    }
}

fn instant(at: &mut Option<Timestamp>, field: &str, warnings: &mut Vec<String>) {
    if at.is_some_and(|at| !INSTANTS.contains(&at)) {
        warnings.push(format!("{field}: is out of range"));
        *at = None;
    }
}

fn last_activity(activity: &mut LastActivity, warnings: &mut Vec<String>) {
    if let LastActivity::At(at) = activity
        && !INSTANTS.contains(at)
    {
        warnings.push("last-activity: is out of range".into());
        *activity = LastActivity::Unknown;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Email, Page, Records, Seat};

    /// Returns the account as its page has it.
    fn checked(account: Account) -> Account {
        let page = Page::accounts(vec![account]);
        assert_eq!(page.rejected, []);
        match page.records {
            Records::Accounts(mut accounts) => accounts.remove(0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn account_without_a_usable_id_is_rejected() {
        for id in ["", "  ", "a\0b", "a\nb", "a\u{85}b", &"x".repeat(1_025)] {
            let page = Page::accounts(vec![Account::new(id), Account::new("b")]);
            assert_eq!(page.rejected.len(), 1, "{id:?}");
            assert!(
                page.rejected[0].reason.starts_with("id: "),
                "{:?}",
                page.rejected
            );
            assert_eq!(page.rejected[0].id, None);
        }
        assert_eq!(checked(Account::new("ü b")).warnings, Vec::<String>::new());
    }

    #[test]
    fn control_character_costs_a_field_and_never_the_account() {
        let account = checked(Account {
            display_name: Some("Ada\0 Test\nX".into()),
            given_name: Some(" ".into()),
            principal_name: Some("a\0b".into()),
            employee_number: Some("E1\u{1}".into()),
            emails: vec![
                Email::primary("a\0@example.com"),
                Email::other(""),
                Email::other("b@example.com"),
            ],
            seats: vec![Seat::of(""), Seat::of("p")],
            attributes: vec![("a".into(), "\0".into()), ("b".into(), "c".into())],
            ..Account::new("a")
        });

        assert_eq!(account.display_name.as_deref(), Some("Ada Test\nX"));
        assert_eq!((account.given_name, account.principal_name), (None, None));
        assert_eq!(account.employee_number, None);
        assert_eq!(account.emails, [Email::other("b@example.com")]);
        assert_eq!(account.seats, [Seat::of("p")]);
        assert_eq!(account.attributes.len(), 1);
        let fields = [
            "display-name",
            "principal-name",
            "employee-number",
            "emails",
            "seats",
            "attributes",
        ];
        assert_eq!(account.warnings.len(), fields.len());
        for (warning, field) in account.warnings.iter().zip(fields) {
            assert!(warning.starts_with(&format!("{field}: ")), "{warning}");
        }
    }

    #[test]
    fn value_out_of_range_is_unknown() {
        let account = checked(Account {
            created_at: Some(i64::MAX),
            last_activity: LastActivity::At(i64::MIN),
            display_name: Some("x".repeat(70_000)),
            attributes: (0..70).map(|n| (format!("a{n}"), String::new())).collect(),
            ..Account::new("a")
        });
        assert_eq!((account.created_at, account.display_name), (None, None));
        assert_eq!(account.last_activity, LastActivity::Unknown);
        assert_eq!((account.attributes.len(), account.warnings.len()), (64, 4));
    }

    #[test]
    fn activity_that_says_nothing_is_rejected_with_its_account() {
        let row = |account: &str, at| Activity {
            account: account.into(),
            product: None,
            last_activity: LastActivity::At(at),
        };
        let page = Page::activity(vec![row("a", i64::MAX), row("", 0), row("b", 0)]);
        let ids: Vec<_> = page.rejected.iter().map(|row| row.id.as_deref()).collect();
        assert_eq!(ids, [Some("a"), None]);
    }

    #[test]
    fn product_with_an_unusable_name_has_its_id() {
        let product = |id: &str, name: &str| Product {
            id: id.into(),
            name: name.into(),
            purchased: None,
            assigned: None,
        };
        let page = Page::products(vec![product("p", "a\0"), product("\0", "b")]);
        assert_eq!(page.records, Records::Products(vec![product("p", "p")]));
        assert_eq!(page.rejected.len(), 1);
    }
}
