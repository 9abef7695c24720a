//! Error of the engine: cause, blame and next step.

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

/// Reason why a use case failed. A failed run is not such an error: it is recorded with its
/// outcome.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed or refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The vault failed or refused.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The authorization server, or the consent of a person, failed.
    #[error(transparent)]
    OAuth(#[from] OAuthError),
    /// A token could not be revoked, so its connection was kept.
    #[error(
        "the token of connection {connection} could not be revoked, so the connection was not deleted: {error}"
    )]
    NotRevoked {
        /// The connection.
        connection: ConnectionName,
        /// The cause.
        error: OAuthError,
    },
    /// The component or its description is invalid.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The signature or the key is invalid.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// A base URL or client is invalid.
    #[error(transparent)]
    Egress(#[from] EgressError),
    /// A file cannot be imported.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A cassette cannot be written or replayed.
    #[error(transparent)]
    Cassette(#[from] CassetteError),
    /// The reconciliation failed.
    #[error(transparent)]
    Reconcile(#[from] ReconcileError),
    /// The home directory does not exist.
    #[error("there is no Purser home at {}", .0.display())]
    MissingHome(PathBuf),
    /// The directory is not a Purser home.
    #[error("{} is not a Purser home: it holds other files and no Purser database", .0.display())]
    ForeignHome(PathBuf),
    /// The home directory cannot be used.
    #[error("the Purser home {} cannot be used: {what}", home.display())]
    Home {
        /// The directory.
        home: PathBuf,
        /// The cause.
        what: String,
    },
    /// Another run of the profile is in progress.
    #[error("a run of profile {0} is in progress in another process")]
    AlreadyRunning(ProfileName),
    /// The request cannot be carried out in the current state.
    #[error("{what}")]
    Refused {
        /// The cause.
        what: String,
        /// Next step.
        next: NextStep,
    },
    /// The connection does not work, and nothing was stored.
    #[error("the connection does not work, and was not kept: {what}")]
    ConnectionFailed {
        /// The cause.
        what: String,
        /// Party at fault.
        blame: Blame,
        /// Next step.
        next: Option<NextStep>,
    },
    /// An internal task panicked.
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

    /// Creates the error for a request that the current state does not allow.
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
                NextStep::advice("try again later, or revoke it in the application's console").and(
                    NextStep::DeleteConnectionUnrevoked {
                        connection: connection.clone(),
                    },
                ),
            ),
            Self::Sandbox(error) => error.next_step(),
            Self::Signature(error) => error.next_step(),
            Self::Egress(error) => error.next_step(),
            Self::Import(error) => error.next_step(),
            Self::Cassette(error) => error.next_step(),
            Self::Reconcile(error) => error.next_step(),
            Self::ConnectionFailed { next, .. } => next.clone(),
            Self::MissingHome(_) => Some(NextStep::UploadConnector.and(NextStep::ChooseHome)),
            Self::ForeignHome(_) => {
                Some(NextStep::advice("nothing was changed").and(NextStep::ChooseHome))
            }
            Self::Home { .. } => {
                Some("check the directory's owner, its mode and the free space".into())
            }
            Self::AlreadyRunning(_) => {
                Some(NextStep::advice("wait for it").and(NextStep::ListRuns))
            }
            Self::Refused { next, .. } => Some(next.clone()),
            Self::Task(_) => Some(NextStep::ReportFault),
        }
    }
}
