//! Constructors for records and pages.

use crate::offset_window::{OffsetWindow, PageDigest};
use crate::rows::NotedRows;
use crate::{
    Account, AccountKind, AccountStatus, Activity, Cursor, Email, Failure, LastActivity, Page,
    Product, Records, RejectedRow, Rows, Seat, checked,
};

impl Account {
    /// Returns an account with nothing but an id.
    ///
    /// Use it as the rest of a struct literal:
    /// `Account { display_name: user.name, ..Account::new(user.id) }`.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            principal_name: None,
            emails: Vec::new(),
            display_name: None,
            given_name: None,
            family_name: None,
            employee_number: None,
            kind: AccountKind::Unspecified,
            status: AccountStatus::Unspecified,
            created_at: None,
            last_activity: LastActivity::Unknown,
            seats: Vec::new(),
            attributes: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

impl Email {
    /// Returns the main address of an account.
    #[must_use]
    pub fn primary(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            primary: true,
        }
    }

    /// Returns a further address of an account.
    #[must_use]
    pub fn other(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            primary: false,
        }
    }
}

impl Seat {
    /// Returns a seat of the product with this id, assigned directly and at an unknown time.
    #[must_use]
    pub fn of(product: impl Into<String>) -> Self {
        Self {
            product: product.into(),
            assigned_at: None,
            inherited_from: None,
        }
    }
}

#[allow(
    clippy::derivable_impls,
    reason = "a derive of the generator applies to every type"
)]
impl Default for LastActivity {
    /// Returns `Unknown`. A missing field does not mean `Never`.
    fn default() -> Self {
        Self::Unknown
    }
}

impl Page {
    /// Returns a page of accounts: the last one, unless [`Page::next`] follows.
    ///
    /// An account without a usable id is rejected. A field that the host would refuse is left out,
    /// with a warning on the account.
    #[must_use]
    pub fn accounts(rows: impl Into<Rows<Account>>) -> Self {
        let NotedRows { good, mut rejected } = rows.into().noted(|account| &account.id);
        let mut accounts = Vec::with_capacity(good.len());
        for (mut account, note) in good {
            account.warnings.extend(note.warnings);
            match checked::account(&mut account) {
                Ok(()) => accounts.push(account),
                Err(reason) => rejected.push(crate::rejected(&account.id, reason)),
            }
        }
        Self::of(Records::Accounts(accounts), rejected)
    }

    /// Returns a page of activity: the last one, unless [`Page::next`] follows.
    ///
    /// A row whose time could not be read says nothing, and is rejected.
    #[must_use]
    pub fn activity(rows: impl Into<Rows<Activity>>) -> Self {
        let NotedRows { good, mut rejected } = rows.into().noted(|row| &row.account);
        let mut activity = Vec::with_capacity(good.len());
        for (mut row, note) in good {
            let mut warnings = note.warnings;
            let checked = checked::activity(&mut row, &mut warnings);
            let says_nothing = row.last_activity == LastActivity::Unknown && !warnings.is_empty();
            match checked {
                Err(reason) => rejected.push(crate::rejected(&row.account, reason)),
                Ok(()) if says_nothing => {
                    let reason = warnings.join("; ");
                    rejected.push(crate::rejected(&row.account, reason).with_id(row.account));
                }
                Ok(()) => {
                    log_warnings(&row.account, &warnings);
                    activity.push(row);
                }
            }
        }
        Self::of(Records::Activity(activity), rejected)
    }

    /// Returns a page of products: the last one, unless [`Page::next`] follows.
    #[must_use]
    pub fn products(rows: impl Into<Rows<Product>>) -> Self {
        let NotedRows { good, mut rejected } = rows.into().noted(|product| &product.id);
        let mut products = Vec::with_capacity(good.len());
        for (mut product, note) in good {
            let mut warnings = note.warnings;
            match checked::product(&mut product, &mut warnings) {
                Err(reason) => rejected.push(crate::rejected(&product.id, reason)),
                Ok(()) => {
                    log_warnings(&product.id, &warnings);
                    products.push(product);
                }
            }
        }
        Self::of(Records::Products(products), rejected)
    }

    /// Sets the cursor of the next page.
    #[must_use]
    pub fn next(mut self, cursor: Option<Cursor>) -> Self {
        self.next = cursor;
        self
    }

    /// Sets the number of records in the whole stream.
    #[must_use]
    pub fn total(mut self, records: impl Into<Option<u64>>) -> Self {
        self.total = records.into();
        self
    }

    /// Marks the page as a window of an offset-paged list, and sets its next cursor, or on the
    /// first page of a longer list its partitions.
    ///
    /// `rows` is the number of rows in the response, including rejected ones
    /// ([`Rows::len`](crate::Rows::len)). `total` is the number of rows that the application
    /// reports for the whole list. A page whose rows are those of an earlier page loses them.
    ///
    /// # Errors
    /// [`Failure::ContractViolation`] if the application contradicts itself: no rows before its
    /// total, or rows of the beginning at another offset.
    pub fn offset_window(
        mut self,
        window: &OffsetWindow,
        rows: usize,
        total: Option<u64>,
    ) -> Result<Self, Failure> {
        let step = window.step(rows, total, self.digest())?;
        if step.is_repeated {
            self.clear();
        }

        self.partitions = step.partitions;
        self.next = step.next;
        self.total = step.total;
        self.offset_paged = true;
        Ok(self)
    }

    /// Digests the ids of the rows.
    fn digest(&self) -> Option<PageDigest> {
        let rejected = self.rejected.iter();
        let rejected = rejected.map(|row| row.id.as_ref().unwrap_or(&row.row).as_str());
        match &self.records {
            Records::Accounts(rows) => {
                PageDigest::of(rows.iter().map(|row| row.id.as_str()).chain(rejected))
            }
            Records::Products(rows) => {
                PageDigest::of(rows.iter().map(|row| row.id.as_str()).chain(rejected))
            }
            Records::Activity(rows) => {
                PageDigest::of(rows.iter().map(|row| row.account.as_str()).chain(rejected))
            }
        }
    }

    fn clear(&mut self) {
        self.rejected.clear();
        match &mut self.records {
            Records::Accounts(rows) => rows.clear(),
            Records::Products(rows) => rows.clear(),
            Records::Activity(rows) => rows.clear(),
        }
    }

    fn of(records: Records, rejected: Vec<RejectedRow>) -> Self {
        Self {
            records,
            rejected,
            next: None,
            total: None,
            partitions: Vec::new(),
            offset_paged: false,
        }
    }
}

/// Logs the warnings of a record that has no place for them.
fn log_warnings(id: &str, warnings: &[String]) {
    for warning in warnings {
        crate::warn!("{id}: {warning}");
    }
}
