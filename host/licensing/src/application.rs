//! The state of one application during a reconciliation.

use crate::activity_gap::ActivityGap;
use crate::matching::Match;
use crate::notice::Notice;
use crate::product_rows::{ProductRows, RowsByProduct};
use crate::rules::AsOf;
use crate::usage::Usage;
use purser_model::{Account, LastActivity, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Start of the activity gap, by connection. Connections without a gap are absent.
pub(crate) type GapsByConnection = BTreeMap<Option<String>, Timestamp>;

/// Everything counted for one application so far.
#[derive(Debug, Default)]
pub(crate) struct ApplicationState {
    /// True if the application was read; false if only entitlements name it.
    pub(crate) is_read: bool,
    /// The rows of each product.
    pub(crate) products: RowsByProduct,
    accounts_without_seat: u64,
    accounts_mapped_to_unknown_employee: u64,
    activity: BTreeMap<Option<String>, ActivityGap>,
}

impl ApplicationState {
    /// Returns the rows of a product.
    pub(crate) fn product(&mut self, product: &str) -> &mut ProductRows {
        self.products.entry(product.to_owned()).or_default()
    }

    /// Counts one account of a connection, with its holder and its latest use for any product.
    pub(crate) fn count_account(
        &mut self,
        connection: Option<&str>,
        account: &Account,
        holder: &Match<'_>,
        activity: LastActivity,
    ) {
        if account.seats.is_empty() {
            self.accounts_without_seat += 1;
        }
        if let Match::Unmatched { mapped_to: Some(_) } = holder {
            self.accounts_mapped_to_unknown_employee += 1;
        }

        self.activity
            .entry(connection.map(str::to_owned))
            .or_default()
            .observe(account, activity);
    }

    /// Returns the connections without recent activity of any person.
    pub(crate) fn gaps(&self, days: u32, as_of: AsOf) -> GapsByConnection {
        self.activity
            .iter()
            .filter_map(|(connection, gap)| Some((connection.clone(), gap.since(days, as_of)?)))
            .collect()
    }

    /// Returns the limits of the application's figures.
    pub(crate) fn notices(&self, name: &str, gaps: &GapsByConnection) -> Vec<Notice> {
        // Without a read there is nothing else to say.
        if !self.is_read {
            return vec![self.not_read(name)];
        }

        let mut notices = self.activity_frozen(name, gaps);
        notices.extend(self.activity_unknown(name));
        if self.accounts_without_seat > 0 {
            notices.push(Notice::AccountsWithoutSeat {
                application: name.to_owned(),
                accounts: self.accounts_without_seat,
            });
        }
        if self.accounts_mapped_to_unknown_employee > 0 {
            notices.push(Notice::MappedToUnknownEmployee {
                application: name.to_owned(),
                accounts: self.accounts_mapped_to_unknown_employee,
            });
        }

        notices
    }

    fn not_read(&self, name: &str) -> Notice {
        let references: BTreeSet<_> = self
            .products
            .values()
            .flat_map(|rows| &rows.entitlements)
            .map(|entitlement| entitlement.reference.clone())
            .collect();

        Notice::ApplicationNotRead {
            application: name.to_owned(),
            entitlements: references.into_iter().collect(),
        }
    }

    fn activity_frozen(&self, name: &str, gaps: &GapsByConnection) -> Vec<Notice> {
        gaps.iter()
            .map(|(connection, &since)| Notice::ActivityFrozen {
                application: name.to_owned(),
                connection: connection.clone(),
                since,
                accounts: self
                    .activity
                    .get(connection)
                    .map_or(0, ActivityGap::accounts),
            })
            .collect()
    }

    fn activity_unknown(&self, name: &str) -> Option<Notice> {
        let mut all = 0;
        let mut unknown = 0;
        for row in self.products.values().flat_map(|rows| &rows.seats) {
            all += 1;
            unknown += u64::from(row.usage == Usage::Unknown);
        }

        (unknown > 0).then(|| Notice::ActivityUnknown {
            application: name.to_owned(),
            seats: unknown,
            of: all,
        })
    }
}
