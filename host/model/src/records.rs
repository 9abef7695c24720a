//! What a data stream yields.

use crate::{Account, LastActivity, StreamKind};
use serde::{Deserialize, Serialize};

/// Where the next page begins: the connector's own words, opaque to the host.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor(String);

/// A cursor over the limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a cursor of {0} bytes is over the limit of {max}", max = Cursor::MAX_BYTES)]
pub struct CursorError(usize);

impl Cursor {
    /// The longest cursor accepted, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 16 << 10;

    /// Takes a cursor from a connector or from the store.
    ///
    /// # Errors
    /// When it is longer than [`Cursor::MAX_BYTES`].
    pub fn new(text: String) -> Result<Self, CursorError> {
        if text.len() > Self::MAX_BYTES {
            Err(CursorError(text.len()))
        } else {
            Ok(Self(text))
        }
    }

    /// The connector's words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// That an account was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// The `Account::id` it is about.
    pub account: String,
    /// The product used, where told.
    pub product: Option<String>,
    /// When.
    pub last_activity: LastActivity,
}

/// What the application says about a product that is paid for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The identifier that seats use.
    pub id: String,
    /// The name people know.
    pub name: String,
    /// Seats bought, as the application counts them.
    pub purchased: Option<u32>,
    /// Seats given out, as the application counts them.
    pub assigned: Option<u32>,
}

/// The records of one page, all of one kind.
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
    /// Their kind.
    #[must_use]
    pub const fn kind(&self) -> StreamKind {
        match self {
            Self::Accounts(_) => StreamKind::Accounts,
            Self::Activity(_) => StreamKind::Activity,
            Self::Products(_) => StreamKind::Products,
        }
    }

    /// How many.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::Accounts(rows) => rows.len(),
            Self::Activity(rows) => rows.len(),
            Self::Products(rows) => rows.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRow {
    /// What identifies it to a person.
    pub row: String,
    /// Why, naming the field.
    pub reason: String,
}

/// One page of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What was read.
    pub records: Records,
    /// What could not be used.
    pub rejected: Vec<RejectedRow>,
    /// Where the next page begins; absent on the last.
    pub next: Option<Cursor>,
    /// How many records the stream has, where told.
    pub total: Option<u64>,
    /// Other places where the stream can be begun, each read to an end of its own.
    pub partitions: Vec<Cursor>,
    /// Whether rows change place while the list is read, when others come or go.
    pub offset_paged: bool,
}

impl Page {
    /// The most places that a stream can be begun at beside its beginning.
    pub const MAX_PARTITIONS: usize = 1_024;
}

/// An account, as much of it as a connector needs to ask about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRef {
    /// The `Account::id`.
    pub id: String,
    /// What the person types to sign in, where known.
    pub principal_name: Option<String>,
}
