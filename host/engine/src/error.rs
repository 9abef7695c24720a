//! The one error of the engine: what happened, whose fault it is, what to do next.

use crate::cassette::CassetteError;
use crate::connector::SignatureError;
use crate::import::ImportError;
use purser_egress::EgressError;
use purser_licensing::ReconcileError;
use purser_model::{Blame, Blamed, ConnectionName, NextStep, ProfileName};
use purser_sandbox::SandboxError;
use purser_store::StoreError;
use purser_vault::VaultError;
use purser_vault::oauth::OAuthError;
use std::path::{Path, PathBuf};

/// Why a use-case was not carried out. A run that fails is no such error: it is a run, with its outcome recorded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The place that gives out tokens, or what a person answered there.
    #[error(transparent)]
    OAuth(#[from] OAuthError),
    /// A token could not be given back, and so its connection was kept.
    #[error(
        "the token of connection {connection} could not be revoked, so the connection was not deleted: {error}"
    )]
    NotRevoked {
        /// The connection.
        connection: ConnectionName,
        /// Why.
        error: OAuthError,
    },
    /// The connector's bytes, or what it says of itself.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The connector's signature.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The way to the application.
    #[error(transparent)]
    Egress(#[from] EgressError),
    /// A file to import.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A cassette, to write or to replay.
    #[error(transparent)]
    Cassette(#[from] CassetteError),
    /// The reconciliation.
    #[error(transparent)]
    Reconcile(#[from] ReconcileError),
    /// There is no home directory.
    #[error("there is no Purser home at {}", .0.display())]
    MissingHome(PathBuf),
    /// The directory is not Purser's.
    #[error("{} is not a Purser home: it holds other files and no Purser database", .0.display())]
    ForeignHome(PathBuf),
    /// The home directory cannot be used.
    #[error("the Purser home {} cannot be used: {what}", home.display())]
    Home {
        /// Which.
        home: PathBuf,
        /// Why.
        what: String,
    },
    /// Another run of the profile is under way.
    #[error("a run of profile {0} is under way in another process")]
    AlreadyRunning(ProfileName),
    /// What was asked for cannot be done as things stand.
    #[error("{what}")]
    Refused {
        /// What happened.
        what: String,
        /// What to do.
        next: NextStep,
    },
    /// The connection does not work, and nothing was kept.
    #[error("the connection does not work, and was not kept: {what}")]
    ConnectionFailed {
        /// What happened.
        what: String,
        /// Whose fault.
        blame: Blame,
        /// What to do.
        next: Option<NextStep>,
    },
    /// A task of the host's own died.
    #[error("an internal task failed: {0}")]
    Task(#[from] tokio::task::JoinError),
}

impl Error {
    pub(crate) fn home(home: &Path, what: &str) -> Self {
        Self::Home {
            home: home.to_owned(),
            what: what.to_owned(),
        }
    }

    /// What was asked for cannot be done as things stand: what happened, and what to do.
    pub fn refused(what: impl Into<String>, next: impl Into<NextStep>) -> Self {
        Self::Refused {
            what: what.into(),
            next: next.into(),
        }
    }
}

impl Blamed for Error {
    fn blame(&self) -> Blame {
        match self {
            Self::Store(error) => error.blame(),
            Self::Vault(error) => error.blame(),
            Self::OAuth(error) | Self::NotRevoked { error, .. } => error.blame(),
            Self::Sandbox(error) => error.blame(),
            Self::Signature(error) => error.blame(),
            Self::Egress(error) => error.blame(),
            Self::Import(error) => error.blame(),
            Self::Cassette(error) => error.blame(),
            Self::Reconcile(error) => error.blame(),
            Self::ConnectionFailed { blame, .. } => *blame,
            Self::Home { .. } | Self::Task(_) => Blame::Host,
            Self::MissingHome(_)
            | Self::ForeignHome(_)
            | Self::AlreadyRunning(_)
            | Self::Refused { .. } => Blame::Operator,
        }
    }

    fn next_step(&self) -> Option<NextStep> {
        match self {
            Self::Store(error) => error.next_step(),
            Self::Vault(error) => error.next_step(),
            Self::OAuth(error) => error.next_step(),
            Self::NotRevoked { connection, .. } => Some(
                NextStep::advice("try again later, or revoke it in the application's console")
                    .and(NextStep::DeleteConnectionUnrevoked {
                        connection: connection.clone(),
                    }),
            ),
            Self::Sandbox(error) => error.next_step(),
            Self::Signature(error) => error.next_step(),
            Self::Egress(error) => error.next_step(),
            Self::Import(error) => error.next_step(),
            Self::Cassette(error) => error.next_step(),
            Self::Reconcile(error) => error.next_step(),
            Self::ConnectionFailed { next, .. } => next.clone(),
            Self::MissingHome(_) => Some(
                "begin with `purser connector upload FILE`, or name another home with --home or PURSER_HOME".into(),
            ),
            Self::ForeignHome(_) => {
                Some("name an empty or a new directory with --home or PURSER_HOME; nothing was changed".into())
            }
            Self::Home { .. } => Some("check the directory's owner, its mode and the free space".into()),
            Self::AlreadyRunning(_) => Some("wait for it; `purser runs list` shows how far it is".into()),
            Self::Refused { next, .. } => Some(next.clone()),
            Self::Task(_) => Some(
                "this is a fault of Purser's; run the command again with PURSER_LOG=debug and report what it prints"
                    .into(),
            ),
        }
    }
}
