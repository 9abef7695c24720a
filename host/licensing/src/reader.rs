//! Reading one application into a reconciliation: its accounts, their seats, and when each was last used.

use crate::{Reconciler, Subscription};
use purser_model::{Account, Activity, LastActivity, Seat};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// One application of a reconciliation under way.
#[derive(Debug)]
pub struct ApplicationReader<'r, 'a> {
    name: &'r str,
    connection: Option<&'r str>,
    activity: HashMap<&'r str, Vec<&'r Activity>>,
    work: &'r mut Reconciler<'a>,
}

impl<'r, 'a> ApplicationReader<'r, 'a> {
    pub(crate) fn new(
        work: &'r mut Reconciler<'a>,
        name: &'r str,
        records: &'r [Activity],
    ) -> Self {
        let mut activity: HashMap<&str, Vec<&Activity>> = HashMap::new();
        for record in records {
            activity.entry(&record.account).or_default().push(record);
        }
        Self {
            name,
            connection: None,
            activity,
            work,
        }
    }

    /// Says through which connection the accounts were read. An id is unique in one connection only, so where an application has
    /// several, this is what tells their accounts apart.
    #[must_use]
    pub fn through(self, connection: &'r str) -> Self {
        Self {
            connection: Some(connection),
            ..self
        }
    }

    /// Takes in one account with its seats. Each account of a connection comes once.
    pub fn account(&mut self, account: &Account) {
        let holder = self.work.holder(self.name, account);
        let activity = self
            .activity
            .get(account.id.as_str())
            .map_or(&[][..], Vec::as_slice);
        let used = activity
            .iter()
            .fold(account.last_activity, |latest, record| {
                latest.latest(record.last_activity)
            });
        self.work.used(self.name, self.connection, account, used);
        for seat in seats(account).iter() {
            let last_activity = last_activity(account, &seat.product, activity);
            let seat = Subscription {
                application: self.name,
                connection: self.connection,
                account,
                seat,
                last_activity,
                holder: &holder,
            };
            self.work.seat(&seat);
        }
    }
}

/// The seats of an account, one for each product. Of a product held twice, directly and through a group, the later day counts for grace,
/// and the group is kept, because taking the direct seat alone would free nothing.
fn seats(account: &Account) -> Cow<'_, [Seat]> {
    let mut by_product: BTreeMap<&str, Seat> = BTreeMap::new();
    if account.seats.len() < 2 {
        return Cow::Borrowed(&account.seats);
    }
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

/// The latest use of a seat: of the account as a whole, or of the product. Use of another product says nothing.
fn last_activity(account: &Account, product: &str, activity: &[&Activity]) -> LastActivity {
    let about = activity
        .iter()
        .filter(|record| record.product.as_deref().is_none_or(|used| used == product));
    about.fold(account.last_activity, |latest, record| {
        latest.latest(record.last_activity)
    })
}
