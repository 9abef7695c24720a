//! The errors of the store, with blame and next step.

use purser_model::{
    Blame, Blamed, ConnectionName, NextStep, ProfileName, PublisherName, RunId, StreamKind,
    StreamName,
};
use rusqlite::ErrorCode;
use std::path::PathBuf;

/// The reason why the store did not do what it was asked to. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file does not exist, and was not to be created.
    #[error("there is no store at {}", .0.display())]
    Missing(PathBuf),
    /// The file belongs to another program. It was not touched.
    #[error("{} is not a Purser store: {why}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The kind of file that it is instead.
        why: &'static str,
    },
    /// A later version of Purser wrote the file. It was not touched.
    #[error("{} has schema {found}, and this Purser knows schemas up to {known}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The newest schema that this program knows.
        known: u32,
    },
    /// The operating system does not allow the file to be opened or created.
    #[error("{} cannot be opened: {why}", path.display())]
    CannotOpen {
        /// The file.
        path: PathBuf,
        /// The operating system's message.
        why: String,
    },
    /// The file or its directory cannot be written.
    #[error("the store is read-only")]
    ReadOnly,
    /// The disk has no space left.
    #[error("the disk that holds the store is full")]
    DiskFull,
    /// Another process has been writing for longer than the store waits.
    #[error("another process keeps the store locked")]
    Busy,
    /// The disk failed.
    #[error("the disk that holds the store failed: {0}")]
    Io(String),
    /// The file contains something that Purser never writes.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// The name is taken.
    #[error("{what} {name} already exists")]
    AlreadyExists {
        /// The kind of thing, such as `alias`.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Nothing has this name.
    #[error("there is no {what} {name}")]
    NotFound {
        /// The kind of thing, such as `alias`.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Something else needs it, so it cannot be deleted or disabled.
    #[error("{what} {name} is in use by {by}")]
    InUse {
        /// The kind of thing, such as `template`.
        what: &'static str,
        /// Its name.
        name: String,
        /// The users, such as `connection acme`.
        by: String,
    },
    /// A published profile is not deleted.
    #[error("profile {0} is published")]
    Published(ProfileName),
    /// The key of a new publisher belongs to this one.
    #[error("this key is trusted already, as {0}'s")]
    KeyTrusted(PublisherName),
    /// The facts that a change was decided on are no longer those that are stored.
    #[error("another process changed the connector, its profiles or their connections meanwhile")]
    Conflict,
    /// Two rows of one file have the same identity.
    #[error("{what} {id:?} occurs twice")]
    DuplicateId {
        /// The kind of row, such as `person`.
        what: &'static str,
        /// The identity.
        id: String,
    },
    /// A page leads back to a page that the same read has had, so the read would never end.
    #[error(
        "stream {0} gave a cursor that it had given before in the same read, so the read would never end"
    )]
    RepeatedCursor(StreamName),
    /// A stream gave records of another kind than it has stored.
    #[error("stream {stream} is of {expected:?} and gave {found:?}")]
    WrongKind {
        /// The stream.
        stream: StreamName,
        /// The kind of the stored records.
        expected: StreamKind,
        /// The kind of the new records.
        found: StreamKind,
    },
    /// A complete list of people is empty, though this many people are employed.
    #[error("the complete list of people is empty, and would mark all {0} people as having left")]
    EmptyRoster(u64),
    /// With a complete list of people, more of the employed have left than a guard allows.
    #[error(
        "with the complete list, {leavers} of {employed} employed people have left, which is more \
         than a fifth"
    )]
    RosterShrinks {
        /// Employed people who would have left.
        leavers: u64,
        /// Employed people before the import.
        employed: u64,
    },
    /// The secrets are sealed with another key than the caller's: it was rotated in the meantime,
    /// or belongs to another store.
    #[error("the stored secrets are sealed with another key than this command has")]
    OtherKey,
    /// The key cannot be rotated while a token that will be sealed with it is being refreshed.
    #[error("the token of connection {0} is being refreshed at this moment")]
    Refreshing(ConnectionName),
    /// The run has ended: another run took its place, or it was finished.
    #[error("run {0} is not running any more")]
    RunEnded(RunId),
    /// A step of a stream's read came before the one that it needs.
    #[error("stream {stream} of run {run}: {why}")]
    OutOfOrder {
        /// The run.
        run: RunId,
        /// The stream.
        stream: StreamName,
        /// The violation.
        why: &'static str,
    },
    /// SQLite refused a statement for another reason: a fault of Purser.
    #[error("the database refused a statement: {0}")]
    Statement(String),
}

