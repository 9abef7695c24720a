//! What can go wrong with the store, and whose fault it is.

use purser_model::{Blame, Blamed, ConnectionName, NextStep, RunId, StreamKind, StreamName};
use rusqlite::ErrorCode;
use std::path::PathBuf;

/// Why the store could not do what was asked. Whatever it was, nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no file, and none was to be made.
    #[error("there is no store at {}", .0.display())]
    Missing(PathBuf),
    /// The file is something else. It was not touched.
    #[error("{} is not a Purser store: {why}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is instead.
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
    /// The operating system does not let the file be opened or made.
    #[error("{} cannot be opened: {why}", path.display())]
    CannotOpen {
        /// The file.
        path: PathBuf,
        /// The operating system's words.
        why: String,
    },
    /// The file or its directory cannot be written.
    #[error("the store is read-only")]
    ReadOnly,
    /// No room is left.
    #[error("the disk that holds the store is full")]
    DiskFull,
    /// Another process has been writing for longer than the store waits.
    #[error("another process keeps the store locked")]
    Busy,
    /// The disk failed.
    #[error("the disk that holds the store failed: {0}")]
    Io(String),
    /// What is in the file is not what was written.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// The name is taken.
    #[error("{what} {name} already exists")]
    AlreadyExists {
        /// What kind of thing.
        what: &'static str,
        /// Which.
        name: String,
    },
    /// There is no such thing.
    #[error("there is no {what} {name}")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// Which.
        name: String,
    },
    /// It cannot be removed as long as something needs it.
    #[error("{what} {name} is in use by {by}")]
    InUse {
        /// What kind of thing.
        what: &'static str,
        /// Which.
        name: String,
        /// By what.
        by: String,
    },
    /// It cannot be done as things stand.
    #[error("{what}")]
    Refused {
        /// What happened.
        what: String,
        /// What to do.
        next: NextStep,
    },
    /// Two records of one page, or two rows of one file, claim the same identity.
    #[error("{what} {id:?} occurs twice")]
    DuplicateId {
        /// What the identity is of.
        what: &'static str,
        /// The identity.
        id: String,
    },
    /// A page leads back to where the same read has been: it would never end.
    #[error(
        "stream {0} gave a cursor that it had given before in the same read, so the read would never end"
    )]
    RepeatedCursor(StreamName),
    /// A stream gave records of another kind than it has stored.
    #[error("stream {stream} is of {expected:?} and gave {found:?}")]
    WrongKind {
        /// The stream.
        stream: StreamName,
        /// What it has been.
        expected: StreamKind,
        /// What it gave.
        found: StreamKind,
    },
    /// A complete list of people that is empty, though people are employed.
    #[error("the complete list of people is empty, and would mark all {0} people as having left")]
    EmptyRoster(u64),
    /// The secrets are sealed with another key than the one at hand: it was changed in the meantime, or is not this store's.
    #[error("the stored secrets are sealed with another key than this command has")]
    OtherKey,
    /// The key cannot be changed while a token sealed with it is on its way.
    #[error("the token of connection {0} is being renewed at this moment")]
    Renewing(ConnectionName),
    /// The run has ended: another took its place, or it was finished.
    #[error("run {0} is not running any more")]
    RunEnded(RunId),
    /// A step of a stream's read came before the one it needs.
    #[error("stream {stream} of run {run}: {why}")]
    OutOfTurn {
        /// The run.
        run: RunId,
        /// The stream.
        stream: StreamName,
        /// What is wrong with the order.
        why: &'static str,
    },
    /// SQLite refused for a reason that is none of the above: a fault of Purser's own.
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
            Self::DuplicateId {
                what: "account" | "product",
                ..
            }
            | Self::RepeatedCursor(_)
            | Self::WrongKind { .. } => Blame::Guest,
            Self::Missing(_)
            | Self::Foreign { .. }
            | Self::Newer { .. }
            | Self::CannotOpen { .. }
            | Self::ReadOnly
            | Self::AlreadyExists { .. }
            | Self::NotFound { .. }
            | Self::InUse { .. }
            | Self::Refused { .. }
            | Self::DuplicateId { .. }
            | Self::OtherKey
            | Self::Renewing(_)
            | Self::EmptyRoster(_) => Blame::Operator,
            Self::DiskFull
            | Self::Busy
            | Self::Io(_)
            | Self::Damaged(_)
            | Self::RunEnded(_)
            | Self::OutOfTurn { .. }
            | Self::Statement(_) => Blame::Host,
        }
    }

    fn next_step(&self) -> Option<NextStep> {
        let text = match self {
            Self::Missing(_) => "check PURSER_HOME: the store is made by the first upload",
            Self::Foreign { .. } => "point PURSER_HOME at another directory, or move the file away",
            Self::Newer { .. } => {
                "use the newer Purser, or restore a backup made before it was first used"
            }
            Self::CannotOpen { .. } | Self::ReadOnly => {
                "make the file and its directory writable for the user that Purser runs as"
            }
            Self::DiskFull => "free some space and try again. What was committed before is intact",
            Self::Busy => "wait until the other Purser has finished, or end it, and try again",
            Self::Io(_) => "check the disk and the system's log",
            Self::Damaged(_) => "restore the store from a backup",
            Self::AlreadyExists { .. } => "choose another name",
            Self::NotFound { .. } => "check the spelling against the list",
            Self::Refused { next, .. } => return Some(next.clone()),
            Self::InUse {
                what: "connector", ..
            } => {
                "move the profiles to another version first: grant a newer one, or `purser connector rollback NAME`"
            }
            Self::InUse { .. } => "wait until that has ended, or delete it first",
            Self::OtherKey => {
                "run the command again: the vault's key was changed while it was at work"
            }
            Self::Renewing(_) => "try again in half a minute",
            Self::DuplicateId {
                what: "account" | "product",
                ..
            } => "tell the connector's publisher: an id must stand for one record only",
            Self::DuplicateId { .. } => "remove one of the two rows and import the file again",
            Self::RepeatedCursor(_) => {
                "tell the connector's publisher: every page must lead on to another one"
            }
            Self::WrongKind { .. } => {
                "tell the connector's publisher: a stream that changes its kind needs another name"
            }
            Self::EmptyRoster(_) => {
                "check the file. If it is meant as an addition, import it without calling it complete"
            }
            Self::RunEnded(_) => "start the profile's run again: it goes on at the checkpoint",
            Self::OutOfTurn { .. } | Self::Statement(_) => {
                "report this with the whole message: it is a fault of Purser's"
            }
        };
        Some(NextStep::from(text))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..) => Self::Damaged(error.to_string()),
            _ => match error.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => Self::DiskFull,
                Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
                Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => {
                    Self::Io(error.to_string())
                }
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                    Self::Damaged(error.to_string())
                }
                _ => Self::Statement(error.to_string()),
            },
        }
    }
}
