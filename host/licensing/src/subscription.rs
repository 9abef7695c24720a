//! One seat of one account, with the account's activity and holder.

use crate::matching::Match;
use purser_model::{Account, Activity, LastActivity, Seat, Timestamp, plausibility};
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
    /// The time of the read that the account is known from; absent if it is now.
    pub(crate) read_at: Option<Timestamp>,
    /// The time of the complete read that did not list the account; absent if the last one did.
    pub(crate) missing_since: Option<Timestamp>,
    /// The match of the account to a person.
    pub(crate) holder: &'a Match<'a>,
}

/// Returns an account with its days as evidence: placeholders and the future are unknown.
///
/// New reads store them as unknown; an earlier version stored them as they were reported.
pub(crate) fn plausible_account(account: &Account, now: Timestamp) -> Cow<'_, Account> {
    let created_at = plausibility::plausible_past(account.created_at, now);
    let is_assigned_plausibly =
        |seat: &Seat| seat.assigned_at == plausibility::plausible_past(seat.assigned_at, now);

    let is_plausible =
        created_at == account.created_at && account.seats.iter().all(is_assigned_plausibly);
    if is_plausible {
        return Cow::Borrowed(account);
    }

    let mut account = account.clone();
    account.created_at = created_at;
    for seat in &mut account.seats {
        seat.assigned_at = plausibility::plausible_past(seat.assigned_at, now);
    }
    Cow::Owned(account)
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
pub(crate) fn account_activity(
    account: &Account,
    records: &[&Activity],
    now: Timestamp,
) -> LastActivity {
    latest_evidence(account, records.iter().copied(), now)
}

/// Returns the latest use of a seat: of the account as a whole, or of this product.
///
/// Use of another product does not count.
pub(crate) fn seat_activity(
    account: &Account,
    product: &str,
    records: &[&Activity],
    now: Timestamp,
) -> LastActivity {
    let relevant = records
        .iter()
        .copied()
        .filter(|record| record.product.as_deref().is_none_or(|used| used == product));

    latest_evidence(account, relevant, now)
}

fn latest_evidence<'a>(
    account: &Account,
    records: impl Iterator<Item = &'a Activity>,
    now: Timestamp,
) -> LastActivity {
    let mut latest = LastActivity::Unknown;
    let mut has_future = false;
    let reported = records.map(|record| record.last_activity);
    for activity in std::iter::once(account.last_activity).chain(reported) {
        latest = latest.latest(activity.as_evidence(now));
        has_future |= matches!(activity, LastActivity::At(at) if plausibility::is_beyond(at, now));
    }

    // why: `never` must not stand where another source reports a use, though at a wrong time
    match latest.unless_before(account.created_at) {
        LastActivity::Never if has_future => LastActivity::Unknown,
        latest => latest,
    }
}
