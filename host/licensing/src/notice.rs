//! What a reader of the figures should know before believing them.

use purser_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A limit of what the figures can tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "notice")]
pub enum Notice {
    /// Seats of an application cannot be judged, because it does not tell when they were used.
    ActivityUnknown {
        /// The application.
        application: String,
        /// Seats that cannot be judged.
        seats: u64,
        /// Of so many.
        of: u64,
    },
    /// Nobody seems to have used an application for days. Its idle seats are proposed only for somebody to look at.
    ActivityFrozen {
        /// The application.
        application: String,
        /// The connection through which it was read, where the application has several.
        connection: Option<String>,
        /// The latest activity of anybody.
        since: Timestamp,
        /// Accounts of people that were used before.
        accounts: u64,
    },
    /// Accounts of an application hold no seat, and so are in no position.
    AccountsWithoutSeat {
        /// The application.
        application: String,
        /// How many.
        accounts: u64,
    },
    /// Accounts of an application are mapped by hand to employee numbers that the directory does not have.
    MappedToNobody {
        /// The application.
        application: String,
        /// How many.
        accounts: u64,
    },
    /// Entitlements name an application that was not read. There is no position for them: nobody knows how many of their seats are held.
    ApplicationNotRead {
        /// The application, as the entitlements spell it.
        application: String,
        /// The references of the entitlements.
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
            } if seats == of => {
                write!(
                    f,
                    "{application}: activity unknown: {seats} seats cannot be judged, which is all of them"
                )
            }
            Self::ActivityUnknown {
                application,
                seats,
                of,
            } => {
                write!(
                    f,
                    "{application}: activity unknown: {seats} of {of} seats cannot be judged"
                )
            }
            Self::ActivityFrozen {
                application,
                connection,
                since,
                accounts,
            } => {
                let through = connection
                    .as_ref()
                    .map(|name| format!(" (through {name})"))
                    .unwrap_or_default();
                let day = since.strftime("%Y-%m-%d");
                write!(
                    f,
                    "{application}{through}: activity frozen: none of {accounts} people has used it since {day}; see whether it still \
                     tells before believing that their seats are idle"
                )
            }
            Self::AccountsWithoutSeat {
                application,
                accounts,
            } => {
                write!(
                    f,
                    "{application}: {accounts} accounts hold no seat and are in no position"
                )
            }
            Self::MappedToNobody {
                application,
                accounts,
            } => {
                write!(
                    f,
                    "{application}: {accounts} accounts are mapped to employee numbers that the directory does not have"
                )
            }
            Self::ApplicationNotRead {
                application,
                entitlements,
            } => {
                write!(
                    f,
                    "{application}: not read, so the position of {} is not known",
                    entitlements.join(", ")
                )
            }
        }
    }
}
