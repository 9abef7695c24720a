//! Records of a data stream, and its pages.

use crate::{Account, LastActivity, StreamKind};
use serde::{Deserialize, Serialize};

/// Start of the next page, in the connector's own format; opaque to the host.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor(String);

/// Cursor over the limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a cursor of {0} bytes is over the limit of {max}", max = Cursor::MAX_BYTES)]
pub struct CursorError(usize);

impl Cursor {
    /// Longest accepted cursor, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 16 << 10;

    /// Wraps a cursor from a connector or from the store.
    ///
    /// # Errors
    /// Fails if it is longer than [`Cursor::MAX_BYTES`].
    pub fn new(text: String) -> Result<Self, CursorError> {
        if text.len() > Self::MAX_BYTES {
            Err(CursorError(text.len()))
        } else {
            Ok(Self(text))
        }
    }

    /// Returns the connector's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Use of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// `Account::id` of the account.
    pub account: String,
    /// Product that was used; absent if not reported.
    pub product: Option<String>,
    /// Last use.
    pub last_activity: LastActivity,
}

/// Licence facts of the application about a product that is paid for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Identifier that seats use.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Seats bought, as the application counts them; absent if not reported.
    pub purchased: Option<u32>,
    /// Seats assigned, as the application counts them; absent if not reported.
    pub assigned: Option<u32>,
}

/// Records of one page, all of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Records {
    /// Accounts.
    Accounts(Vec<Account>),
    /// Activity.
    Activity(Vec<Activity>),
    /// Products.
    Products(Vec<Product>),
}

impl Records {
    /// Returns the kind of the records.
    #[must_use]
    pub const fn kind(&self) -> StreamKind {
        match self {
            Self::Accounts(_) => StreamKind::Accounts,
            Self::Activity(_) => StreamKind::Activity,
            Self::Products(_) => StreamKind::Products,
        }
    }

    /// Returns the number of records.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::Accounts(rows) => rows.len(),
            Self::Activity(rows) => rows.len(),
            Self::Products(rows) => rows.len(),
        }
    }

    /// Returns true if there are no records.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRow {
    /// Identifier of the account or product, which therefore still exists; absent if not readable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Text that identifies it to a person.
    pub row: String,
    /// Reason, which names the field.
    pub reason: String,
}

/// Page of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Records that were read.
    pub records: Records,
    /// Rows that could not be used.
    pub rejected: Vec<RejectedRow>,
    /// Start of the next page; absent on the last.
    pub next: Option<Cursor>,
    /// Number of records in the stream; absent if not reported.
    pub total: Option<u64>,
    /// Starts of other partitions of the stream, each read to an end of its own.
    pub partitions: Vec<Cursor>,
    /// True if rows move to another page while the list is read, when others are added or removed.
    pub offset_paged: bool,
}

impl Page {
    /// Largest number of partitions beside the first.
    pub const MAX_PARTITIONS: usize = 1_024;
}

/// Account, as far as a connector needs it to ask about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRef {
    /// `Account::id` of the account.
    pub id: String,
    /// Name that is typed to sign in; absent if not known.
    pub principal_name: Option<String>,
}
