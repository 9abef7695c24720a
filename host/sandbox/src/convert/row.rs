//! Rows of a page: an identifier is strict, and every other field is lenient. An
//! unusable value is left out with a warning, because the rest of the row says more than nothing.

use super::{Checked, id, instant, optional, optional_instant, text};
use crate::bindings::types as wit;
use crate::text::plain;
use purser_model::{
    Account, AccountKind, AccountStatus, Activity, Email, LastActivity, Product, Seat,
};

/// Largest number of attributes of one account.
const MAX_ATTRIBUTES: usize = 64;

/// Largest number of warnings of one account that are kept.
const MAX_WARNINGS: usize = 16;

/// Longest warning that is kept, in bytes.
const MAX_WARNING: usize = 1_000;

/// A row that cannot be used.
pub(super) struct Unusable {
    /// The identifier of its account or product; absent if it is the unusable field.
    pub(super) id: Option<String>,
    /// The identity of the row for people.
    pub(super) shown: String,
    /// The reason, which begins with the name of the field.
    pub(super) reason: String,
}

/// The fields of an account that were left out.
#[derive(Default)]
struct Warnings(Vec<String>);

impl Warnings {
    /// Returns a valid value, or notes the reason why there is none.
    fn keep<T>(&mut self, checked: Checked<T>) -> Option<T> {
        match checked {
            Ok(value) => Some(value),
            Err(reason) => {
                self.0.push(reason);
                None
            }
        }
    }

    /// Returns a valid text, or notes the reason why there is none.
    fn keep_text(&mut self, value: Option<String>, field: &str) -> Option<String> {
        self.keep(optional(value, field)).flatten()
    }

    /// Returns the valid items of a list, and notes the others by their index.
    fn keep_each<T, U>(
        &mut self,
        items: Vec<T>,
        list: &str,
        mut convert: impl FnMut(T, &mut Self) -> Checked<U>,
    ) -> Vec<U> {
        let mut kept = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let mut of_item = Self::default();
            let converted = convert(item, &mut of_item);
            kept.extend(of_item.keep(converted));

            let named = of_item.0.into_iter();
            self.0
                .extend(named.map(|reason| format!("{list}[{index}].{reason}")));
        }
        kept
    }

    /// Returns the warnings that are shown. They are for people, so they are shortened.
    fn shown(self) -> Vec<String> {
        let count = self.0.len();
        let mut shown: Vec<_> = self
            .0
            .iter()
            .take(MAX_WARNINGS)
            .map(|text| plain(text, MAX_WARNING))
            .collect();

        if count > MAX_WARNINGS {
            shown.truncate(MAX_WARNINGS - 1);
            let more = count - shown.len();
            shown.push(format!("further fields: {more} more warnings"));
        }
        shown
    }
}

/// Checks the identifier of a row.
fn row_id(value: String, field: &str) -> Result<String, Unusable> {
    let shown = value.clone();
    id(value, field).map_err(|reason| Unusable {
        id: None,
        shown,
        reason,
    })
}

/// Converts an account.
pub(super) fn account(row: wit::Account) -> Result<Account, Unusable> {
    let id = row_id(row.id, "id")?;
    let mut warnings = Warnings(row.warnings);

    let principal_name = warnings.keep_text(row.principal_name, "principal-name");
    let emails = warnings.keep_each(row.emails, "emails", |it, _| email(it));
    let display_name = warnings.keep_text(row.display_name, "display-name");
    let given_name = warnings.keep_text(row.given_name, "given-name");
    let family_name = warnings.keep_text(row.family_name, "family-name");
    let employee_number = warnings.keep_text(row.employee_number, "employee-number");
    let created_at = warnings
        .keep(optional_instant(row.created_at, "created-at"))
        .flatten();
    let last_activity = warnings
        .keep(last_activity(row.last_activity))
        .unwrap_or_default();
    let seats = warnings.keep_each(row.seats, "seats", seat);
    let attributes = attributes(row.attributes, &mut warnings);

    Ok(Account {
        id,
        principal_name,
        emails,
        display_name,
        given_name,
        family_name,
        employee_number,
        kind: account_kind(row.kind),
        status: account_status(row.status),
        created_at,
        last_activity,
        seats,
        attributes,
        warnings: warnings.shown(),
    })
}

fn email(email: wit::Email) -> Checked<Email> {
    Ok(Email {
        address: text(email.address, "address")?,
        primary: email.primary,
    })
}

fn seat(seat: wit::Seat, warnings: &mut Warnings) -> Checked<Seat> {
    let product = id(seat.product, "product")?;
    let assigned_at = optional_instant(seat.assigned_at, "assigned-at");
    let inherited_from = optional(seat.inherited_from, "inherited-from");

    Ok(Seat {
        product,
        assigned_at: warnings.keep(assigned_at).flatten(),
        inherited_from: warnings.keep(inherited_from).flatten(),
    })
}

fn attributes(
    mut attributes: Vec<(String, String)>,
    warnings: &mut Warnings,
) -> Vec<(String, String)> {
    if attributes.len() > MAX_ATTRIBUTES {
        warnings.0.push(format!(
            "attributes has {} entries; the first {MAX_ATTRIBUTES} are kept",
            attributes.len()
        ));
        attributes.truncate(MAX_ATTRIBUTES);
    }

    warnings.keep_each(attributes, "attributes", |(name, value), _| {
        Ok((id(name, "name")?, text(value, "value")?))
    })
}

/// Converts a row of activity. An unusable time rejects it: the row says nothing else.
pub(super) fn activity(row: wit::Activity) -> Result<Activity, Unusable> {
    let account = row_id(row.account, "account")?;
    let unusable = |reason| Unusable {
        id: Some(account.clone()),
        shown: account.clone(),
        reason,
    };

    let product = row.product.map(|product| id(product, "product"));
    let product = product.transpose().map_err(unusable)?;
    let last_activity = last_activity(row.last_activity).map_err(unusable)?;
    Ok(Activity {
        account,
        product,
        last_activity,
    })
}

/// Converts a product. Its name is a label, so unusable characters are only left out.
pub(super) fn product(row: wit::Product) -> Result<Product, Unusable> {
    Ok(Product {
        id: row_id(row.id, "id")?,
        name: text(row.name.replace('\0', ""), "name")
            .unwrap_or_else(|_| plain(&row.name, MAX_WARNING)),
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