impl StoreError {
    pub(crate) fn not_found(what: &'static str, name: impl ToString) -> Self {
        Self::NotFound {
            what,
            name: name.to_string(),
        }
    }

    pub(crate) fn already_exists(what: &'static str, name: impl ToString) -> Self {
        Self::AlreadyExists {
            what,
            name: name.to_string(),
        }
    }
}

impl Blamed for StoreError {
    fn blame(&self) -> Blame {
        match self {
            Self::WrongKind { .. } => Blame::Guest,
            // why: the store cannot tell whether the application or the connector led back
            Self::RepeatedCursor(_) => Blame::Upstream,
            Self::Missing(_)
            | Self::Foreign { .. }
            | Self::Newer { .. }
            | Self::CannotOpen { .. }
            | Self::ReadOnly
            | Self::AlreadyExists { .. }
            | Self::NotFound { .. }
            | Self::InUse { .. }
            | Self::Published(_)
            | Self::KeyTrusted(_)
            | Self::Conflict
            | Self::DuplicateId { .. }
            | Self::OtherKey
            | Self::Refreshing(_)
            | Self::EmptyRoster(_)
            | Self::RosterShrinks { .. } => Blame::Operator,
            Self::DiskFull
            | Self::Busy
            | Self::Io(_)
            | Self::Damaged(_)
            | Self::RunEnded(_)
            | Self::OutOfOrder { .. }
            | Self::Statement(_) => Blame::Host,
        }
    }

    fn next_step(&self) -> Option<NextStep> {
        let advice = match self {
            Self::Missing(_) => {
                return Some(
                    NextStep::ChooseHome.and("the first upload of a connector creates the store"),
                );
            }
            Self::Foreign { .. } => {
                return Some(NextStep::ChooseHome.and("or move the file away"));
            }
            Self::Newer { .. } => {
                "use the newer Purser, or restore a backup made before it was first used"
            }
            Self::CannotOpen { .. } | Self::ReadOnly => {
                "make the file and its directory writable for the user that Purser runs as"
            }
            Self::DiskFull => "free some space and try again; earlier commits are intact",
            Self::Busy => "wait until the other Purser has finished, or end it, and try again",
            Self::Io(_) => "check the disk and the system's log",
            Self::Damaged(_) => "restore the store from a backup",
            Self::AlreadyExists { .. } => "choose another name",
            Self::NotFound { .. } => "check the spelling against the list",
            Self::Published(profile) => {
                return Some(NextStep::UnpublishProfile {
                    profile: profile.clone(),
                });
            }
            Self::KeyTrusted(publisher) => {
                let distrust = NextStep::DistrustPublisher {
                    publisher: publisher.clone(),
                };
                return Some(NextStep::advice("leave it").and(distrust));
            }
            Self::Conflict => {
                "look at the connector again, and repeat the command if it still fits"
            }
            Self::InUse {
                what: "connector", ..
            } => {
                return Some(
                    NextStep::advice(
                        "move the profiles to another version first: grant a newer one",
                    )
                    .and(NextStep::RollBackConnector { connector: None }),
                );
            }
            Self::InUse { .. } => "wait until that has ended, or delete it first",
            Self::OtherKey => "run the command again: the vault's key was rotated while it worked",
            Self::Refreshing(_) => "try again in half a minute",
            Self::DuplicateId { .. } => "remove one of the two rows and import the file again",
            Self::RepeatedCursor(_) => {
                "report the run to the connector's author: the application gave a page twice, or the connector asked for it twice"
            }
            Self::WrongKind { .. } => {
                "tell the connector's publisher: a stream that changes its kind needs another name"
            }
            Self::RosterShrinks { .. } => return Some(NextStep::AcceptRosterShrink),
            Self::EmptyRoster(_) => {
                "check the file; if it only adds people, import it without calling it complete"
            }
            Self::RunEnded(_) => "start the profile's run again; it continues at the checkpoint",
            Self::OutOfOrder { .. } | Self::Statement(_) => return Some(NextStep::ReportFault),
        };
        Some(NextStep::advice(advice))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        if matches!(
            error,
            rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
        ) {
            return Self::Damaged(error.to_string());
        }

        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => Self::Io(error.to_string()),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Statement(error.to_string()),
        }
    }
}
