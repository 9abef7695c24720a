//! Notices: limits of the figures that a reader should know before relying on them.

use crate::usage::utc_day;
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
    /// Accounts that match no person have employee numbers that differ from one in the directory by
    /// leading zeros only, as a spreadsheet drops them.
    LeadingZeros {
        /// The application, by the name of its profile.
        application: String,
        /// The number of these accounts.
        accounts: u64,
    },
    /// The last read of some streams of accounts did not end complete, so accounts may be missing
    /// from every figure.
    ReadIncomplete {
        /// The application, by the name of its profile.
        application: String,
        /// The connection; absent if the application has only one.
        connection: Option<String>,
        /// The streams, by name.
        streams: Vec<String>,
        /// The time of the last complete read; absent if there was none.
        complete_at: Option<Timestamp>,
    },
    /// The last reads rejected rows. Their accounts are in no figure, or in it as an earlier read
    /// reported them.
    RowsRejected {
        /// The application, by the name of its profile.
        application: String,
        /// The connection; absent if the application has only one.
        connection: Option<String>,
        /// The number of rows.
        rows: u64,
    },
    /// Fields of some accounts could not be read.
    FieldsUnreadable {
        /// The application, by the name of its profile.
        application: String,
        /// The connection; absent if the application has only one.
        connection: Option<String>,
        /// The number of these accounts.
        accounts: u64,
    },
    /// The last complete read did not list some accounts. They count until a second read confirms
    /// that they are gone.
    AccountsMissing {
        /// The application, by the name of its profile.
        application: String,
        /// The connection; absent if the application has only one.
        connection: Option<String>,
        /// The number of these accounts.
        accounts: u64,
    },
    /// The last complete read is days old.
    OldRead {
        /// The application, by the name of its profile.
        application: String,
        /// The connection; absent if the application has only one.
        connection: Option<String>,
        /// The time of that read.
        at: Timestamp,
        /// Whole days since then.
        days: i64,
    },
    /// The application counts other purchases of a product than the entitlements.
    PurchasesDiffer {
        /// The application, by the name of its profile.
        application: String,
        /// The product's identifier in the application.
        product: String,
        /// The seats of the active entitlements.
        owned: u64,
        /// The seats bought, by the application's own count.
        reported: u64,
    },
    /// Entitlements name a product that the application neither lists nor has a seat of.
    ProductUnknown {
        /// The application, by the name of its profile.
        application: String,
        /// The product, as the entitlements spell it.
        product: String,
        /// The products that the application has, sorted.
        known: Vec<String>,
    },
    /// Several connections or profiles read the same application, so their seats may be the same.
    SeatsCountedTwice {
        /// The applications, by the names of their profiles, sorted. One that has several
        /// connections stands once.
        applications: Vec<String>,
        /// The connections, sorted.
        connections: Vec<String>,
    },
    /// The directory contradicts itself about the employment of people, who count as employed.
    EmploymentUnclear {
        /// The number of these people.
        people: u64,
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

impl Notice {
    /// Returns true if the notice limits the figures of an application. One about people limits
    /// those of all.
    #[must_use]
    pub fn concerns(&self, name: &str) -> bool {
        match self {
            Self::ActivityUnknown { application, .. }
            | Self::ActivityFrozen { application, .. }
            | Self::AccountsWithoutSeat { application, .. }
            | Self::MappedToUnknownEmployee { application, .. }
            | Self::LeadingZeros { application, .. }
            | Self::ReadIncomplete { application, .. }
            | Self::RowsRejected { application, .. }
            | Self::FieldsUnreadable { application, .. }
            | Self::AccountsMissing { application, .. }
            | Self::OldRead { application, .. }
            | Self::PurchasesDiffer { application, .. }
            | Self::ProductUnknown { application, .. }
            | Self::ApplicationNotRead { application, .. } => application == name,
            Self::SeatsCountedTwice { applications, .. } => {
                applications.iter().any(|application| application == name)
            }
            Self::EmploymentUnclear { .. } => true,
        }
    }

    /// Returns true if the notice is about the directory and not about an application.
    #[must_use]
    pub const fn is_of_people(&self) -> bool {
        matches!(self, Self::EmploymentUnclear { .. })
    }
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
                write_source(f, application, connection.as_deref())?;
                let day = utc_day(*since);
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
            Self::LeadingZeros {
                application,
                accounts,
            } => write!(
                f,
                "{application}: {accounts} accounts match no person, and their employee numbers \
                 differ from some in the directory by leading zeros only; import the numbers as \
                 text"
            ),
            Self::ReadIncomplete {
                application,
                connection,
                streams,
                complete_at,
            } => {
                write_source(f, application, connection.as_deref())?;
                write!(
                    f,
                    ": the last read of {} is not complete, so accounts may be missing here",
                    streams.join(", ")
                )?;
                match complete_at {
                    Some(at) => write!(f, "; the last complete one was on {}", utc_day(*at)),
                    None => f.write_str("; none was complete so far"),
                }
            }
            Self::RowsRejected {
                application,
                connection,
                rows,
            } => {
                write_source(f, application, connection.as_deref())?;
                write!(
                    f,
                    ": the last read rejected {rows} rows, whose accounts are missing here or as \
                     an earlier read reported them"
                )
            }
            Self::FieldsUnreadable {
                application,
                connection,
                accounts,
            } => {
                write_source(f, application, connection.as_deref())?;
                write!(
                    f,
                    ": {accounts} accounts have fields that could not be read"
                )
            }
            Self::AccountsMissing {
                application,
                connection,
                accounts,
            } => {
                write_source(f, application, connection.as_deref())?;
                write!(
                    f,
                    ": {accounts} accounts were not in the last complete read; they count until \
                     a second read confirms that they are gone"
                )
            }
            Self::OldRead {
                application,
                connection,
                at,
                days,
            } => {
                write_source(f, application, connection.as_deref())?;
                write!(
                    f,
                    ": last read completely on {}, {days} days ago",
                    utc_day(*at)
                )
            }
            Self::PurchasesDiffer {
                application,
                product,
                owned,
                reported,
            } => write!(
                f,
                "{application}: the application counts {reported} seats of {product} as bought, \
                 and the entitlements {owned}"
            ),
            Self::ProductUnknown {
                application,
                product,
                known,
            } => write!(
                f,
                "{application}: entitlements name the product {product}, which it does not have; \
                 it has {}",
                known.join(", ")
            ),
            Self::SeatsCountedTwice {
                applications,
                connections,
            } => write!(
                f,
                "{}: read several times through {}, so seats may count twice",
                applications.join(", "),
                connections.join(", ")
            ),
            Self::EmploymentUnclear { people } => write!(
                f,
                "the directory contradicts itself about the employment of {people} people, who \
                 count as employed"
            ),
            Self::ApplicationNotRead {
                application,
                entitlements,
            } if entitlements.is_empty() => write!(f, "{application}: not read yet"),
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

/// Writes an application, and the connection if there is one to tell apart.
fn write_source(
    f: &mut fmt::Formatter<'_>,
    application: &str,
    connection: Option<&str>,
) -> fmt::Result {
    f.write_str(application)?;
    match connection {
        Some(connection) => write!(f, " (through {connection})"),
        None => Ok(()),
    }
}
