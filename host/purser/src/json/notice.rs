//! Limits of the figures in JSON, part of positions and reconciliations.

use jiff::Timestamp;
use purser_engine::licensing::Notice;
use serde::Serialize;

/// A limit of the figures that a reader should know.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "notice")]
pub(super) enum NoticeJson<'a> {
    ActivityUnknown {
        application: &'a str,
        seats: u64,
        of: u64,
    },
    ActivityFrozen {
        application: &'a str,
        connection: Option<&'a str>,
        since: Timestamp,
        accounts: u64,
    },
    AccountsWithoutSeat {
        application: &'a str,
        accounts: u64,
    },
    MappedToNobody {
        application: &'a str,
        accounts: u64,
    },
    LeadingZeros {
        application: &'a str,
        accounts: u64,
    },
    ReadIncomplete {
        application: &'a str,
        connection: Option<&'a str>,
        streams: &'a [String],
        complete_at: Option<Timestamp>,
    },
    RowsRejected {
        application: &'a str,
        connection: Option<&'a str>,
        rows: u64,
    },
    FieldsUnreadable {
        application: &'a str,
        connection: Option<&'a str>,
        accounts: u64,
    },
    AccountsMissing {
        application: &'a str,
        connection: Option<&'a str>,
        accounts: u64,
    },
    OldRead {
        application: &'a str,
        connection: Option<&'a str>,
        at: Timestamp,
        days: i64,
    },
    PurchasesDiffer {
        application: &'a str,
        product: &'a str,
        owned: u64,
        reported: u64,
    },
    ProductUnknown {
        application: &'a str,
        product: &'a str,
        known: &'a [String],
    },
    SeatsCountedTwice {
        applications: &'a [String],
        connections: &'a [String],
    },
    EmploymentUnclear {
        people: u64,
    },
    ApplicationNotRead {
        application: &'a str,
        entitlements: &'a [String],
    },
}

impl<'a> From<&'a Notice> for NoticeJson<'a> {
    fn from(notice: &'a Notice) -> Self {
        match notice {
            Notice::ActivityUnknown {
                application,
                seats,
                of,
            } => Self::ActivityUnknown {
                application,
                seats: *seats,
                of: *of,
            },
            Notice::ActivityFrozen {
                application,
                connection,
                since,
                accounts,
            } => Self::ActivityFrozen {
                application,
                connection: connection.as_deref(),
                since: *since,
                accounts: *accounts,
            },
            Notice::AccountsWithoutSeat {
                application,
                accounts,
            } => Self::AccountsWithoutSeat {
                application,
                accounts: *accounts,
            },
            Notice::MappedToUnknownEmployee {
                application,
                accounts,
            } => Self::MappedToNobody {
                application,
                accounts: *accounts,
            },
            Notice::LeadingZeros {
                application,
                accounts,
            } => Self::LeadingZeros {
                application,
                accounts: *accounts,
            },
            Notice::ReadIncomplete {
                application,
                connection,
                streams,
                complete_at,
            } => Self::ReadIncomplete {
                application,
                connection: connection.as_deref(),
                streams,
                complete_at: *complete_at,
            },
            Notice::RowsRejected {
                application,
                connection,
                rows,
            } => Self::RowsRejected {
                application,
                connection: connection.as_deref(),
                rows: *rows,
            },
            Notice::FieldsUnreadable {
                application,
                connection,
                accounts,
            } => Self::FieldsUnreadable {
                application,
                connection: connection.as_deref(),
                accounts: *accounts,
            },
            Notice::AccountsMissing {
                application,
                connection,
                accounts,
            } => Self::AccountsMissing {
                application,
                connection: connection.as_deref(),
                accounts: *accounts,
            },
            Notice::OldRead {
                application,
                connection,
                at,
                days,
            } => Self::OldRead {
                application,
                connection: connection.as_deref(),
                at: *at,
                days: *days,
            },
            Notice::PurchasesDiffer {
                application,
                product,
                owned,
                reported,
            } => Self::PurchasesDiffer {
                application,
                product,
                owned: *owned,
                reported: *reported,
            },
            Notice::ProductUnknown {
                application,
                product,
                known,
            } => Self::ProductUnknown {
                application,
                product,
                known,
            },
            Notice::SeatsCountedTwice {
                applications,
                connections,
            } => Self::SeatsCountedTwice {
                applications,
                connections,
            },
            Notice::EmploymentUnclear { people } => Self::EmploymentUnclear { people: *people },
            Notice::ApplicationNotRead {
                application,
                entitlements,
            } => Self::ApplicationNotRead {
                application,
                entitlements,
            },
        }
    }
}
