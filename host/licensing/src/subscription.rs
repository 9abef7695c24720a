//! One seat of one account, with the account's activity and holder.

use crate::matching::Match;
use purser_model::{Account, Activity, LastActivity, Seat};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A seat, and everything that is known of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subscription<'a> {
    /// The application's name.
    pub(crate) application: &'a str,
    /// The connection the account was read through; absent if the application has only one.
    pub(crate) connection: Option<&'a str>,
    /// The account that holds the seat.
    pub(crate) account: &'a Account,
    /// The seat.
    pub(crate) seat: &'a Seat,
    /// The latest use by any source. It replaces the account's own field, which may be older.
    pub(crate) last_activity: LastActivity,
    /// The match of the account to a person.
    pub(crate) holder: &'a Match<'a>,
}

/// Returns the seats of an account, one for each product.
///
/// A product held both directly and through a group is one seat. The later assignment counts for
/// grace. The group is kept, because removing the direct seat alone frees nothing.
pub(crate) fn seats_by_product(account: &Account) -> Cow<'_, [Seat]> {
    // Most accounts hold one seat: nothing to merge, nothing to allocate.
    if account.seats.len() < 2 {
        return Cow::Borrowed(&account.seats);
    }

    let mut by_product: BTreeMap<&str, Seat> = BTreeMap::new();
    for seat in &account.seats {
        let merged = by_product
            .entry(&seat.product)
            .or_insert_with(|| seat.clone());
        merged.assigned_at = merged.assigned_at.max(seat.assigned_at);
        // The smallest name, so that the order of the seats makes no difference.
        merged.inherited_from = [merged.inherited_from.take(), seat.inherited_from.clone()]
            .into_iter()
            .flatten()
            .min();
    }

    Cow::Owned(by_product.into_values().collect())
}

/// Returns the latest use of an account, for any product.
pub(crate) fn account_activity(account: &Account, records: &[&Activity]) -> LastActivity {
    records
        .iter()
        .fold(account.last_activity, |latest, record| {
            latest.latest(record.last_activity)
        })
}

/// Returns the latest use of a seat: of the account as a whole, or of this product.
///
/// Use of another product does not count.
pub(crate) fn seat_activity(
    account: &Account,
    product: &str,
    records: &[&Activity],
) -> LastActivity {
    let relevant = records
        .iter()
        .filter(|record| record.product.as_deref().is_none_or(|used| used == product));

    relevant.fold(account.last_activity, |latest, record| {
        latest.latest(record.last_activity)
    })
}
