//! Constructors for records and pages.

use crate::pagination::Window;
use crate::{
    Account, AccountKind, AccountStatus, Activity, Cursor, Email, Failure, LastActivity, Page,
    Product, Records, Rows, Seat,
};

impl Account {
    /// An account of which nothing is known but its identifier. Use it as the rest of a struct literal:
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
        }
    }
}

impl Email {
    /// The address that the application calls the main one.
    #[must_use]
    pub fn primary(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            primary: true,
        }
    }

    /// Another address.
    #[must_use]
    pub fn other(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            primary: false,
        }
    }
}

impl Seat {
    /// A seat of the product with this identifier, given directly and at no known time.
    #[must_use]
    pub fn of(product: impl Into<String>) -> Self {
        Self {
            product: product.into(),
            assigned_at: None,
            inherited_from: None,
        }
    }
}

// Not derived: the generated type could only derive what all generated types derive.
#[allow(clippy::derivable_impls)]
impl Default for LastActivity {
    /// Unknown: what no field tells is not "never".
    fn default() -> Self {
        Self::Unknown
    }
}

impl Page {
    /// A page of accounts, the last one unless [`Page::next`] follows.
    #[must_use]
    pub fn accounts(rows: impl Into<Rows<Account>>) -> Self {
        Self::of(rows.into(), Records::Accounts)
    }

    /// A page of activity, the last one unless [`Page::next`] follows.
    #[must_use]
    pub fn activity(rows: impl Into<Rows<Activity>>) -> Self {
        Self::of(rows.into(), Records::Activity)
    }

    /// A page of products, the last one unless [`Page::next`] follows.
    #[must_use]
    pub fn products(rows: impl Into<Rows<Product>>) -> Self {
        Self::of(rows.into(), Records::Products)
    }

    /// The same with where the next page begins.
    #[must_use]
    pub fn next(mut self, cursor: Option<Cursor>) -> Self {
        self.next = cursor;
        self
    }

    /// The same with how many records the whole stream has.
    #[must_use]
    pub fn total(mut self, records: impl Into<Option<u64>>) -> Self {
        self.total = records.into();
        self
    }

    /// The same as a stretch of a list that is numbered through, of which so many rows came, rejected ones included
    /// ([`Rows::len`](crate::Rows::len)). Says where the next page begins and, on the first page of a list that has more, where else the host
    /// can read at the same time.
    ///
    /// # Errors
    /// As for [`Window::next`](crate::pagination::Window::next).
    pub fn stretch(
        mut self,
        window: &Window,
        rows: usize,
        total: Option<u64>,
    ) -> Result<Self, Failure> {
        self.partitions = window.partitions(rows, total);
        self.next = if self.partitions.is_empty() {
            window.next(rows, total)?
        } else {
            None
        };
        self.total = total;
        self.offset_paged = true;
        Ok(self)
    }

    fn of<T>(rows: Rows<T>, records: impl FnOnce(Vec<T>) -> Records) -> Self {
        let Rows { good, rejected } = rows;
        Self {
            records: records(good),
            rejected,
            next: None,
            total: None,
            partitions: Vec::new(),
            offset_paged: false,
        }
    }
}
