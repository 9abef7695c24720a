//! Notices: limits of the figures that a reader should know before relying on them.

use purser_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A limit of the figures. Its `Display` is a clause for an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "notice")]
pub enum Notice {
    /// The application does not report the use of some seats, which therefore cannot be judged.
    ActivityUnknown {
        /// The application, by the name of its profile.
        application: String,
        /// The number of seats that cannot be judged.
        seats: u64,
        /// The number of all seats of the application.
        of: u64,
    },
    /// A connection shows no recent activity of any person. Its idle seats need a review.
    ActivityFrozen {
        /// The application, by the name of its profile.
        application: String,
        /// The connection; absent if the application has only one.
        connection: Option<String>,
        /// The latest activity of any person.
        since: Timestamp,
        /// The number of people's accounts that were ever used.
        accounts: u64,
    },
    /// Accounts of an application hold no seat and are in no position.
    AccountsWithoutSeat {
        /// The application, by the name of its profile.
        application: String,
        /// The number of these accounts.
        accounts: u64,
    },
    /// Accounts are mapped by hand to employee numbers that the directory lacks.
    #[serde(rename = "mapped-to-nobody")]
    MappedToUnknownEmployee {
        /// The application, by the name of its profile.
        application: String,
        /// The number of these accounts.
        accounts: u64,
    },
    /// Entitlements name an application that was not read. It has no position, because the number
    /// of seats held is unknown.
    ApplicationNotRead {
        /// The application, as the entitlements spell it.
        application: String,
        /// The references of the entitlements, sorted.
        entitlements: Vec<String>,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ActivityUnknown {
                application,
                seats,
                of,
            } => {
                write!(f, "{application}: activity unknown: ")?;
                if seats == of {
                    write!(f, "{seats} seats cannot be judged, which is all of them")
                } else {
                    write!(f, "{seats} of {of} seats cannot be judged")
                }
            }
            Self::ActivityFrozen {
                application,
                connection,
                since,
                accounts,
            } => {
                f.write_str(application)?;
                if let Some(connection) = connection {
                    write!(f, " (through {connection})")?;
                }
                let day = since.strftime("%Y-%m-%d");
                write!(
                    f,
                    ": activity frozen: none of {accounts} people has used it since {day}; check \
                     that it still reports activity before treating their seats as idle"
                )
            }
            Self::AccountsWithoutSeat {
                application,
                accounts,
            } => write!(
                f,
                "{application}: {accounts} accounts hold no seat and are in no position"
            ),
            Self::MappedToUnknownEmployee {
                application,
                accounts,
            } => write!(
                f,
                "{application}: {accounts} accounts are mapped to employee numbers that the \
                 directory does not have"
            ),
            Self::ApplicationNotRead {
                application,
                entitlements,
            } => write!(
                f,
                "{application}: not read, so the position of {} is not known",
                entitlements.join(", ")
            ),
        }
    }
}
