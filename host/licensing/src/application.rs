//! The state of one application during a reconciliation.

use crate::activity_gap::ActivityGap;
use crate::matching::Match;
use crate::notice::Notice;
use crate::product_rows::{ProductRows, RowsByProduct};
use crate::rules::AsOf;
use crate::usage::{Usage, whole_days};
use purser_model::{Account, LastActivity, ReadState, StreamName, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Age in days from which a complete read is called old. Reads are daily as a rule.
const OLD_AFTER_DAYS: i64 = 2;

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
    accounts_with_near_number: u64,
    /// The completeness of what was read, by connection.
    reads: BTreeMap<Option<String>, ReadState>,
    activity: BTreeMap<Option<String>, ActivityGap>,
}

impl ApplicationState {
    /// Returns the rows of a product.
    pub(crate) fn product(&mut self, product: &str) -> &mut ProductRows {
        self.products.entry(product.to_owned()).or_default()
    }

    /// Records the completeness of what was read through a connection.
    pub(crate) fn record_read(&mut self, connection: Option<&str>, state: &ReadState) {
        let connection = connection.map(str::to_owned);
        self.reads.insert(connection, state.clone());
    }

    /// Returns the time of the last complete read through a connection; absent if it is not known.
    pub(crate) fn read_at(&self, connection: Option<&str>) -> Option<Timestamp> {
        let known = self
            .reads
            .iter()
            .find(|(known, _)| known.as_deref() == connection);
        known.and_then(|(_, state)| state.complete_at)
    }

    /// Counts an account without a person whose employee number differs from one in the directory
    /// by leading zeros only.
    pub(crate) const fn count_near_number(&mut self) {
        self.accounts_with_near_number += 1;
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
            .filter_map(|(connection, gap)| {
                // why: what happened after the read is not known
                let read_at = self.read_at(connection.as_deref()).unwrap_or(as_of.now);
                Some((connection.clone(), gap.since(days, read_at)?))
            })
            .collect()
    }

    /// Returns the limits of the application's figures.
    pub(crate) fn notices(
        &self,
        name: &str,
        gaps: &GapsByConnection,
        now: Timestamp,
    ) -> Vec<Notice> {
        // Without a read there is nothing else to say.
        if !self.is_read {
            return vec![self.not_read(name)];
        }

        let mut notices: Vec<_> = self
            .reads
            .iter()
            .flat_map(|(connection, state)| read_notices(name, connection.as_ref(), state, now))
            .collect();
        notices.extend(self.activity_frozen(name, gaps));
        notices.extend(self.activity_unknown(name));
        notices.extend(self.product_notices(name));
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
        if self.accounts_with_near_number > 0 {
            notices.push(Notice::LeadingZeros {
                application: name.to_owned(),
                accounts: self.accounts_with_near_number,
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

    /// Returns the limits that follow from entitlements that the application contradicts.
    fn product_notices(&self, name: &str) -> Vec<Notice> {
        let is_known = |rows: &ProductRows| rows.listed.is_some() || !rows.seats.is_empty();
        let known: Vec<_> = self
            .products
            .iter()
            .filter(|(_, rows)| is_known(rows))
            .map(|(product, _)| product.clone())
            .collect();

        let mut notices = Vec::new();
        for (product, rows) in &self.products {
            let purchased = rows.listed.as_ref().and_then(|listed| listed.purchased);
            let owned = rows.owned();
            if let Some(reported) = purchased.map(u64::from)
                && reported != owned
            {
                notices.push(Notice::PurchasesDiffer {
                    application: name.to_owned(),
                    product: product.clone(),
                    owned,
                    reported,
                });
            }
            // why: before the first account nothing is known of its products
            if !is_known(rows) && owned > 0 && !known.is_empty() {
                notices.push(Notice::ProductUnknown {
                    application: name.to_owned(),
                    product: product.clone(),
                    known: known.clone(),
                });
            }
        }
        notices
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

/// Returns the limits that follow from the completeness of what was read through a connection.
fn read_notices(
    name: &str,
    connection: Option<&String>,
    state: &ReadState,
    now: Timestamp,
) -> Vec<Notice> {
    let application = || name.to_owned();
    let connection = || connection.cloned();
    let mut notices = Vec::new();

    if !state.incomplete.is_empty() {
        notices.push(Notice::ReadIncomplete {
            application: application(),
            connection: connection(),
            streams: state.incomplete.iter().map(StreamName::to_string).collect(),
            complete_at: state.complete_at,
        });
    }
    if let Some(at) = state.complete_at {
        let days = whole_days(at, now);
        if days >= OLD_AFTER_DAYS {
            notices.push(Notice::OldRead {
                application: application(),
                connection: connection(),
                at,
                days,
            });
        }
    }

    if state.rejected > 0 {
        notices.push(Notice::RowsRejected {
            application: application(),
            connection: connection(),
            rows: state.rejected,
        });
    }
    if state.with_warnings > 0 {
        notices.push(Notice::FieldsUnreadable {
            application: application(),
            connection: connection(),
            accounts: state.with_warnings,
        });
    }
    if state.missing > 0 {
        notices.push(Notice::AccountsMissing {
            application: application(),
            connection: connection(),
            accounts: state.missing,
        });
    }
    notices
}
